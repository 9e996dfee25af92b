"""Counts per learner's day and kind, kept as events arrive. An event counts once, and not at all when it was undone."""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter

from llmcore_progress.event import Event, Kind
from llmcore_progress.fold import is_cram, rating_of, undone_by
from llmcore_progress.log import Log

MATURE_DAYS = 21
"""An interval from which a card is called mature, as Anki does."""
TALLIED = frozenset({Kind.REVIEW, Kind.PREDICTION, Kind.QUIZ, Kind.INTERVIEW, Kind.DEMO})
"""What counts as studying: for the streak and the minutes."""
_LONGEST_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Counts:
    """What one event, or a day of them, adds."""

    events: int = 0
    elapsed_ms: int = 0
    again: int = 0
    hard: int = 0
    good: int = 0
    easy: int = 0
    young: int = 0
    young_recalled: int = 0
    mature: int = 0
    mature_recalled: int = 0
    expected_ppm: int = 0


_NAMES = [field.name for field in fields(Counts)]
_values = attrgetter(*_NAMES)
_ADD = (
    f"INSERT INTO tally (day, kind, {', '.join(_NAMES)}) VALUES (?, ?, {', '.join('?' * len(_NAMES))}) "
    f"ON CONFLICT (day, kind) DO UPDATE SET {', '.join(f'{name} = {name} + excluded.{name}' for name in _NAMES)}"
)
_UNDONE = (
    "SELECT 1 FROM event INDEXED BY event_subject WHERE subject = ? AND kind = 'undo' AND learner = ? "
    "AND json_extract(body, '$.event') = ? AND id <> ? LIMIT 1"
)


def of_event(event: Event) -> Counts:
    """What one event counts for, from its body alone: so the sum is the same in any order of arrival."""
    elapsed = event.body.get("elapsed_ms")
    elapsed_ms = min(max(elapsed, 0), _LONGEST_MS) if type(elapsed) is int else 0
    rating = rating_of(event) if event.kind == Kind.REVIEW else None
    if rating is None or is_cram(event):
        return Counts(1, elapsed_ms)
    before = event.body.get("interval_before_days")
    days = before if type(before) is int else 0
    young, mature, recalled = 1 <= days < MATURE_DAYS, days >= MATURE_DAYS, rating > 1
    again, hard, good, easy = (int(rating == each) for each in (1, 2, 3, 4))
    return Counts(
        events=1,
        elapsed_ms=elapsed_ms,
        again=again,
        hard=hard,
        good=good,
        easy=easy,
        young=int(young),
        young_recalled=int(young and recalled),
        mature=int(mature),
        mature_recalled=int(mature and recalled),
        expected_ppm=_millionths(event.body.get("recall")) if young or mature else 0,
    )


def arrived(log: Log, event: Event, learner: str, *, just_made: bool) -> None:
    """Count an event that was just added to the log, or take back what an undo that was just added names."""
    if event.learner != learner:
        return
    if event.kind == Kind.UNDO:
        named = undone_by(event)
        target = None if named is None else log.get(named)
        if target and _undoes(event, target) and not _undone(log, target, except_by=event.id):
            _add(log, target, -1)
    elif event.kind in TALLIED and (just_made or not _undone(log, event, except_by="")):
        _add(log, event, 1)


def rebuild(log: Log, learner: str) -> None:
    """Count the whole log anew."""
    log.change("DELETE FROM tally")
    undone = {(event.subject, undone_by(event)) for event in log.events(kinds=[Kind.UNDO], learner=learner)}
    for event in log.events(kinds=TALLIED, learner=learner):
        if (event.subject, event.id) not in undone:
            _add(log, event, 1)


def _undoes(undo: Event, target: Event) -> bool:
    return target.kind in TALLIED and target.subject == undo.subject and target.learner == undo.learner


def _undone(log: Log, event: Event, *, except_by: str) -> bool:
    return log.one(_UNDONE, (event.subject, event.learner, event.id, except_by)) is not None


def _add(log: Log, event: Event, sign: int) -> None:
    log.change(_ADD, (event.day, event.kind, *(sign * value for value in _values(of_event(event)))))


def _millionths(value: object) -> int:
    return round(value * 1_000_000) if isinstance(value, (int, float)) and 0 <= value <= 1 else 0
