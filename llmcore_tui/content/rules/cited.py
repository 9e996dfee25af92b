"""Sources: each that is cited is listed, and what is from memory or old is counted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from llmcore_tui.content.card import Card
from llmcore_tui.content.claim import Quoted
from llmcore_tui.content.located import Studied
from llmcore_tui.content.rules.note import Note, Notes

STALE_MONTHS = 18


def cited(record: Studied, sources: Collection[str], modules: Collection[str], today: date) -> Notes:
    """The rules of sources for one record, and the modules it points to."""
    for index, citation in enumerate(record.sources):
        if citation.cite not in sources:
            yield Note(("sources", index, "cite"), f"is {citation.cite!r}, which no sources.yaml lists")
        if citation.read is None:
            yield Note(("sources", index, "read"), "is cited from memory", "warning")
        elif citation.read > today:
            yield Note(("sources", index, "read"), f"was read on {citation.read}, which is still to come")
    for slot, number in record.numbers.items():
        if isinstance(number, Quoted) and number.cite not in sources:
            yield Note(("numbers", slot, "cite"), f"is {number.cite!r}, which no sources.yaml lists")
    if isinstance(record, Card):
        for index, module in enumerate(record.neighbours):
            if module not in modules:
                yield Note(("neighbours", index), f"is {module!r}, which is no module")


def is_stale(as_of: str, today: date) -> bool:
    """Whether content of a month, `YYYY-MM`, is older than eighteen months."""
    year, month = int(as_of[:4]), int(as_of[5:7])
    return (today.year - year) * 12 + today.month - month > STALE_MONTHS
