"""What each rating of a card would lead to, and the body of the review that records one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from llmcore_progress import interval
from llmcore_progress.event import Json
from llmcore_progress.fold import Folded
from llmcore_progress.instant import microseconds, written
from llmcore_progress.learner_day import LAST_DAY, day_text
from llmcore_progress.memory import Answered, Fsrs, Phase, Rating, recall
from llmcore_progress.settings import Settings

_RATINGS = tuple(Rating)
Load = Callable[[int, int], Mapping[int, int]]
"""How many cards are due on each day of a range, both ends included."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where one rating leads."""

    phase: Phase
    step: int
    interval_days: int
    """0 within the steps."""
    wait: timedelta
    """Until it is due: the step, or that many days."""


def outcomes(
    card: str,
    state: Folded,
    now: datetime,
    settings: Settings,
    model: Fsrs,
    load: Load,
    *,
    up_to: Rating = Rating.EASY,
) -> dict[Rating, Outcome]:
    """What the four ratings (or those up to one) lead to; a better one never comes back sooner."""
    today = settings.clock.day(now)
    elapsed = 0 if state.last_day is None else max(today - state.last_day, 0)
    fraction = interval.draw(settings.seed, card, state.reviews) if settings.fuzz else None
    found: dict[Rating, Outcome] = {}
    at_least = 0
    for rating in _RATINGS[:up_to]:
        answered = model.answer(
            state.memory,
            state.phase,
            state.step,
            elapsed,
            rating,
            settings.retention,
            settings.learning_steps,
            settings.relearning_steps,
        )
        days = _days(answered, at_least, today, fraction, settings, load)
        at_least = max(at_least, days)
        found[rating] = Outcome(
            answered.phase, answered.step, days, timedelta(days=days) if days else answered.wait
        )
    return found


def body(
    rating: Rating, outcome: Outcome, state: Folded, now: datetime, elapsed_ms: int, settings: Settings
) -> dict[str, Json]:
    """What a review's event holds: all that the fold and the statistics need, whatever the settings are later."""
    clock = settings.clock
    today = clock.day(now)
    due = day_text(min(today + outcome.interval_days, LAST_DAY))
    return {
        "rating": int(rating),
        "elapsed_ms": elapsed_ms,
        "phase": outcome.phase.name.lower(),
        **({} if outcome.interval_days else {"step": outcome.step}),
        "due": due if outcome.interval_days else written(microseconds(now + outcome.wait)),
        "interval_days": outcome.interval_days,
        "retention": settings.retention,
        "after": state.last_review,
        "interval_before_days": _interval_before(state),
        "recall": _recall(state, today),
    }


def _days(
    answered: Answered, at_least: int, today: int, fraction: float | None, settings: Settings, load: Load
) -> int:
    exact = answered.interval_days
    if not exact or (fraction is None and not settings.load_balancing):
        return exact
    low, high = interval.fuzz_range(exact, settings.maximum_interval_days)
    low = min(max(low, at_least), high)
    if not settings.load_balancing:
        return interval.spread(low, high, fraction or 0.0)
    by_interval = (
        {day - today: cards for day, cards in load(today + low, today + high).items()} if low < high else {}
    )
    return interval.balanced(low, high, exact, fraction, by_interval)


def _interval_before(state: Folded) -> int:
    if state.phase != Phase.REVIEW or state.due_day is None or state.last_day is None:
        return 0
    return state.due_day - state.last_day


def _recall(state: Folded, today: int) -> float | None:
    """The probability that FSRS gave this review beforehand."""
    if state.phase != Phase.REVIEW or state.memory is None or state.last_day is None:
        return None
    return round(recall(state.memory.stability, today - state.last_day), 6)
