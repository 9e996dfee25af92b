"""The index of one deck. It can always be made anew: a damaged one is, and where none can be written it is in memory."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from llmcore_tui.content.index import tables
from llmcore_tui.content.index.refresh import OnFile, refresh
from llmcore_tui.content.index.rows import COLUMNS, FROM, Row
from llmcore_tui.content.problem import Problem
from llmcore_tui.content.record_kind import RecordKind

RANKED = 1000
"""Up to so many hits of a search are put in order of relevance."""

_NAMES = "SELECT records.name, module, family FROM records JOIN files ON files.id = records.file"
_IN_ORDER = "ORDER BY files.name, ordinal"


class Index:
    """The records of one deck, as of the moment it was opened; may be asked from several threads."""

    def __init__(self, deck: Path, cache: Path, on_file: OnFile | None = None) -> None:
        self.deck = deck
        self._path = tables.path_of(deck, cache)
        self._on_file = on_file
        self._lock = threading.RLock()
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            self._mend(error)

    def _open(self) -> None:
        database = tables.connect(self._path)
        try:
            self.fingerprint = refresh(database, self.deck, self._on_file)
        except BaseException:
            database.close()
            raise
        self._database = database

    def _mend(self, error: sqlite3.DatabaseError) -> None:
        """Make a damaged index anew, or do without a file."""
        if self._path != tables.MEMORY and tables.is_damage(error):
            try:
                tables.remove(self._path)
                self._open()
            except (OSError, sqlite3.DatabaseError):
                pass
            else:
                return
        self._path = tables.MEMORY
        self._open()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def row(self, kind: RecordKind, name: str) -> Row | None:
        """A record by its id."""
        found = self._ask(
            f"SELECT {COLUMNS} {FROM} WHERE kind = ? AND records.name = ? {_IN_ORDER} LIMIT 1", kind, name
        )
        return Row(*found[0]) if found else None

    def rows(self, kind: RecordKind, module: str | None = None) -> list[Row]:
        """The records of a kind, of one module if given, in the order of files and lines."""
        where, values = _where(kind, module)
        return [Row(*row) for row in self._ask(f"SELECT {COLUMNS} {FROM} {where} {_IN_ORDER}", *values)]

    def names(self, kind: RecordKind, module: str | None = None) -> list[tuple[str, str, str]]:
        """Id, module and family of the records of a kind in the order of files and lines."""
        where, values = _where(kind, module)
        return self._ask(f"{_NAMES} {where} {_IN_ORDER}", *values)

    def counts(self, kind: RecordKind) -> dict[str, int]:
        """How many records of a kind each module has."""
        counts: dict[str, dict[str, int]] = json.loads(self.note("counts") or "{}")
        return counts.get(kind, {})

    def among(self, kind: RecordKind, names: Sequence[str]) -> list[Row]:
        """Those of the named records that are here."""
        found: list[Row] = []
        for start in range(0, len(names), 500):
            some = names[start : start + 500]
            marks = ", ".join("?" * len(some))
            asked = f"SELECT {COLUMNS} {FROM} WHERE kind = ? AND records.name IN ({marks}) {_IN_ORDER}"
            found += [Row(*row) for row in self._ask(asked, kind, *some)]
        return found

    def problems(self) -> list[Problem]:
        """What is wrong with the files, and the ids that two of them have, by file and line."""
        found = [
            Problem(severity, self.deck / name, line, key, message)
            for name, problems in self._ask("SELECT name, problems FROM files WHERE problems <> '[]'")
            for severity, line, key, message in json.loads(problems)
        ]
        twice = json.loads(self.note("twice") or "[]")
        found += [
            Problem("error", self.deck / name, line, key, message) for name, line, key, message in twice
        ]
        return sorted(found, key=lambda each: (str(each.file), each.line))

    def tags(self) -> list[tuple[str, int]]:
        """Every tag and how many cards have it."""
        return self._ask("SELECT tag, count(*) FROM tags GROUP BY tag")

    def note(self, name: str) -> str:
        """Something remembered about this deck, or nothing."""
        found = self._ask("SELECT value FROM notes WHERE name = ?", name)
        return str(found[0][0]) if found else ""

    def remember(self, name: str, value: str) -> None:
        """Remember something about this deck; it is no harm when that fails."""
        with self._lock, contextlib.suppress(sqlite3.DatabaseError):
            self._database.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))

    def search(
        self, text: str, tag: str, tagged: Sequence[str], module: str | None, limit: int | None
    ) -> list[str]:
        """Ids of the cards with all words of `text`, the tag (their own, or of a module in `tagged`) and the module.

        Up to a thousand hits come in order of relevance, more in the order they were read.
        """
        most = -1 if limit is None else limit
        if tag and not (tagged or text.strip() or module):
            cards = "SELECT card FROM tags WHERE tag = ? ORDER BY record LIMIT ?"
            return [name for (name,) in self._ask(cards, tag.lower(), most)]
        where, values = ["kind = 'card'"], []
        if tag:
            of_modules = (
                f"SELECT id FROM records WHERE kind = 'card' AND module IN ({', '.join('?' * len(tagged))})"
            )
            where.append(f"records.id IN (SELECT record FROM tags WHERE tag = ? UNION ALL {of_modules})")
            values += [tag.lower(), *tagged]
        if module is not None:
            where.append("module = ?")
            values.append(module)
        return self._search(text, " AND ".join(where), values, most)

    def _search(self, text: str, where: str, values: list[str], limit: int) -> list[str]:
        if not text.strip():
            cards = f"SELECT name FROM records WHERE {where} ORDER BY id LIMIT ?"
            return [name for (name,) in self._ask(cards, *values, limit)]
        from llmcore_tui.content.index import words

        if not (query := words.query(text)):
            return []
        matching = "SELECT rowid FROM words WHERE words MATCH ?"
        few = len(self._ask(f"{matching} LIMIT ?", query, RANKED + 1)) <= RANKED
        order = "ORDER BY bm25(words, 10, 1), records.id" if few else "ORDER BY words.rowid"
        select = "SELECT name FROM words JOIN records ON records.id = words.rowid WHERE words MATCH ?"
        return [name for (name,) in self._ask(f"{select} AND {where} {order} LIMIT ?", query, *values, limit)]

    def _ask(self, question: str, *values: object) -> list[Any]:
        with self._lock:
            try:
                return self._database.execute(question, values).fetchall()
            except sqlite3.DatabaseError as error:
                self._database.close()
                self._mend(error)
                return self._database.execute(question, values).fetchall()


def _where(kind: RecordKind, module: str | None) -> tuple[str, tuple[str, ...]]:
    return (
        ("WHERE kind = ?", (kind,)) if module is None else ("WHERE kind = ? AND module = ?", (kind, module))
    )
