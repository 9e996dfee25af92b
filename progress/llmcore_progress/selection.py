"""Cards of the deck in use by where the learner stands with them, and how far each module is: answered by SQL, not card by card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from llmcore_progress.instant import microseconds
from llmcore_progress.log import Log
from llmcore_progress.settings import Settings

Which = Literal["due", "new", "learning", "review", "suspended", "buried", "leech", "flagged", "noted"]

_CONDITIONS: dict[Which, str] = {
    "due": "suspended = 0 AND ifnull(buried_until, 0) <= :today AND (due_day <= :today OR due_at <= :now)",
    "new": "suspended = 0 AND phase = 0",
    "learning": "suspended = 0 AND phase IN (1, 3)",
    "review": "suspended = 0 AND phase = 2",
    "suspended": "suspended = 1",
    "buried": "buried_until > :today",
    "leech": "lapses >= :leech_lapses",
    "flagged": "flagged IS NOT NULL",
    "noted": "note <> ''",
}


@dataclass(frozen=True, slots=True)
class ModuleCounts:
    """How far the learner is in one module of the deck."""

    cards: int
    begun: int
    """Reviewed at least once."""
    recalled: int
    """Rated good or easy at least once."""
    due: int


def cards_in(log: Log, which: Which, now: datetime, settings: Settings) -> list[str]:
    """The ids of all cards in a state, in the deck's order."""
    return [
        card
        for (card,) in log.query(
            f"SELECT card FROM card WHERE position IS NOT NULL AND {_CONDITIONS[which]} ORDER BY position",
            _values(now, settings),
        )
    ]


def module_counts(log: Log, now: datetime, settings: Settings) -> dict[str, ModuleCounts]:
    """The counts of every module that has cards."""
    rows = log.query(
        "SELECT module, count(*), count(*) FILTER (WHERE phase <> 0), count(*) FILTER (WHERE recalled = 1), "
        f"count(*) FILTER (WHERE {_CONDITIONS['due']}) FROM card WHERE position IS NOT NULL GROUP BY module",
        _values(now, settings),
    )
    return {module: ModuleCounts(*counts) for module, *counts in rows}


def _values(now: datetime, settings: Settings) -> dict[str, str | int | float | None]:
    return {"today": settings.clock.day(now), "now": microseconds(now), "leech_lapses": settings.leech_lapses}
