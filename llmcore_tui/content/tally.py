"""Counting what a deck holds: the numbers `llmcore check` and `llmcore deck stats` give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from llmcore_tui.content.claim import Computed, Quoted
from llmcore_tui.content.deck import Deck
from llmcore_tui.content.interview import InterviewQuestion
from llmcore_tui.content.located import Studied
from llmcore_tui.content.record_kind import RecordKind
from llmcore_tui.content.rules.cited import is_stale


@dataclass(frozen=True, slots=True)
class Tally:
    """How much there is, and how much of it rests on memory or is old."""

    cards: int
    items: int
    questions: int
    modules: int
    """Written ones."""
    planned: int
    computed: int
    """Slots that a demo fills, results of generated questions among them."""
    quotes: int
    """Published figures."""
    from_memory: int
    """Citations whose source was not read."""
    stale: int
    """Cards, items and questions older than eighteen months."""


def tally(deck: Deck, today: date) -> Tally:
    """Count all open decks."""
    records = [located.record for located in deck.located()]
    modules = deck.modules().values()
    return Tally(
        cards=sum(deck.counts(RecordKind.CARD).values()),
        items=sum(deck.counts(RecordKind.ITEM).values()),
        questions=sum(deck.counts(RecordKind.QUESTION).values()),
        modules=sum(not module.planned for module in modules),
        planned=sum(module.planned for module in modules),
        computed=sum(_computed(record) for record in records),
        quotes=_count(records, Quoted),
        from_memory=sum(citation.read is None for record in records for citation in record.sources),
        stale=sum(is_stale(record.as_of, today) for record in records),
    )


def _computed(record: Studied) -> int:
    asked = not isinstance(record, InterviewQuestion) and record.result is not None
    return _count([record], Computed) + asked


def _count(records: Iterable[Studied], kind: type[Computed] | type[Quoted]) -> int:
    return sum(isinstance(slot, kind) for record in records for slot in record.numbers.values())
