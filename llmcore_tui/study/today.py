"""What Today shows: the plan's day, its checkpoint, what is due, and what to look at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Language
from llmcore_tui.study.checkpoint import Checkpoint, checkpoint, is_open
from llmcore_tui.study.plan_choice import chosen
from llmcore_tui.study.quiz_choice import modules_of
from llmcore_tui.study.weak import WeakPoint, weak_points

if TYPE_CHECKING:
    from llmcore_progress import Progress
    from llmcore_tui.content.deck import Deck

FORECAST_DAYS = 10


@dataclass(frozen=True, slots=True)
class TodayModule:
    """A module of the plan's day."""

    id: str
    title: str
    planned: bool
    """No card of it is written yet."""


@dataclass(frozen=True, slots=True)
class Today:
    """One day in one language."""

    plan: str
    """The plan's name; empty for a deck without plans."""
    plan_title: str
    day: int
    days: int
    modules: tuple[TodayModule, ...]
    must_say: str
    """What the learner must be able to say at the end of the day, as Markdown."""
    is_review: bool
    """The day introduces nothing."""
    checkpoint: Checkpoint | None
    open_days: tuple[int, ...]
    """Earlier days whose checkpoint is not met."""
    due: int
    learning: int
    new: int
    minutes: int
    """Estimated, for all that is left today."""
    forecast: tuple[int, ...]
    """Reviews due on each of the next days, today first."""
    weak: tuple[WeakPoint, ...]
    streak: int

    @property
    def title(self) -> str:
        """What the day is about."""
        return " · ".join(module.title for module in self.modules)


def today(deck: Deck, progress: Progress, now: datetime, language: Language) -> Today:
    """Everything anew from the log."""
    choice = chosen(deck, progress, now)
    counts = progress.counts(now)
    day = choice.day if choice else None
    return Today(
        plan=choice.plan.name if choice else "",
        plan_title=choice.plan.title.of(language) if choice else "",
        day=day.day if day else 0,
        days=len(choice.plan.days) if choice else 0,
        modules=tuple(_module(deck, module, language) for module in modules_of(day)) if day else (),
        must_say=day.must_say.of(language) if day else "",
        is_review=day.review if day else False,
        checkpoint=checkpoint(progress, day, language) if day else None,
        open_days=tuple(
            earlier.day
            for earlier in (choice.plan.days if choice and day else ())
            if day and earlier.day < day.day and is_open(progress, earlier)
        ),
        due=counts.due,
        learning=counts.learning,
        new=counts.new,
        minutes=max(1, round(counts.seconds_estimate / 60)) if counts.total else 0,
        forecast=progress.forecast(now, FORECAST_DAYS),
        weak=weak_points(deck, progress, language),
        streak=progress.streak(now),
    )


def _module(deck: Deck, module: str, language: Language) -> TodayModule:
    found = deck.module(module)
    return TodayModule(found.id, found.title.of(language), found.planned)
