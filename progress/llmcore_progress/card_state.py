"""Where one card stands, as the rest of the application sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from llmcore_progress.fold import Folded
from llmcore_progress.instant import moment
from llmcore_progress.learner_day import LearnerClock
from llmcore_progress.memory import Phase, recall
from llmcore_progress.settings import Settings


@dataclass(frozen=True, slots=True)
class CardState:
    """The state of a card; a card without events is new."""

    card: str
    phase: Phase
    due: datetime | None
    """UTC: the moment of a step, or the start of the learner's day; None while new."""
    stability_days: float | None
    """FSRS: days until recall falls to 90 %."""
    difficulty: float | None
    """FSRS: 1 to 10."""
    reviews: int
    lapses: int
    recalled: bool
    """Rated good or easy at least once since the last reset."""
    suspended: bool
    buried_until: datetime | None
    """UTC start of the learner's day it comes back on; None when that has no say (never buried)."""
    leech: bool
    flagged: str | None
    """Why the learner called the card bad."""
    note: str
    last_review: datetime | None
    last_day: int | None = field(repr=False)
    clock: LearnerClock = field(repr=False, compare=False)

    def retrievability(self, now: datetime) -> float | None:
        """Probability, 0 to 1, of recalling it now (FSRS-6 forgetting curve); None before the first review."""
        if self.stability_days is None or self.last_day is None:
            return None
        return recall(self.stability_days, self.clock.day(now) - self.last_day)


def card_state(card: str, state: Folded, settings: Settings) -> CardState:
    """The public state of a folded one."""
    clock = settings.clock
    due = moment(state.due_at) if state.due_at is not None else None
    return CardState(
        card=card,
        phase=state.phase,
        due=due if state.due_day is None else clock.start(state.due_day),
        stability_days=None if state.memory is None else state.memory.stability,
        difficulty=None if state.memory is None else state.memory.difficulty,
        reviews=state.reviews,
        lapses=state.lapses,
        recalled=state.recalled,
        suspended=state.suspended,
        buried_until=None if state.buried_until is None else clock.start(state.buried_until),
        leech=state.lapses >= settings.leech_lapses,
        flagged=state.flagged,
        note=state.note,
        last_review=None if state.last_at is None else moment(state.last_at),
        last_day=state.last_day,
        clock=clock,
    )
