"""A plan: an ordered list of days, each with what must be passed on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.content.card import CardId, ModuleId

PlanOrder = Literal["prerequisites", "given"]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What must be passed on a day."""

    quiz: float
    """Share of right answers in one round of five or more items, 0 to 1."""
    predictions: int
    """Predictions within tolerance."""
    cards: int
    """Cards of the day recalled."""
    timed: int
    """Timed three-minute answers."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a plan."""

    day: int
    must_say: Bilingual
    modules: tuple[ModuleId, ...] = ()
    cards: tuple[CardId, ...] = ()
    """Named where a module is spread over days."""
    checkpoint: Checkpoint | None = None
    """None where the day's modules are not written yet."""
    review: bool = False
    """The day introduces nothing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """An ordered list of days."""

    name: str
    title: Bilingual
    days: tuple[Day, ...]
    order: PlanOrder = "prerequisites"
    """`given`: the plan keeps its own order against the prerequisites."""

    @property
    def modules(self) -> tuple[ModuleId, ...]:
        """Every module the plan names, in its order; a day of single cards counts for their modules."""
        named = (
            module
            for day in self.days
            for module in (*day.modules, *(ModuleId(card.partition(".")[0]) for card in day.cards))
        )
        return tuple(dict.fromkeys(named))
