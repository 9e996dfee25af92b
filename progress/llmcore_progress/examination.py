"""What is wrong with a log, for `llmcore doctor`: looks at everything, changes nothing, raises nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shlex import quote
from typing import Literal

from llmcore_progress.backup import Backup, backups
from llmcore_progress.connection import connect_read_only
from llmcore_progress.disk import clear_errors
from llmcore_progress.errors import LogProblem, MissingLog
from llmcore_progress.instant import microseconds, moment
from llmcore_progress.migrate import APPLICATION, SCHEMA, migration, statements, version

Severity = Literal["ok", "warning", "error"]
_BEHIND = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    severity: Severity
    subject: str
    """log, format, append-only, events, clock, schedule, backups."""
    message: str
    hint: str = ""


def examine(path: Path, now: datetime) -> list[Finding]:
    """Every finding, sound ones too; a damaged log gets the backups it can be restored from."""
    found = backups(path)
    try:
        with clear_errors(path), closing(connect_read_only(path)) as connection:
            findings = [*_structure(connection)]
            if not any(finding.severity == "error" for finding in findings):
                findings += _contents(connection, now)
    except MissingLog as error:
        findings = [Finding("error" if found else "warning", "log", error.message, error.hint)]
    except LogProblem as error:
        findings = [Finding("error", "log", error.message, error.hint)]
    damaged = any(finding.severity == "error" for finding in findings)
    return [*findings, *_backups(path, found, damaged=damaged)]


def _structure(connection: sqlite3.Connection) -> Iterator[Finding]:
    problems = [row[0] for row in connection.execute("PRAGMA integrity_check(5)").fetchall()]
    if problems != ["ok"]:
        yield Finding("error", "log", f"The database is damaged: {'; '.join(problems)}"[:300])
        return
    if connection.execute("PRAGMA application_id").fetchone() != (APPLICATION,):
        yield Finding("error", "log", "This is a database, but not a log of llmcore.")
        return
    yield Finding("ok", "log", "The database is intact.")
    found = version(connection)
    if found > SCHEMA:
        yield Finding(
            "error",
            "format",
            f"The log has format {found}; this llmcore knows up to {SCHEMA}.",
            "Upgrade llmcore.",
        )
    elif found < SCHEMA:
        yield Finding(
            "warning",
            "format",
            f"The log has the older format {found}.",
            "It is brought up to date when next used.",
        )
    else:
        yield Finding("ok", "format", f"The log has format {found}.")


def _contents(connection: sqlite3.Connection, now: datetime) -> Iterator[Finding]:
    armed = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())
    missing = [name for name, sql in _guards().items() if armed.get(name, "").split() != sql.split()]
    if missing:
        yield Finding(
            "error", "append-only", f"The log is not protected against changes: {', '.join(missing)} missing."
        )
    else:
        yield Finding("ok", "append-only", "The log is protected against changes.")
    (number, unreadable, last) = connection.execute(
        "SELECT count(*), count(*) FILTER (WHERE NOT json_valid(body)), max(at) FROM event"
    ).fetchone()
    if unreadable:
        yield Finding("error", "events", f"{unreadable} of {number} events cannot be read.")
    else:
        yield Finding("ok", "events", f"{number} events, all readable.")
    if last is not None and last > microseconds(now + timedelta(minutes=5)):
        yield Finding(
            "warning",
            "clock",
            f"The newest event is of {moment(last):%Y-%m-%d %H:%M} UTC, which is still to come.",
            "Check this computer's clock; new events are put after it, and the schedule goes by the day of the clock.",
        )
    if _has(connection, "stale"):
        (waiting,) = connection.execute("SELECT count(*) FROM stale WHERE due_too = 1").fetchone()
        if waiting:
            yield Finding(
                "warning", "schedule", f"{waiting} cards wait to be computed anew.", "The next start does it."
            )


def _backups(path: Path, found: list[Backup], *, damaged: bool) -> Iterator[Finding]:
    if damaged and found:
        names = ", ".join(one.path.name for one in found[:3])
        yield Finding(
            "error",
            "backups",
            f"Backups to go back to, newest first: {names}.",
            _restore_hint(path, found[0]),
        )
    elif not found:
        yield Finding(
            "warning" if path.exists() else "ok",
            "backups",
            "There is no backup yet.",
            "One is made on each day of study.",
        )
    else:
        newest, written = found[0].made, datetime.fromtimestamp(path.stat().st_mtime, UTC)
        message = f"Backups: {len(found)}, the newest of {newest:%Y-%m-%d}."
        if written - newest > _BEHIND:
            hint = "Studying makes one a day; if it does not, see that its folder can be written to."
            yield Finding("warning", "backups", f"{message} The log is of {written:%Y-%m-%d}.", hint)
        else:
            yield Finding("ok", "backups", message)


def _restore_hint(path: Path, newest: Backup) -> str:
    return f"`llmcore doctor --restore {quote(str(newest.path))}` puts it in place and keeps {path.name} beside it."


def _guards() -> dict[str, str]:
    """The triggers that make the log append-only, as the first migration writes them."""
    script = [
        statement for statement in statements(migration(1)) if statement.strip().startswith("CREATE TRIGGER")
    ]
    return {statement.split()[2]: statement.strip().removesuffix(";") for statement in script}


def _has(connection: sqlite3.Connection, table: str) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone() is not None
