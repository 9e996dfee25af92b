"""The locked numbers of the open decks, looked up one by one: a large deck has hundreds of thousands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from llmcore_tui.content.index.index import Index
from llmcore_tui.content.lock import LockedNumber, locked_number
from llmcore_tui.content.record_kind import RecordKind


class LockedNumbers(Mapping[str, LockedNumber]):
    """Slot name to value."""

    def __init__(self, decks: Sequence[Index]) -> None:
        self._decks = decks

    def __getitem__(self, name: str) -> LockedNumber:
        for deck in self._decks:
            row = deck.row(RecordKind.NUMBER, name)
            if row and (number := locked_number(json.loads(row.body))):
                return number
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (name for deck in self._decks for name, _, _ in deck.names(RecordKind.NUMBER))

    def __len__(self) -> int:
        return sum(sum(deck.counts(RecordKind.NUMBER).values()) for deck in self._decks)
