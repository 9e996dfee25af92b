"""How much a written module of the built-in deck holds at least."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from llmcore_tui.content.card import CardKind

CARDS, KINDS, ITEMS, QUESTIONS = 8, 5, 5, 3
MOST_RECOGNISED = 2
"""Cards that are only recognised, not recalled: choice and cloze together."""
_NEEDED = (CardKind.CALCULATE, CardKind.SPOT_ERROR, CardKind.DIAGNOSE)


def minimums(kinds: Counter[CardKind], items: int, questions: int) -> Iterator[str]:
    """What a module lacks, given how many cards of each kind, quiz items and interview questions it has."""
    if (cards := sum(kinds.values())) < CARDS:
        yield f"has {cards} cards of {CARDS}"
    if len(kinds) < KINDS:
        yield f"has {len(kinds)} kinds of cards of {KINDS}"
    if (easy := kinds[CardKind.CHOICE] + kinds[CardKind.CLOZE]) > MOST_RECOGNISED:
        yield f"has {easy} choice and cloze cards; {MOST_RECOGNISED} together at the most"
    for kind in _NEEDED:
        if not kinds[kind]:
            yield f"has no {kind} card"
    if items < ITEMS:
        yield f"has {items} quiz items of {ITEMS}"
    if questions < QUESTIONS:
        yield f"has {questions} interview questions of {QUESTIONS}"
