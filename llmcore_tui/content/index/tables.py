"""The tables of a deck's index, and opening the file that holds them."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from pathlib import Path

from llmcore_tui.errors import EnvironmentProblem

VERSION = 3
"""Counts up with every change of the tables, of what readers make of a file, or of how text is cut into words."""

MEMORY = ":memory:"
WAIT_SECONDS = 60
"""How long one process waits for another that writes; each writes one file of the deck at a time."""

_TABLES = f"""
BEGIN IMMEDIATE;
CREATE TABLE files (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, mtime_ns INTEGER NOT NULL, bytes INTEGER NOT NULL,
    digest BLOB NOT NULL, settled INTEGER NOT NULL, problems TEXT NOT NULL);
CREATE TABLE records (
    id INTEGER PRIMARY KEY, file INTEGER NOT NULL, ordinal INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    module TEXT NOT NULL, family TEXT NOT NULL, line INTEGER NOT NULL);
CREATE TABLE bodies (record INTEGER PRIMARY KEY, place TEXT NOT NULL, as_of TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX by_name ON records (kind, name);
CREATE INDEX by_module ON records (kind, module, file, ordinal, name, family);
CREATE INDEX by_file ON records (file);
CREATE TABLE tags (tag TEXT NOT NULL, record INTEGER NOT NULL, card TEXT NOT NULL, PRIMARY KEY (tag, record))
    WITHOUT ROWID;
CREATE INDEX by_record ON tags (record);
CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(ask, rest, content='', tokenize='unicode61 remove_diacritics 2');
PRAGMA user_version = {VERSION};
COMMIT;
"""

_UNUSABLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}


def path_of(deck: Path, cache: Path) -> str:
    """Where the index of a deck is kept; in memory when the folder cannot be made."""
    name = hashlib.blake2b(str(deck.resolve()).encode(), digest_size=8).hexdigest()
    try:
        (folder := cache / "decks").mkdir(parents=True, exist_ok=True)
    except OSError:
        return MEMORY
    return str(folder / f"{name}.{VERSION}.sqlite")


def connect(path: str) -> sqlite3.Connection:
    """Open an index, making its tables when they are missing; sqlite3.DatabaseError when it cannot be used."""
    database = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = OFF")  # a cache: what a power cut damages is made anew
        if _version(database) == 0:
            _make_tables(database)
            _remove_older(path)
        if _version(database) != VERSION:
            raise sqlite3.DatabaseError("the index is of another version")
    except BaseException:
        database.close()
        raise
    return database


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether making the file anew can help; not where the disk, its rights or another process are in the way."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF not in _UNUSABLE


def remove(path: str) -> None:
    """Remove a damaged index with what SQLite keeps beside it; OSError when that cannot be done."""
    for ending in ("-wal", "-shm", "-journal", ""):
        Path(path + ending).unlink(missing_ok=True)


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _remove_older(path: str) -> None:
    """Remove what another version of this program left of this deck."""
    if path != MEMORY:
        deck = Path(path).name.partition(".")[0]
        for file in Path(path).parent.glob(f"{deck}.*"):
            if not file.name.startswith(Path(path).name):
                with contextlib.suppress(OSError):
                    file.unlink()


def _make_tables(database: sqlite3.Connection) -> None:
    try:
        database.executescript(_TABLES)
    except sqlite3.OperationalError as error:
        if database.in_transaction:
            database.rollback()
        if "fts5" in str(error):
            raise EnvironmentProblem(
                "This Python's SQLite has no FTS5, which searching cards needs.",
                "Use a Python from python.org.",
            ) from None
        if _version(database) != VERSION:  # unless another process made them at the same time
            raise
