"""Bringing an index up to date with its deck's files: only those that changed are read, each in a transaction of its own.

So two processes may do it at once, and one that is stopped half-way has lost nothing.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from llmcore_tui.content.deck_files import DeckFile, files_of

OnFile = Callable[[int, int], None]
"""Told how many files of how many are read."""

MANY_FILES = 20
"""After so many changed files the word table is worth merging."""


def refresh(database: sqlite3.Connection, deck: Path, on_file: OnFile | None = None) -> str:
    """Read what changed; gives a fingerprint of all files, which is another whenever one of them is."""
    on_disk = files_of(deck)
    known = {
        DeckFile(name, mtime_ns, size): bool(settled)
        for name, mtime_ns, size, settled in database.execute(
            "SELECT name, mtime_ns, bytes, settled FROM files"
        )
    }
    changed = [file for file in on_disk if not known.get(file)]
    gone = {file.name for file in known} - {file.name for file in on_disk}
    if changed or gone:
        _bring_up_to_date(database, deck, changed, gone, on_file)
    listing = "\n".join(f"{file.name}\t{file.mtime_ns}\t{file.bytes}" for file in on_disk)
    return hashlib.blake2b(listing.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _bring_up_to_date(
    database: sqlite3.Connection,
    deck: Path,
    changed: Sequence[DeckFile],
    gone: Collection[str],
    on_file: OnFile | None,
) -> None:
    from llmcore_tui.content.index import store

    for done, file in enumerate(changed):
        if on_file:
            on_file(done, len(changed))
        store.take(database, deck, file)
    for name in gone:
        store.forget(database, name)
    store.settle(database, many=len(changed) >= MANY_FILES)
