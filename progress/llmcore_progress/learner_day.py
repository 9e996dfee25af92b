"""The learner's day: it starts in the small hours (04:00) of the learner's own wall clock.

Each event records the day and the offset from UTC that held when it happened, so history stays where it was when the
learner travels or a country changes its rules. Days are counted as proleptic ordinals (`date.toordinal`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

LAST_DAY = date.max.toordinal() - 1


@dataclass(frozen=True, slots=True)
class LearnerClock:
    """Where the learner's wall clock stands and when their day begins."""

    zone: tzinfo | None = None
    """None: the zone this computer is set to."""
    starts_at: int = 4
    """Hour of the wall clock, 0 to 23."""

    def day(self, now: datetime) -> int:
        """The learner's day that a moment belongs to. Read off the wall clock, so a day may have 23 or 25 hours."""
        local = now.astimezone(self.zone)
        return local.toordinal() - (local.hour < self.starts_at)

    def start(self, day: int) -> datetime:
        """The moment in UTC at which a learner's day begins."""
        wall = datetime.combine(date.fromordinal(min(max(day, 2), LAST_DAY)), time(self.starts_at))
        local = wall.astimezone() if self.zone is None else wall.replace(tzinfo=self.zone)
        return local.astimezone(UTC)

    def offset_minutes(self, now: datetime) -> int:
        """How far the wall clock is ahead of UTC."""
        offset = now.astimezone(self.zone).utcoffset() or timedelta()
        return round(offset.total_seconds() / 60)


def day_text(day: int) -> str:
    """`2026-11-22` for an ordinal."""
    return date.fromordinal(min(max(day, 1), LAST_DAY)).isoformat()


def read_day(text: object) -> int | None:
    """The ordinal of a text such as `2026-11-22`; None for anything else."""
    if not isinstance(text, str) or len(text) != 10:
        return None
    try:
        return min(date.fromisoformat(text).toordinal(), LAST_DAY)
    except ValueError:
        return None
