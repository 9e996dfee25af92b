"""What the learner did not know lately: for Today, from the newest events only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from llmcore_tui.content.bilingual import Language
from llmcore_tui.study.draw import drawn_in
from llmcore_tui.study.filled import Filled

if TYPE_CHECKING:
    from llmcore_progress import Event, Progress
    from llmcore_tui.content.deck import Deck

READ = 300
"""Newest events that are looked at."""
AGAIN = 1

WeakKind = Literal["card", "quiz"]


@dataclass(frozen=True, slots=True)
class WeakPoint:
    """A card or quiz item that was not known the last time."""

    kind: WeakKind
    id: str
    module: str
    text: str
    """The question, as Markdown."""


def weak_points(deck: Deck, progress: Progress, language: Language, most: int = 3) -> tuple[WeakPoint, ...]:
    """The newest first."""
    found: list[WeakPoint] = []
    for event in _last_words(progress):
        if len(found) < most and (point := _point(event, deck, language)) is not None:
            found.append(point)
    return tuple(found)


def _last_words(progress: Progress) -> list[Event]:
    """The newest answer to each card and item, newest first, without those that were taken back."""
    undone: set[object] = set()
    newest: dict[str, Event] = {}
    for event in progress.events(kinds=("review", "undo", "quiz"), newest_first=True, limit=READ):
        if event.kind == "undo":
            undone.add(event.body.get("event"))
        elif event.id not in undone:
            newest.setdefault(event.subject, event)
    return list(newest.values())


def _point(event: Event, deck: Deck, language: Language) -> WeakPoint | None:
    """The event's question where it was not known, and where the deck still has it."""
    if event.kind == "review" and event.body.get("rating") == AGAIN and deck.has_card(event.subject):
        card = deck.card(event.subject)
        text = Filled(card.id, card.numbers, deck.numbers, language, drawn_in(event)).of(card.ask)
        return WeakPoint("card", card.id, card.module, text)
    if (
        event.kind == "quiz"
        and event.body.get("right") is False
        and event.subject in deck.item_ids(_module(event))
    ):
        item = deck.item(event.subject)
        text = Filled(item.id, item.numbers, deck.numbers, language, drawn_in(event)).of(item.ask)
        return WeakPoint("quiz", item.id, item.module, text)
    return None


def _module(event: Event) -> str:
    return event.subject.partition(".")[0]
