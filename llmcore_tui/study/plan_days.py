"""A plan's days with their dates, what each is about, and where the learner stands in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from llmcore_tui.content.bilingual import Language
from llmcore_tui.study.checkpoint import Checkpoint, checkpoint
from llmcore_tui.study.quiz_choice import modules_of

if TYPE_CHECKING:
    from llmcore_progress import Progress
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.content.plan import Day
    from llmcore_tui.study.plan_choice import PlanChoice

DayState = Literal["met", "open", "today", "ahead", "planned", "review"]


@dataclass(frozen=True, slots=True)
class PlanDay:
    """One day of a plan, in one language."""

    day: int
    date: date
    modules: tuple[str, ...]
    title: str
    must_say: str
    state: DayState
    """`met` its checkpoint, `open` a past day whose checkpoint is not met, `planned` nothing of it is written yet."""
    checkpoint: Checkpoint | None


def plan_days(deck: Deck, progress: Progress, choice: PlanChoice, language: Language) -> tuple[PlanDay, ...]:
    """Every day of the plan in use."""
    return tuple(_day(day, deck, progress, choice, language) for day in choice.plan.days)


def _day(day: Day, deck: Deck, progress: Progress, choice: PlanChoice, language: Language) -> PlanDay:
    modules = modules_of(day)
    found = checkpoint(progress, day, language)
    return PlanDay(
        day=day.day,
        date=choice.start + timedelta(days=day.day - 1),
        modules=modules,
        title=" · ".join(deck.module(module).title.of(language) for module in modules),
        must_say=day.must_say.of(language),
        state=_state(
            day, found, choice, planned=bool(modules) and all(deck.module(each).planned for each in modules)
        ),
        checkpoint=found,
    )


def _state(day: Day, found: Checkpoint | None, choice: PlanChoice, *, planned: bool) -> DayState:
    if found is not None and found.met:
        return "met"
    if planned:
        return "planned"
    if day.day - 1 == choice.days_since:
        return "today"
    if day.day - 1 > choice.days_since:
        return "ahead"
    return "review" if found is None else "open"
