"""Which card teaches what was missed: of the question's module the one whose texts resemble the point most."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import LANGUAGES
from llmcore_tui.errors import UnknownName
from llmcore_tui.interview.sentences import HAN
from llmcore_tui.interview.standing import MISSED, standing
from llmcore_tui.interview.transcript import QueuedCard

if TYPE_CHECKING:
    from llmcore_tui.content.bilingual import Bilingual
    from llmcore_tui.content.card import Card, Point
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.content.interview import InterviewQuestion
    from llmcore_tui.interview.transcript import Transcript

MOST = 5
"""Cards an interview queues."""
_SAME_DEMO = 0.15
"""How much a card that names the question's demo is worth, as a share of the point's words."""
_RUN = re.compile(rf"{HAN}+")
_WORD = re.compile(r"[a-z]{3,}", re.ASCII)
_EMPTY = frozenset(
    {"the", "and", "for", "with", "from", "that", "this", "its", "are", "was", "not", "but", "has", "have"}
)
"""Words that say nothing of what a text is about."""


def to_queue(deck: Deck, transcript: Transcript) -> list[QueuedCard]:
    """A card for each must point that was missed or contradicted, then for the others; each card once, at most five."""
    found: dict[str, QueuedCard] = {}
    for question, point in _missed(deck, transcript):
        card = nearest(deck, question, point)
        if card is not None and len(found) < MOST:
            found.setdefault(card.id, QueuedCard(card.id, question.id, point.id))
    return list(found.values())


def nearest(deck: Deck, question: InterviewQuestion, point: Point) -> Card | None:
    """The card of the question's module that resembles a point most; None where none has a word of it."""
    wanted = set(_words(_texts([point.say], [point])))
    best: tuple[float, Card | None] = (0.0, None)
    for card in deck.cards(question.module):
        words = set(_words(_texts([card.ask, card.brief, *(each.say for each in card.points)], card.points)))
        shared = len(wanted & words) / len(wanted) if wanted else 0.0
        is_same_demo = (
            question.demo is not None and card.demo is not None and card.demo.name == question.demo.name
        )
        score = shared + (_SAME_DEMO if is_same_demo and shared else 0.0)
        if score > best[0]:
            best = (score, card)
    return best[1]


def _missed(deck: Deck, transcript: Transcript) -> Iterator[tuple[InterviewQuestion, Point]]:
    """What was missed in the answers to the questions themselves, must points of all questions first, heavier ones before."""
    found: list[tuple[InterviewQuestion, Point]] = []
    for answer in transcript.answers:
        mark = standing(answer)
        if answer.follow_up or mark is None or mark.coverage is None:
            continue
        try:
            question = deck.question(answer.question)
        except UnknownName:
            continue
        missed = {point.id for point in mark.points if point.verdict in MISSED}
        found += [(question, point) for point in question.points if point.id in missed]
    yield from sorted(found, key=lambda each: (not each[1].must, -each[1].weight))


def _texts(texts: Iterable[Bilingual], points: Iterable[Point]) -> Iterator[str]:
    for text in texts:
        yield from (text.of(language) for language in LANGUAGES)
    for point in points:
        yield from (*point.accept.en, *point.accept.zh)


def _words(texts: Iterable[str]) -> Iterator[str]:
    """English words and pairs of Chinese characters."""
    for text in texts:
        lower = text.lower()
        yield from (word for word in _WORD.findall(lower) if word not in _EMPTY)
        for run in _RUN.findall(lower):
            yield from (run[place : place + 2] for place in range(len(run) - 1))
