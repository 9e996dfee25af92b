"""Values of a generated question, drawn from a seed, and if there are any left, not seen by this learner before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmcore_progress import Event, Progress
    from llmcore_tui.content.claim import Setting, Spread
    from llmcore_tui.study.turn import Turn

TRIES = 200
"""Seeds tried for values not seen before: fewer distinct draws than this and nearly all are found."""


@dataclass(frozen=True, slots=True)
class Draw:
    """Drawn values, and whether the learner had not met them."""

    values: Mapping[str, Setting]
    is_new: bool


def fresh(vary: Mapping[str, Spread], seed: str, seen: Iterable[Mapping[str, Setting]]) -> Draw:
    """Values from the first of several seeds whose draw is not among `seen`; else from the first seed."""
    from llmcore_tui.lab.claim import draw

    known = {_spelled(values) for values in seen}
    draws = [draw(vary, f"{seed}/{attempt}") for attempt in range(TRIES if known else 1)]
    for values in draws:
        if _spelled(values) not in known:
            return Draw(values, True)
    return Draw(draws[0], not draws[0])


def seen_by(progress: Progress, subject: str, demo: str) -> Iterator[Mapping[str, Setting]]:
    """The draws of a card or a quiz item that stand in the log: answered, or only shown."""
    for event in progress.events(kinds=("prediction", "review", "quiz"), subject=subject):
        if draw := drawn_in(event):
            yield draw
    for event in progress.events(kinds=("demo",), subject=demo):
        if event.body.get("card") == subject and (draw := drawn_in(event)):
            yield draw


def is_unseen(progress: Progress, turn: Turn) -> bool:
    """Whether the learner had never been shown this card's number: a new draw, or a card that was never revealed."""
    if turn.draw is not None:
        return turn.draw.is_new
    return next(progress.events(kinds=("prediction", "review"), subject=turn.card.id, limit=1), None) is None


def drawn_in(event: Event) -> dict[str, Setting]:
    """The draw that an event records, or nothing; what no flag could be is left out."""
    detail = event.body.get("detail")
    found = event.body.get("draw") or (detail.get("draw") if isinstance(detail, Mapping) else None)
    if not isinstance(found, Mapping):
        return {}
    values = {name: _setting(value) for name, value in found.items()}
    return {name: value for name, value in values.items() if value is not None}


def _setting(value: object) -> Setting | None:
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list) and all(isinstance(item, int | float) for item in value):
        return tuple(value)
    return None


def _spelled(values: Mapping[str, Setting]) -> str:
    return json.dumps(
        {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}, sort_keys=True
    )
