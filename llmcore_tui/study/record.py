"""What a session or a quiz writes into the log: the bodies of its events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llmcore_tui.content.claim import Setting
    from llmcore_tui.grading.mark import PointMark
    from llmcore_tui.lab.run import Run
    from llmcore_tui.study.marking import Marking
    from llmcore_tui.study.prediction import Judged
    from llmcore_tui.study.quiz_question import Asked
    from llmcore_tui.study.turn import Turn

LONGEST_MS = 600_000
"""Time on one card counts up to ten minutes: the learner has gone away after that."""


def demo_set(turn: Turn) -> dict[str, Any]:
    """The flags that differ from the demo's defaults, so that one number has one name in every event."""
    return plain(turn.demo.changed(turn.demo.settings(turn.set)) if turn.demo else turn.set)


def plain(settings: Mapping[str, Setting]) -> dict[str, Any]:
    """Settings as the log holds them."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in settings.items()}


def elapsed_ms(shown_at: datetime, now: datetime) -> int:
    """How long the learner took, in whole milliseconds; nothing when the clock was set back."""
    return min(LONGEST_MS, max(0, round((now - shown_at).total_seconds() * 1000)))


def storable(text: str) -> str:
    """A text that the log can hold: half characters, which a terminal may send, become a mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def prediction(turn: Turn, judged: Judged, *, is_new: bool) -> dict[str, Any]:
    """A prediction with the number it is held against; `value` and `holds` are null where nothing computed it."""
    body: dict[str, Any] = {
        "card": turn.card.id,
        "module": turn.card.module,
        "demo": turn.demo_name,
        "set": demo_set(turn),
        "key": turn.key,
        "given": storable(judged.prediction.given),
        "predicted": judged.prediction.value,
        "value": judged.computed,
        "within": judged.within,
        "holds": judged.holds,
        "unseen": is_new,
    }
    if turn.draw is not None:
        body["draw"] = plain(turn.draw.values)
    return body


def shown_number(turn: Turn) -> dict[str, Any]:
    """That the learner was shown a number without having predicted it: it is no longer unseen."""
    body: dict[str, Any] = {
        "card": turn.card.id,
        "module": turn.card.module,
        "demo": turn.demo_name,
        "set": demo_set(turn),
        "numbers": {turn.key: turn.computed} if turn.key and turn.computed is not None else {},
    }
    if turn.draw is not None:
        body["draw"] = plain(turn.draw.values)
    return body


def lab_run(run: Run) -> dict[str, Any]:
    """That the learner saw a demo's numbers in the lab, under the names that predictions have."""
    from llmcore_tui.lab.result import Estimate

    values = {
        key: value.value if isinstance(value, Estimate) else value
        for key, value in run.result.numbers.items()
    }
    return {
        "demo": run.demo.name,
        "set": plain(run.demo.changed(run.set)),
        "numbers": {key: value for key, value in values.items() if isinstance(value, int | float)},
    }


def review_detail(turn: Turn, right: bool | None) -> dict[str, Any]:
    """What the learner did with the card besides rating it."""
    detail: dict[str, Any] = {}
    if turn.typed:
        detail["answer"] = storable(turn.typed)
    if turn.chosen is not None:
        detail["option"] = turn.chosen
    if right is not None:
        detail["right"] = right
    if turn.draw is not None:
        detail["draw"] = plain(turn.draw.values)
    if turn.used_hint:
        detail["hint"] = True
    if turn.marking is not None:
        detail["mark"] = mark(turn.marking)
    return detail


def mark(marking: Marking) -> dict[str, Any]:
    """The marker's own verdicts, and beside them the points that the learner overruled: true is met."""
    found = marking.mark
    body: dict[str, Any] = {
        "by": found.by,
        "coverage": found.coverage,
        "points": {point.id: str(point.verdict) for point in found.points},
        "flags": [str(flag) for flag in found.flags],
        "rubric": marking.rubric.hash,
    }
    if isinstance(model := found.trace.get("model"), str):
        body["model"] = storable(model)
    if marking.overruled:
        body["overruled"] = dict(marking.overruled)
    return body


def answer(turn: Turn) -> dict[str, Any]:
    """What was typed on a card that was left without a rating, with its mark; null where it was not marked."""
    return {"card": turn.card.id, "mark": None, **review_detail(turn, None)}


def overruling(turn: Turn, point: PointMark, is_met: bool) -> dict[str, Any]:
    """That the learner puts their own verdict in place of the one that stood."""
    return {"card": turn.card.id, "point": point.id, "was": str(point.verdict), "met": is_met}


def quiz_answer(round_id: str, asked: Asked, right: bool | None) -> dict[str, Any]:
    """An answer to a quiz item with its mark; null where it could not be computed."""
    body: dict[str, Any] = {
        "round": round_id,
        "item": asked.item.id,
        "module": asked.item.module,
        "given": storable(asked.given or ""),
        "right": right,
        "elapsed_ms": elapsed_ms(asked.shown_at, asked.answered_at or asked.shown_at),
    }
    if asked.order:
        body["order"] = list(asked.order)
    if asked.draw is not None:
        body["draw"] = plain(asked.draw.values)
    return body
