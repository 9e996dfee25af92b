"""Turns what SQLite and the disk report into one clear error each."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from llmcore_progress.errors import DamagedLog, DiskFull, DiskProblem, LogBusy, LogProblem

_FULL = "Free some space and go on: everything up to this step is in the log."
_DAMAGED = (
    "It was left as it is. `llmcore doctor` looks closer and names the backups that can be restored "
    "(`backups/` beside the log)."
)
_BUSY = "Close other llmcore windows, or try again in a moment."
_REFUSED = "Check that the folder can be written to, or set LLMCORE_HOME to another."


@contextmanager
def clear_errors(path: Path) -> Iterator[None]:
    """Within it, errors of SQLite and of the disk are raised as a LogProblem of this path; our own mistakes are not."""
    try:
        yield
    except sqlite3.Error as error:
        problem = _problem(path, error)
        if problem is None:
            raise
        raise problem from error
    except OSError as error:
        raise disk_problem(path, error) from error


_VAGUE = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
"""What SQLite says, among other things, when there is no room for the files it keeps beside the log while it is open."""
_LEAST_BYTES = 65_536


def _is_full(path: Path) -> bool:
    import shutil

    there = next((folder for folder in path.absolute().parents if folder.exists()), None)
    return there is not None and shutil.disk_usage(there).free < _LEAST_BYTES


def disk_problem(path: Path, error: OSError) -> LogProblem:
    """The clear error for one of the operating system's."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DiskFull(path, f"The disk is full: {path} could not be written.", _FULL)
    reason = error.strerror or str(error)
    return DiskProblem(path, f"{path}: {reason}.", _REFUSED)


def _problem(path: Path, error: sqlite3.Error) -> LogProblem | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    primary = code & 0xFF
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DamagedLog(path, f"The log {path} is damaged ({error}).", _DAMAGED)
    if primary == sqlite3.SQLITE_FULL or (primary in _VAGUE and _is_full(path)):
        return DiskFull(path, f"The disk is full: {path} could not be written.", _FULL)
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL):
        return LogBusy(path, f"Another program keeps the log {path} locked.", _BUSY)
    if primary in (
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_AUTH,
    ):
        return DiskProblem(path, f"The log {path} cannot be opened for writing ({error}).", _REFUSED)
    if primary in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOLFS):
        return DiskProblem(path, f"The disk refused to read or write {path} ({error}).", _FULL)
    return None
