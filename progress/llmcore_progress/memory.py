"""Memory of a card by FSRS-6: py-fsrs does the arithmetic, with its fuzz off, and is imported when first needed.

Elapsed time is counted in the learner's days, as Anki does: a review at 22:00 and the next at 09:00 are a day apart.
Ratings are 1 again, 2 hard, 3 good, 4 easy; stability is in days (time until recall falls to 90 %), difficulty 1 to 10.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import fsrs

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_LONGEST_ELAPSED = 200_000
"""Days; keeps py-fsrs's dates within the calendar for an event from a hostile file."""


class Rating(IntEnum):
    """How well a card was recalled."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


class Phase(IntEnum):
    """Where a card stands."""

    NEW = 0
    LEARNING = 1
    REVIEW = 2
    RELEARNING = 3


@dataclass(frozen=True, slots=True)
class Memory:
    """What FSRS believes about one card."""

    stability: float
    difficulty: float


@dataclass(frozen=True, slots=True)
class Answered:
    """What one rating leads to, before fuzz: days for the review phase, a wait within a day for a step."""

    phase: Phase
    step: int
    interval_days: int
    wait: timedelta


class MemoryModel(Protocol):
    """What the fold needs of FSRS."""

    def after(
        self, memory: Memory | None, elapsed_days: int, rating: int, retention: float
    ) -> tuple[Memory, int]:
        """Memory after a review, and the days until recall falls to `retention`."""
        ...


@dataclass(frozen=True, slots=True)
class Fsrs:
    """FSRS with its default parameters."""

    maximum_interval_days: int

    def after(
        self, memory: Memory | None, elapsed_days: int, rating: int, retention: float
    ) -> tuple[Memory, int]:
        """Memory after a review, and the days until recall falls to `retention`."""
        scheduler = _scheduler(retention, (), (), self.maximum_interval_days)
        card = _reviewed(scheduler, memory, Phase.REVIEW, 0, elapsed_days, rating)
        return Memory(card.stability or 0.0, card.difficulty or 0.0), (card.due - _at(elapsed_days)).days

    def answer(
        self,
        memory: Memory | None,
        phase: Phase,
        step: int,
        elapsed_days: int,
        rating: int,
        retention: float,
        learning_steps: tuple[timedelta, ...],
        relearning_steps: tuple[timedelta, ...],
    ) -> Answered:
        """What a rating leads to, steps included."""
        scheduler = _scheduler(retention, learning_steps, relearning_steps, self.maximum_interval_days)
        card = _reviewed(scheduler, memory, phase, step, elapsed_days, rating)
        wait = card.due - _at(elapsed_days)
        reached = Phase(int(card.state))
        days = wait.days if reached == Phase.REVIEW else 0
        return Answered(reached, card.step or 0, days, timedelta() if days else wait)


def key() -> str:
    """Algorithm, version and parameters: memory computed under another key is computed anew."""
    return f"fsrs-6 {_version()} default parameters"


def recall(stability: float, elapsed_days: int) -> float:
    """Probability, 0 to 1, that a card is recalled after so many of the learner's days (FSRS-6 forgetting curve)."""
    import fsrs

    card = fsrs.Card(1, fsrs.State.Review, None, stability, 5.0, _EPOCH, _EPOCH)
    return _scheduler(0.9, (), (), 36_500).get_card_retrievability(card, _at(elapsed_days))


def _reviewed(
    scheduler: fsrs.Scheduler, memory: Memory | None, phase: Phase, step: int, elapsed_days: int, rating: int
) -> fsrs.Card:
    import fsrs

    if memory is None:
        card = fsrs.Card(1, fsrs.State.Learning, step, None, None, _EPOCH, None)
    else:
        state = fsrs.State(max(phase, Phase.LEARNING))
        at_step = None if state == fsrs.State.Review else step
        card = fsrs.Card(1, state, at_step, memory.stability, memory.difficulty, _EPOCH, _EPOCH)
    return scheduler.review_card(card, fsrs.Rating(rating), _at(elapsed_days))[0]


def _at(elapsed_days: int) -> datetime:
    return _EPOCH + timedelta(days=min(max(elapsed_days, 0), _LONGEST_ELAPSED))


@lru_cache(maxsize=64)
def _scheduler(
    retention: float, learning: tuple[timedelta, ...], relearning: tuple[timedelta, ...], maximum_days: int
) -> fsrs.Scheduler:
    import fsrs

    return fsrs.Scheduler(
        desired_retention=retention,
        learning_steps=learning,
        relearning_steps=relearning,
        maximum_interval=maximum_days,
        enable_fuzzing=False,
    )


@cache
def _version() -> str:
    """py-fsrs's version, from the name of its metadata folder: neither fsrs nor importlib.metadata need be imported."""
    from importlib.util import find_spec

    spec = find_spec("fsrs")
    for folder in spec.submodule_search_locations or () if spec else ():
        for metadata in Path(folder).parent.glob("fsrs-*.dist-info"):
            return metadata.name.removeprefix("fsrs-").removesuffix(".dist-info")
    from importlib.metadata import version

    return version("fsrs")
