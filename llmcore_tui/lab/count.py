"""How much a check looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from llmcore_tui.content.card import Card
from llmcore_tui.content.claim import Computed, Quoted
from llmcore_tui.content.located import Studied
from llmcore_tui.content.module import Module
from llmcore_tui.content.rules.cited import is_stale
from llmcore_tui.lab.check_record import result_of
from llmcore_tui.lab.demo import Demo

FROM_MEMORY = "(from memory)"
"""How the source of an anchor ends that nobody has read."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What there is."""

    cards: int
    modules: int
    planned: int
    """Modules without a card."""
    claims: int
    """Numbers of texts that a demo computes, results of generated questions among them."""
    anchors: int
    demos: int
    quotes: int
    """Published figures in texts."""
    from_memory: int
    """Citations and anchors whose source was not read."""
    stale: int
    """Cards, quiz items and interview questions older than eighteen months."""


def count(
    records: Sequence[Studied], modules: Sequence[Module], demos: Sequence[Demo], today: date
) -> Counts:
    """Count these records, modules and demos."""
    slots = [slot for record in records for slot in record.numbers.values()]
    anchors = [anchor for demo in demos for anchor in demo.anchors]
    citations = [citation for record in records for citation in record.sources]
    return Counts(
        cards=sum(isinstance(record, Card) for record in records),
        modules=len(modules),
        planned=sum(module.planned for module in modules),
        claims=sum(isinstance(slot, Computed) for slot in slots) + sum(map(_is_generated, records)),
        anchors=len(anchors),
        demos=len(demos),
        quotes=sum(isinstance(slot, Quoted) for slot in slots),
        from_memory=sum(citation.read is None for citation in citations)
        + sum(anchor.source.endswith(FROM_MEMORY) for anchor in anchors),
        stale=sum(is_stale(record.as_of, today) for record in records),
    )


def _is_generated(record: Studied) -> bool:
    return result_of(record) is not None
