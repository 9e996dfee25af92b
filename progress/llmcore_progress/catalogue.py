"""Which cards the deck in use has, in which order: a derived table, replaced when the deck's fingerprint changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from llmcore_progress.log import Log
from llmcore_progress.snapshot import STATE_COLUMNS, shuffle, values_of_new

_META = "catalogue"


@dataclass(frozen=True, slots=True)
class Entry:
    """One card of the deck."""

    card: str
    module: str
    position: int
    """New cards are introduced in this order."""
    family: str = ""
    """Cards of one family are not shown on the same day; empty: it has none."""


def is_current(log: Log, fingerprint: str) -> bool:
    """Whether the table holds the deck with this fingerprint."""
    return log.get_meta(_META) == fingerprint


def replace(log: Log, fingerprint: str, entries: Callable[[], Iterable[Entry]]) -> None:
    """Make the table hold these cards, whatever it held before; what the learner did with any card stays."""
    with log.writing():
        if is_current(log, fingerprint):
            return
        log.change("CREATE TEMP TABLE IF NOT EXISTS incoming (card TEXT PRIMARY KEY, shuffle INTEGER, module TEXT, "
                   "position INTEGER, family TEXT) WITHOUT ROWID")  # fmt: skip
        log.change("DELETE FROM temp.incoming")
        log.change_many(
            "INSERT OR REPLACE INTO temp.incoming VALUES (?, ?, ?, ?, ?)",
            (
                (each.card, shuffle(each.card), each.module, each.position, each.family or None)
                for each in entries()
            ),
        )
        log.change(
            "UPDATE card SET module = NULL, position = NULL, family = NULL "
            "WHERE position IS NOT NULL AND card NOT IN (SELECT card FROM temp.incoming)"
        )
        log.change("DELETE FROM card WHERE position IS NULL AND folded_at IS NULL")
        new = tuple(values_of_new())
        log.change(
            f"INSERT INTO card (card, shuffle, module, position, family, {STATE_COLUMNS}) "
            f"SELECT card, shuffle, module, position, family, {', '.join('?' * len(new))} FROM temp.incoming WHERE true "
            "ON CONFLICT (card) DO UPDATE SET module = excluded.module, position = excluded.position, "
            "family = excluded.family WHERE (module, position, family) IS NOT "
            "(excluded.module, excluded.position, excluded.family)",
            new,
        )
        log.change("DELETE FROM temp.incoming")
        log.set_meta(_META, fingerprint)
