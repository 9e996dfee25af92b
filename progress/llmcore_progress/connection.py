"""Opens SQLite the way the log needs it: durable, append-only triggers armed, two processes at once."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from llmcore_progress.errors import DamagedLog, MissingLog

BUSY_MS = 15_000
"""How long one process waits for another's write."""
CHECKPOINT_PAGES = 4_000
"""Pages of write-ahead log before they are moved into the file: 16 MB, so that fewer than one rating in a hundred waits for it."""

_NO_WRITING = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
_NO_ROOM_BESIDE = (sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMMAP)

_PRAGMAS = f"""
    PRAGMA busy_timeout = {BUSY_MS};
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA recursive_triggers = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -16000;
    PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES};
"""


def connect(path: Path) -> sqlite3.Connection:
    """A connection that reads and writes; makes folder and file when there are none."""
    _refuse_emptied(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _opened(path, "rwc")
    try:
        _write_ahead(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing; works on a read-only disk too."""
    if not path.exists():
        raise MissingLog(path, f"There is no log at {path}.", "It is made by the first `llmcore study`.")
    _refuse_emptied(path)
    try:
        return _reading(path, "ro")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode not in _NO_ROOM_BESIDE and error.sqlite_errorcode & 0xFF not in _NO_WRITING:
            raise
        return _reading(
            path, "ro&immutable=1"
        )  # no -shm file can be made beside it, so nobody writes there either


def _reading(path: Path, mode: str) -> sqlite3.Connection:
    connection = _opened(path, mode)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_MS / 1000,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    try:
        connection.executescript(_PRAGMAS)
    except BaseException:
        connection.close()
        raise
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to WAL. Two processes that create the file together get SQLITE_BUSY at once here, whatever busy_timeout says."""
    deadline = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _refuse_emptied(path: Path) -> None:
    """An empty file beside backups was a log once: SQLite would take it for a new one."""
    if (
        path.exists()
        and path.stat().st_size == 0
        and any(path.parent.glob(f"backups/{path.stem}-*{path.suffix}"))
    ):
        hint = "`llmcore doctor` says how to restore one."
        raise DamagedLog(path, f"The log {path} is empty, though it has backups.", hint)
