"""The log of events in SQLite: append, and read in order. Nothing here knows what an event means."""

from __future__ import annotations

import heapq
import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any, Literal, TypeAlias

from llmcore_progress import connection as connections
from llmcore_progress.disk import clear_errors
from llmcore_progress.errors import LogProblem, NewerLog
from llmcore_progress.event import Event, Json, canonical, spelt
from llmcore_progress.instant import microseconds, moment
from llmcore_progress.migrate import SCHEMA, migrate, version
from llmcore_progress.uuid7 import Uuid7

Row: TypeAlias = "tuple[Any, ...]"  # what sqlite3 gives; parsed at once by those who ask
Value: TypeAlias = "str | int | float | None"
Inserted: TypeAlias = Literal["added", "known", "differs"]

COLUMNS = "id, at, device, learner, kind, subject, body"
_INSERT = f"INSERT INTO event ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
_KINDS = """
    WITH RECURSIVE each (kind) AS (
        SELECT min(kind) FROM event
        UNION ALL
        SELECT (SELECT min(kind) FROM event WHERE kind > each.kind) FROM each WHERE each.kind IS NOT NULL
    )
    SELECT kind FROM each WHERE kind IS NOT NULL
"""
_PAGE = 500
_READ, _WRITE = "BEGIN", "BEGIN IMMEDIATE"


class Log:
    """An open log. Safe to use from several threads; a transaction of one keeps the others waiting."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only
        self._connection = connection
        self._lock = RLock()
        self._ids = Uuid7()
        self._begun = ""

    @classmethod
    def open(cls, path: Path, now: datetime) -> Log:
        """Open or make the log, migrated to this version; raises a LogProblem."""
        with clear_errors(path):
            connection = connections.connect(path)
            try:
                migrate(connection, path, now)
                _probe(connection)
            except BaseException:
                connection.close()
                raise
        return cls(path, connection, read_only=False)

    @classmethod
    def open_read_only(cls, path: Path) -> Log:
        """Open a log without changing it; it must have this version's format."""
        with clear_errors(path):
            connection = connections.connect_read_only(path)
            try:
                found = version(connection)
                if found > SCHEMA:
                    raise NewerLog(
                        path, f"The log {path} has format {found}; this llmcore knows up to {SCHEMA}."
                    )
                if found < SCHEMA:
                    raise LogProblem(
                        path, f"The log {path} has the older format {found}.", "Open it for writing once."
                    )
            except BaseException:
                connection.close()
                raise
        return cls(path, connection, read_only=True)

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: on disk when it ends, or nothing of it where it raises. May be nested."""
        with self._transaction(_WRITE):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One consistent view of the log."""
        with self._transaction(_READ):
            yield

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._lock, clear_errors(self.path):
            connection = self._connection
            if connection.in_transaction:
                if begin != self._begun and begin == _WRITE:
                    raise RuntimeError(
                        "a reading transaction cannot become a writing one: it may see an old log"
                    )
                yield
                return
            self._begun = begin
            connection.execute(begin)
            try:
                yield
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # SQLite has rolled back by itself after some errors
                    connection.execute("ROLLBACK")
                raise

    def query(self, sql: str, values: Sequence[Value] | dict[str, Value] = ()) -> list[Row]:
        """All rows of a question."""
        with self._lock, clear_errors(self.path):
            return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, values: Sequence[Value] | dict[str, Value] = ()) -> Row | None:
        """The first row of a question."""
        with self._lock, clear_errors(self.path):
            row: Row | None = self._connection.execute(sql, values).fetchone()
            return row

    def change(self, sql: str, values: Sequence[Value] | dict[str, Value] = ()) -> int:
        """Change derived tables within `writing`; gives the number of rows changed."""
        return self._connection.execute(sql, values).rowcount

    def change_many(self, sql: str, rows: Iterator[Sequence[Value]]) -> None:
        """The same for many rows."""
        self._connection.executemany(sql, rows)

    def append(
        self, kind: str, subject: str, body: dict[str, Json], now: datetime, *, device: str, learner: str
    ) -> Event:
        """Write one new event within `writing`. Its time is never before the device's last, whatever the clock says."""
        (last,) = self.one("SELECT max(at) FROM event WHERE device = ?", (device,)) or (None,)
        at = microseconds(now) if last is None else max(microseconds(now), last + 1)
        identity = self._ids.new(at)
        self.change(_INSERT, (identity, at, device, learner, kind, subject, canonical(body)))
        return Event(identity, moment(at), device, learner, kind, subject, body)

    def insert(self, event: Event) -> Inserted:
        """Take in a sound event that was made elsewhere, within `writing`; one that is there already stays as it is."""
        at, body = microseconds(event.at), spelt(event.body)
        row = (event.id, at, event.device, event.learner, event.kind, event.subject, body)
        if self.change(_INSERT, row) == 1:
            return "added"
        there = self.one(f"SELECT {COLUMNS} FROM event WHERE id = ?", (event.id,))
        return "known" if there == row else "differs"

    def get(self, identity: str) -> Event | None:
        """The event with an id."""
        row = self.one(f"SELECT {COLUMNS} FROM event WHERE id = ?", (identity,))
        return None if row is None else read_event(row)

    def of_subject(self, subject: str, learner: str) -> list[Event]:
        """All events about one subject, ordered by (at, id)."""
        sql = f"SELECT {COLUMNS} FROM event WHERE subject = ? AND learner = ? ORDER BY at, id"
        return [read_event(row) for row in self.query(sql, (subject, learner))]

    def events(
        self,
        *,
        kinds: Collection[str] | None = None,
        subject: str | None = None,
        learner: str | None = None,
        since: datetime | None = None,
        newest_first: bool = False,
    ) -> Iterator[Event]:
        """Events ordered by (at, id), a page at a time: no statement stays open between them."""
        equal = {"subject": subject, "learner": learner}
        fixed = {name: value for name, value in equal.items() if value is not None}
        start = None if since is None else microseconds(since)
        if subject is not None:
            stream = self._pages(fixed, start, newest_first)
            return stream if kinds is None else (event for event in stream if event.kind in kinds)
        kinds = self._kinds() if kinds is None else kinds
        streams = [
            self._pages({**fixed, "kind": str(kind)}, start, newest_first) for kind in sorted(set(kinds))
        ]
        return heapq.merge(*streams, key=lambda event: (event.at, event.id), reverse=newest_first)

    def _kinds(self) -> list[str]:
        """The kinds there are, one step in an index each."""
        return [kind for (kind,) in self.query(_KINDS)]

    def _pages(self, fixed: dict[str, str], start: int | None, newest_first: bool) -> Iterator[Event]:
        conditions = [f"{name} = ?" for name in fixed]
        order, compare = ("DESC", "<") if newest_first else ("ASC", ">")
        values: list[Value] = [*fixed.values()]
        if start is not None:
            conditions.append("at >= ?")
            values.append(start)
        after: tuple[Value, ...] = ()
        while True:
            where = [*conditions, f"(at, id) {compare} (?, ?)"] if after else conditions
            sql = (
                f"SELECT {COLUMNS} FROM event {'WHERE ' + ' AND '.join(where) if where else ''} "
                f"ORDER BY at {order}, id {order} LIMIT {_PAGE}"
            )
            rows = self.query(sql, [*values, *after])
            yield from map(read_event, rows)
            if len(rows) < _PAGE:
                return
            after = (rows[-1][1], rows[-1][0])

    def get_meta(self, key: str) -> str | None:
        """One of the file's own facts."""
        row = self.one("SELECT value FROM meta WHERE key = ?", (key,))
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Set one within `writing`."""
        self.change(
            "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )


def read_event(row: Row) -> Event:
    """The event of a row of COLUMNS."""
    identity, at, device, learner, kind, subject, body = row
    return Event(identity, moment(at), device, learner, kind, subject, json.loads(body))


def _probe(connection: sqlite3.Connection) -> None:
    """Look at a page or two of each table and index: cheap, and finds a file whose start, end or root pages are damaged."""
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall():
        connection.execute(f'SELECT * FROM "{name}" LIMIT 1').fetchone()
    connection.execute("SELECT * FROM event ORDER BY number DESC LIMIT 1").fetchone()
    for index in ("device", "kind", "subject"):
        connection.execute(f"SELECT max({index}) FROM event").fetchone()
