"""Events to and from files: export as JSON lines, import, and merge with another log.

Taking in is a set union: the same file twice, or two files in any order, end in the same log. A line that cannot be used is
reported with its number and the rest is taken; an event that is here already under the same id with other
content is reported and ours stays. Events of other devices and learners stay as they are.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

from llmcore_progress.connection import connect_read_only
from llmcore_progress.disk import clear_errors
from llmcore_progress.errors import ProgressError
from llmcore_progress.event import LONGEST_BODY, Event, Json, Kind, body_problem, name_problem, spelt
from llmcore_progress.instant import microseconds, moment, read, written
from llmcore_progress.learner_day import read_day
from llmcore_progress.log import COLUMNS, Log
from llmcore_progress.settings import LONGEST_INTERVAL_DAYS
from llmcore_progress.snapshot import Snapshot

LONGEST_LINE = 2 * LONGEST_BODY
"""Bytes of a line that are looked at."""
MOST_REPORTED = 1_000
"""Lines that are named one by one; all are counted."""
_AHEAD = timedelta(days=1)
_EARLIEST, _LATEST = read("2000-01-01T00:00:00Z") or 0, read("2200-01-01T00:00:00Z") or 0
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_FIELDS = frozenset({"id", "at", "device", "learner", "kind", "subject", "body"})
_BATCH = 2_000
_MAGIC = b"SQLite format 3\0"

Line = tuple[int, "Event | str"]
"""The number of a line, from 1, with its event or the reason why it has none."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was left out."""

    line: int
    reason: str


@dataclass(slots=True)
class Merged:
    """What came of taking in a file."""

    read: int = 0
    added: int = 0
    known: int = 0
    """Were here already."""
    differing: int = 0
    """Here already under the same id with other content; ours stayed."""
    bad: int = 0
    """Left out."""
    problems: list[BadLine] = field(default_factory=list)
    """The first thousand of the last two sorts."""

    def report(self, line: int, reason: str) -> None:
        """Name one line."""
        if len(self.problems) < MOST_REPORTED:
            self.problems.append(BadLine(line, reason))


def export(log: Log, target: Path | TextIO) -> int:
    """Write all events, ordered by (at, id), one JSON object a line; gives how many. A file appears whole or not at all."""
    if not isinstance(target, Path):
        return _write(log, target)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    with clear_errors(target):
        try:
            with part.open("w", encoding="utf-8", newline="\n") as stream:
                number = _write(log, stream)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    return number


def take_in(
    log: Log, snapshot: Snapshot, source: Path | BinaryIO, now: datetime, *, accept_future: bool = False
) -> Merged:
    """Add the events of JSON lines, or of another log's SQLite file; then fold what they touch."""
    latest = _LATEST if accept_future else min(microseconds(now + _AHEAD), _LATEST)
    merged = Merged()
    if not isinstance(source, Path):
        _add(log, snapshot, _parsed(source, latest), merged)
    else:
        with clear_errors(source), source.open("rb") as stream:
            is_log = stream.read(len(_MAGIC)) == _MAGIC
            stream.seek(0)
            _add(log, snapshot, _of_log(source, latest) if is_log else _parsed(stream, latest), merged)
    snapshot.refold()
    return merged


def line_of(event: Event) -> str:
    """One event as a JSON line, without its end."""
    fields = {
        "id": event.id,
        "at": written(microseconds(event.at)),
        "device": event.device,
        "learner": event.learner,
        "kind": event.kind,
        "subject": event.subject,
    }
    return f'{json.dumps(fields, ensure_ascii=False)[:-1]}, "body": {spelt(event.body)}}}'


def event_of(value: object, latest_us: int) -> Event | str:
    """The event of a parsed line, or why it is none. Nothing is guessed or mended."""
    if not isinstance(value, dict) or value.keys() != _FIELDS:
        return f"is not an object with exactly {', '.join(sorted(_FIELDS))}"
    identity, at, body = value["id"], read(value["at"]), value["body"]
    if not isinstance(identity, str) or not _UUID.fullmatch(identity):
        return "id is not a UUID in lower case"
    for name in ("device", "learner", "kind", "subject"):
        if problem := name_problem(value[name]):
            return f"{name} {problem}"
    if at is None or at < _EARLIEST:
        return "at is not a time with a zone, of the year 2000 or later"
    if at > latest_us:
        return "lies in the future"
    if not isinstance(body, dict):
        return "body is not an object"
    if problem := body_problem(body):
        return f"body {problem}"
    event = Event(
        identity, moment(at), value["device"], value["learner"], value["kind"], value["subject"], body
    )
    return _implausible(event) or event


def _implausible(event: Event) -> str:
    """Why an event of a kind we know cannot be what it says; empty for one that can."""
    body = event.body
    at_day = event.at.toordinal()
    day = read_day(body.get("day")) if "day" in body else at_day
    if day is None or day > at_day + 1:
        return "day is not a date up to the day after its time"
    if event.kind == Kind.UNDO and not isinstance(body.get("event"), str):
        return "an undo names the event it takes back"
    if event.kind != Kind.REVIEW:
        return ""
    rating = body.get("rating")
    if type(rating) is not int or not 1 <= rating <= 4:
        return "rating is not 1, 2, 3 or 4"
    due = body.get("due")
    due_day, due_at = read_day(due), read(due)
    if due is not None and due_day is None and due_at is None:
        return "due is neither a date nor a time with a zone"
    if due_day is not None and due_day > day + LONGEST_INTERVAL_DAYS:
        return "due is more than a hundred years off"
    if due_day is None and due_at is not None and due_at > microseconds(event.at + timedelta(days=2)):
        return "a step is due more than two days off"
    return ""


def _write(log: Log, stream: TextIO) -> int:
    number = 0
    for event in log.events():
        stream.write(line_of(event) + "\n")
        number += 1
    return number


def _add(log: Log, snapshot: Snapshot, lines: Iterator[Line], merged: Merged) -> None:
    while batch := list(islice(lines, _BATCH)):
        with log.writing():
            for number, event in batch:
                _add_one(log, snapshot, number, event, merged)


def _add_one(log: Log, snapshot: Snapshot, number: int, event: Event | str, merged: Merged) -> None:
    merged.read += 1
    if isinstance(event, str):
        merged.bad += 1
        merged.report(number, event)
        return
    match log.insert(event):
        case "added":
            merged.added += 1
            snapshot.arrived(event)
        case "known":
            merged.known += 1
        case "differs":
            merged.differing += 1
            merged.report(number, f"{event.id} is in the log with other content, which stayed")


def _parsed(stream: BinaryIO, latest_us: int) -> Iterator[Line]:
    for number, raw in _lines(stream):
        if raw is None:
            yield number, f"is longer than {LONGEST_LINE} bytes"
        elif raw.strip():
            yield number, _event_of_text(raw, latest_us)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a stream; None for one that is too long, which is read past without being held."""
    number = 0
    while raw := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) <= LONGEST_LINE or raw.endswith(b"\n"):
            yield number, raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            continue
        while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
            pass
        yield number, None


def _event_of_text(raw: bytes, latest_us: int) -> Event | str:
    try:
        return event_of(json.loads(raw.decode()), latest_us)
    except UnicodeDecodeError:
        return "is not UTF-8"
    except RecursionError:
        return "is nested too deep"
    except ValueError as error:  # JSON's own, and whole numbers of more than 4,300 digits
        return f"is not JSON: {error}"[:200]


def _of_log(path: Path, latest_us: int) -> Iterator[Line]:
    """The events of another log, which is only read; its newer or older format does not matter here."""
    with closing(connect_read_only(path)) as other:
        if (
            other.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'event'").fetchone()
            is None
        ):
            raise ProgressError(f"{path} is a database, but not a log of llmcore.")
        rows: Iterable[tuple[object, ...]] = other.execute(
            f"SELECT number, {COLUMNS} FROM event ORDER BY number"
        )
        for number, identity, at, device, learner, kind, subject, body in rows:
            fields: dict[str, object] = {
                "device": device,
                "learner": learner,
                "kind": kind,
                "subject": subject,
            }
            try:
                at_text = written(at) if isinstance(at, int) else at
                parsed: Json = json.loads(body) if isinstance(body, str) else None
                yield number, event_of({"id": identity, "at": at_text, "body": parsed, **fields}, latest_us)  # type: ignore[misc]  # a row's number is an integer
            except (ValueError, OverflowError, RecursionError) as error:
                yield number, f"cannot be read: {error}"[:200]  # type: ignore[misc]  # as above
