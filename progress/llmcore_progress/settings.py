"""What the learner can set about the schedule, checked once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta, tzinfo

from llmcore_progress.errors import WrongSetting
from llmcore_progress.learner_day import LearnerClock

LONGEST_INTERVAL_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class Settings:
    """The learner's settings; a value outside its range raises WrongSetting."""

    retention: float = 0.9
    """Share of reviews that should be recalled; 0.7 to 0.99 (py-fsrs itself would take 1.5)."""
    learning_steps: tuple[timedelta, ...] = (timedelta(minutes=1), timedelta(minutes=10))
    """Waits of a new card before its first interval in days; ascending, each at most twelve hours."""
    relearning_steps: tuple[timedelta, ...] = (timedelta(minutes=10),)
    """The same for a card that was forgotten."""
    maximum_interval_days: int = LONGEST_INTERVAL_DAYS
    new_per_day: int = 8
    reviews_per_day: int = 200
    fuzz: bool = True
    """Spread intervals within FSRS's ranges, so that cards learnt together part."""
    load_balancing: bool = True
    """Within the same range, prefer days with less to do."""
    day_starts_at: int = 4
    """Hour of the learner's wall clock."""
    zone: tzinfo | None = None
    """The learner's time zone; None: the one this computer is set to."""
    leech_lapses: int = 8
    """A card forgotten this often is a leech."""
    learn_ahead: timedelta = timedelta(minutes=20)
    """Learning cards due within this are shown when nothing else is left."""
    seed: int = 0
    """Of the fuzz."""

    def __post_init__(self) -> None:
        _check("retention", self.retention, 0.7, 0.99)
        _check("maximum_interval_days", self.maximum_interval_days, 1, LONGEST_INTERVAL_DAYS)
        _check("new_per_day", self.new_per_day, 0, 1_000_000)
        _check("reviews_per_day", self.reviews_per_day, 0, 1_000_000)
        _check("day_starts_at", self.day_starts_at, 0, 23)
        _check("leech_lapses", self.leech_lapses, 1, 1_000)
        for name, steps in (
            ("learning_steps", self.learning_steps),
            ("relearning_steps", self.relearning_steps),
        ):
            _check_steps(name, steps)

    @property
    def clock(self) -> LearnerClock:
        """The learner's day under these settings."""
        return LearnerClock(self.zone, self.day_starts_at)


def _check(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # also refuses NaN
        raise WrongSetting(f"{name} is {value}; it must lie between {low} and {high}.")


def _check_steps(name: str, steps: tuple[timedelta, ...]) -> None:
    # FSRS waits 1.5 steps after "hard"; beyond 12 hours that could come back later than "good"
    short = all(timedelta() < step <= timedelta(hours=12) for step in steps)
    if not short or list(steps) != sorted(steps) or len(steps) > 20:
        raise WrongSetting(
            f"{name} must be up to 20 ascending waits, each above zero and at most twelve hours."
        )
