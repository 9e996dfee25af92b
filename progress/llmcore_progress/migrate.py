"""Brings a log of any earlier version to this one, step by numbered step, with a backup before the first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from llmcore_progress.errors import LogProblem, NewerLog

SCHEMA = 3
"""The number of the newest file in `migrations/`."""

APPLICATION = 0x6C6C6D63
"""SQLite's application id of a log."""
_WHAT_IT_IS = (  # in one statement: another process may be making the log right now
    "SELECT (SELECT user_version FROM pragma_user_version), (SELECT application_id FROM pragma_application_id), "
    "(SELECT count(*) FROM sqlite_master)"
)
_FOLDER = Path(__file__).parent / "migrations"


def version(connection: sqlite3.Connection) -> int:
    """The number of the last migration that was applied to a log; 0 for an empty file."""
    number: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return number


def migrate(connection: sqlite3.Connection, path: Path, now: datetime) -> None:
    """Apply what is missing; raises NewerLog for a log from the future, LogProblem for what is no log."""
    found, application, tables = connection.execute(_WHAT_IT_IS).fetchone()
    if application != APPLICATION and (found or tables):
        raise LogProblem(
            path, f"{path} is a database, but not a log of llmcore.", "It was left as it is; move it away."
        )
    if found == SCHEMA:
        return
    if found > SCHEMA:
        raise NewerLog(
            path,
            f"The log {path} has format {found}; this llmcore knows up to {SCHEMA}.",
            "Use the newer llmcore it was written by.",
        )
    if found > 0:
        from llmcore_progress import backup

        backup.before_migration(path, found, now)
    for number in range(found + 1, SCHEMA + 1):
        _apply(connection, number)


def _apply(connection: sqlite3.Connection, number: int) -> None:
    """One migration in one transaction; nothing when another process has just done it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if version(connection) < number:
            for statement in statements(migration(number)):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def migration(number: int) -> str:
    """The SQL of one migration."""
    (file,) = _FOLDER.glob(f"{number:04}_*.sql")
    return file.read_text(encoding="utf-8")


def statements(script: str) -> Iterator[str]:
    """The single statements of a script: `executescript` would commit between them."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
