"""Copies of the log in `backups/` beside it: one for each day of study, and one before each migration.

A copy is made by SQLite's backup API while others may write, checked, and only then given its name; only then are
older ones taken away, so that a damaged log never pushes out a sound backup.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from llmcore_progress.connection import connect_read_only
from llmcore_progress.disk import clear_errors
from llmcore_progress.errors import DamagedLog, MissingLog
from llmcore_progress.learner_day import day_text

DAILY_KEPT = 10
MIGRATIONS_KEPT = 5
CHEAP_BYTES = 50_000_000
"""A log up to this size is copied within a tenth of a second or two, at the end of every session."""
ALWAYS_KEPT = 3
MOST_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Backup:
    """One sound copy of the log."""

    path: Path
    made: datetime
    """When, by the clock of the file system, in UTC."""
    bytes: int


def folder(path: Path) -> Path:
    """Where the backups of a log are."""
    return path.parent / "backups"


def backups(path: Path) -> list[Backup]:
    """The backups of a log, newest first."""
    found = [file for file in folder(path).glob(f"{path.stem}-*{path.suffix}") if file.is_file()]
    listed = [
        Backup(file, datetime.fromtimestamp(file.stat().st_mtime, UTC), file.stat().st_size) for file in found
    ]
    return sorted(listed, key=lambda one: (one.made, one.path.name), reverse=True)


def daily(path: Path, day: int) -> Path | None:
    """Make the backup of a learner's day, or make it anew; None when there is one and another would take long."""
    target = folder(path) / f"{path.stem}-{day_text(day)}{path.suffix}"
    if target.exists() and path.stat().st_size > CHEAP_BYTES:
        return None
    _copy(path, target)
    _keep(path, "[0-9]" * 4 + "-*", DAILY_KEPT)
    return target


def before_migration(path: Path, version: int, now: datetime) -> Path:
    """Make the backup that a migration needs first."""
    target = folder(path) / f"{path.stem}-format{version}-{now:%Y%m%dT%H%M%S}{path.suffix}"
    if not target.exists():
        _copy(path, target)
        _keep(path, "format*", MIGRATIONS_KEPT)
    return target


def restore(path: Path, copy: Path, now: datetime) -> Path | None:
    """Put a backup in the log's place. What was there is moved aside, never deleted; gives where to."""
    with clear_errors(copy):
        _check(copy)
    kept: list[Path] = []
    _copy(copy, path, before_the_end=lambda: kept.extend(_move_aside(path, now)))
    return kept[0] if kept else None


def _copy(path: Path, target: Path, before_the_end: Callable[[], None] = lambda: None) -> None:
    """Copy a log, check the copy, and give it its name as the last step."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    with clear_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(connect_read_only(path)) as source, closing(sqlite3.connect(part)) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # the copy is one file, nothing beside it
            _check(part, of=path)
            before_the_end()
            part.replace(target)
        finally:
            for left in (part, part.with_name(part.name + "-journal")):
                with suppress(OSError):
                    left.unlink(missing_ok=True)


def _check(path: Path, of: Path | None = None) -> None:
    """Raise DamagedLog for a file that is not sound; `of` is what it is a fresh copy of."""
    if not path.exists():
        raise MissingLog(path, f"There is no backup at {path}.")
    with closing(connect_read_only(path)) as connection:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        problem = " ".join(str(verdict).split())
        hint = "`llmcore doctor` looks closer and names the backups that can be restored."
        raise DamagedLog(of or path, f"{of or path} is damaged: {problem}.", hint)


def _keep(path: Path, pattern: str, number: int) -> None:
    """Take away all but the newest of one sort, and more of them where they are large; never the newest three."""
    found = sorted(
        folder(path).glob(f"{path.stem}-{pattern}{path.suffix}"), key=lambda file: file.stat().st_mtime
    )
    bytes_ = 0
    for nth, file in enumerate(reversed(found)):
        bytes_ += file.stat().st_size
        if nth >= number or (nth >= ALWAYS_KEPT and bytes_ > MOST_BYTES):
            file.unlink(missing_ok=True)


def _move_aside(path: Path, now: datetime) -> Iterator[Path]:
    for ending in ("", "-wal", "-shm"):
        file = path.with_name(path.name + ending)
        if file.exists():
            aside = path.with_name(f"{path.stem}.damaged-{now:%Y%m%dT%H%M%S}{path.suffix}{ending}")
            file.rename(aside)
            yield aside
