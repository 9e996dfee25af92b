"""What the tests of the log begin with: a moment, a log, a deck, an event made elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from llmcore_progress import Entry, Event, Json, Kind, Progress, Settings
from llmcore_progress.instant import microseconds
from llmcore_progress.uuid7 import Uuid7

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
SETTINGS = Settings(zone=UTC, fuzz=False, load_balancing=False)

_ids = Uuid7()


def opened(
    path: Path,
    *,
    settings: Settings = SETTINGS,
    device: str = "laptop",
    learner: str = "me",
    now: datetime = NOW,
) -> Progress:
    """A log at a path (a file, or a folder to make one in); nothing is fuzzed and the learner lives in UTC."""
    file = path if path.suffix else path / "log.sqlite"
    return Progress.open(file, settings=settings, device=device, learner=learner, now=now)


def generous(**others: object) -> Settings:
    """Settings without limits a day."""
    return replace(SETTINGS, new_per_day=10_000, reviews_per_day=10_000, **others)  # type: ignore[arg-type]  # names of Settings


def deck(number: int, modules: int = 1, family: int = 0) -> list[Entry]:
    """So many cards in turn over so many modules, `m0.c0`, `m1.c1` …; neighbours in families of a size."""
    return [
        Entry(f"m{n % modules}.c{n}", f"m{n % modules}", n, f"f{n // family}" if family else "")
        for n in range(number)
    ]


def stock(progress: Progress, entries: Iterable[Entry]) -> None:
    """Give a log its deck."""
    listed = list(entries)
    progress.set_catalogue(repr(listed), lambda: listed)


def event(
    kind: str,
    subject: str,
    body: Mapping[str, Json],
    at: datetime = NOW,
    *,
    device: str = "phone",
    learner: str = "me",
    id: str | None = None,
) -> Event:
    """An event as another device would have made it."""
    day = {"day": at.date().isoformat(), **body}
    return Event(id or _ids.new(microseconds(at)), at, device, learner, kind, subject, day)


def review(
    card: str, rating: int, at: datetime, *, days: int = 0, after: str | None = None, **body: Json
) -> Event:
    """A review made elsewhere: in the review phase when it has days, else in a step of ten minutes."""
    due: dict[str, Json] = (
        {"phase": "review", "due": (at + days * DAY).date().isoformat(), "interval_days": days}
        if days
        else {"phase": "learning", "due": (at + 10 * MINUTE).isoformat(), "interval_days": 0}
    )
    return event(
        Kind.REVIEW, card, {"rating": rating, "elapsed_ms": 4_000, "after": after, **due, **body}, at
    )
