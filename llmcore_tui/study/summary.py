"""The end of a session: what was done, what comes back, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Language
from llmcore_tui.study.check import AGAIN
from llmcore_tui.study.interval import until

if TYPE_CHECKING:
    from llmcore_tui.study.prediction import Judged
    from llmcore_tui.study.step import Step
    from llmcore_tui.study.turn import Turn


@dataclass(frozen=True, slots=True)
class AgainCard:
    """A card that was not known the last time it was asked in this session."""

    card: str
    ask: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a session came to."""

    answered: int
    """Ratings; a card that came back counts again."""
    cards: int
    new: int
    minutes: float
    predictions: int
    """Those that could be held against a number."""
    within: int
    """Predictions within tolerance."""
    again: tuple[AgainCard, ...]
    next_due: datetime | None
    """When the next card falls due, in UTC; None when none ever will."""
    next_due_text: str
    left_today: int
    """Cards that are still to do today."""


def summarise(
    steps: Sequence[Step],
    predicted: Sequence[Judged],
    *,
    ask: Callable[[Turn], str],
    next_due: datetime | None,
    left_today: int,
    now: datetime,
    language: Language,
) -> Summary:
    """A session's ratings that stand, its predictions, and what is due next."""
    rated = [step for step in steps if step.act == "rating"]
    last = {step.turn.card.id: step for step in rated}
    return Summary(
        answered=len(rated),
        cards=len(last),
        new=len({step.turn.card.id for step in rated if step.turn.why == "new"}),
        minutes=sum(step.elapsed_ms for step in rated) / 60_000,
        predictions=sum(judged.holds is not None for judged in predicted),
        within=sum(judged.holds is True for judged in predicted),
        again=tuple(AgainCard(card, ask(step.turn)) for card, step in last.items() if step.rating == AGAIN),
        next_due=next_due,
        next_due_text=until(next_due, now, language) if next_due else "",
        left_today=left_today,
    )
