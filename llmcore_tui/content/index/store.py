"""Putting what a deck's file says into the index, and taking it out again, each in a transaction of its own."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from llmcore_tui.content.card import Card
from llmcore_tui.content.deck_files import DeckFile
from llmcore_tui.content.index import rows, words
from llmcore_tui.content.index.rows import COLUMNS, FROM, Row
from llmcore_tui.content.read import files
from llmcore_tui.content.read.files import Contents, Record
from llmcore_tui.content.read.locks import LARGEST_BYTES
from llmcore_tui.content.texts import texts

_SETTLED_NS = 2_000_000_000
"""A file changed so shortly before it was read may change again within one tick of the disk's clock."""
_TWICE = """
SELECT files.name, records.line, records.name, records.kind, first.file_name FROM records
JOIN files ON files.id = records.file
JOIN (SELECT kind, records.name AS name, min(files.name) AS file_name FROM records JOIN files ON files.id = records.file
      WHERE kind NOT IN ('number', 'retired') GROUP BY kind, records.name HAVING count(*) > 1) AS first
  ON first.kind = records.kind AND first.name = records.name
WHERE files.name <> first.file_name ORDER BY files.name, records.line
"""


def take(database: sqlite3.Connection, deck: Path, file: DeckFile) -> None:
    """Read a file into the index, unless it says what it said before."""
    settled = time.time_ns() - file.mtime_ns > _SETTLED_NS
    digest = _digest(deck, file)
    if digest and digest == _known_digest(database, file.name):
        with _writing(database):
            database.execute(
                "UPDATE files SET mtime_ns = ?, bytes = ?, settled = ? WHERE name = ?",
                (file.mtime_ns, file.bytes, settled, file.name),
            )
        return
    contents = files.read(deck, file.name)
    with _writing(database):
        if digest and digest == _known_digest(database, file.name):
            return  # another process was faster
        _drop(database, file.name)
        _store(database, file, digest, settled, contents)


def forget(database: sqlite3.Connection, name: str) -> None:
    """Take out a file that is gone."""
    with _writing(database):
        _drop(database, name)


def _store(
    database: sqlite3.Connection, file: DeckFile, digest: bytes, settled: bool, contents: Contents
) -> None:
    problems = json.dumps([(each.severity, each.line, each.key, each.message) for each in contents.problems])
    number = database.execute(
        "INSERT INTO files (name, mtime_ns, bytes, digest, settled, problems) VALUES (?, ?, ?, ?, ?, ?)",
        (file.name, file.mtime_ns, file.bytes, digest, settled, problems),
    ).lastrowid
    for ordinal, record in enumerate(contents.records):
        _store_record(database, number, ordinal, record)


def _store_record(database: sqlite3.Connection, file: int | None, ordinal: int, record: Record) -> None:
    card = record.value if isinstance(record.value, Card) else None
    row = database.execute(
        "INSERT INTO records (file, ordinal, kind, name, module, family, line) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (file, ordinal, record.kind, record.id, record.module, card.family if card else "", record.line),
    ).lastrowid
    place = json.dumps(record.place, ensure_ascii=False)
    body = json.dumps(record.plain, ensure_ascii=False, default=date.isoformat)
    database.execute("INSERT INTO bodies VALUES (?, ?, ?, ?)", (row, place, record.as_of, body))
    if card:
        tags = [(tag.lower(), row, card.id) for tag in dict.fromkeys(card.tags)]
        database.executemany("INSERT OR IGNORE INTO tags VALUES (?, ?, ?)", tags)
        database.execute("INSERT INTO words (rowid, ask, rest) VALUES (?, ?, ?)", (row, *_word_columns(card)))


def _drop(database: sqlite3.Connection, name: str) -> None:
    """Forget a file with its records; the word table keeps no text, so it is told again what it is to forget."""
    cards = f"SELECT records.id, {COLUMNS} {FROM} WHERE files.name = ? AND kind = 'card'"
    for number, *columns in database.execute(cards, (name,)).fetchall():
        old = _word_columns(rows.card(Row(*columns)))
        database.execute(
            "INSERT INTO words (words, rowid, ask, rest) VALUES ('delete', ?, ?, ?)", (number, *old)
        )
        database.execute("DELETE FROM tags WHERE record = ?", (number,))
    of_file = "file = (SELECT id FROM files WHERE name = ?)"
    database.execute(f"DELETE FROM bodies WHERE record IN (SELECT id FROM records WHERE {of_file})", (name,))
    database.execute(f"DELETE FROM records WHERE {of_file}", (name,))
    database.execute("DELETE FROM files WHERE name = ?", (name,))


def settle(database: sqlite3.Connection, *, many: bool) -> None:
    """Note the ids that two files have and what each module holds, and merge the word table after a large change."""
    twice = [
        (file, line, name, f"there is a {kind} of this id in {first} too")
        for file, line, name, kind, first in database.execute(_TWICE)
    ]
    counts: dict[str, dict[str, int]] = {}
    for kind, module, count in database.execute(
        "SELECT kind, module, count(*) FROM records GROUP BY kind, module"
    ):
        counts.setdefault(kind, {})[module] = count
    with _writing(database):
        database.execute("INSERT OR REPLACE INTO notes VALUES ('twice', ?)", (json.dumps(twice),))
        database.execute("INSERT OR REPLACE INTO notes VALUES ('counts', ?)", (json.dumps(counts),))
        if many:
            database.execute("INSERT INTO words (words) VALUES ('optimize')")
            database.execute("ANALYZE")


def _word_columns(card: Card) -> tuple[str, str]:
    ask = " ".join((card.ask.en, card.ask.zh, card.id, *card.tags))
    said = [part for place, text in texts(card) if place != ("ask",) for part in (text.en, text.zh)]
    accepted = [wording for point in card.points for wording in (*point.accept.en, *point.accept.zh)]
    return words.indexed(ask), words.indexed(" ".join((*said, *accepted)))


def _digest(deck: Path, file: DeckFile) -> bytes:
    """A hash of what the file says; nothing for one that cannot be read or is too large to be."""
    path = deck / file.name
    if file.bytes > LARGEST_BYTES or not path.is_file():
        return b""
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "blake2b").digest()
    except OSError:
        return b""


def _known_digest(database: sqlite3.Connection, name: str) -> bytes:
    found = database.execute("SELECT digest FROM files WHERE name = ?", (name,)).fetchone()
    return found[0] if found else b""


@contextmanager
def _writing(database: sqlite3.Connection) -> Iterator[None]:
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.rollback()
        raise
    database.commit()
