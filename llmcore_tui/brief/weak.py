"""The learner's weak points in a module, from the log: forgotten cards, missed predictions, wrong quiz answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, tzinfo
from typing import TYPE_CHECKING

from llmcore_progress import Kind, Rating
from llmcore_tui.brief import words
from llmcore_tui.brief.document import WeakPoint
from llmcore_tui.brief.filler import Filler
from llmcore_tui.render.number import number
from llmcore_tui.study.draw import drawn_in

if TYPE_CHECKING:
    from llmcore_progress import Event, Json, Progress
    from llmcore_tui.content.card import Card
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.content.quiz import QuizItem

MOST = 8
"""Weak points that a module shows: leeches first, then the newest."""


class Missed:
    """The log's last word on every card, prediction and quiz item, read once for all modules."""

    def __init__(self, progress: Progress, zone: tzinfo | None) -> None:
        self._progress = progress
        self._zone = zone
        self._reviews: dict[str, Event] = {}
        self._predictions: dict[tuple[str, str], Event] = {}
        self._answers: dict[str, Event] = {}
        undone = {str(event.body.get("event")) for event in progress.events([Kind.UNDO])}
        for event in progress.events([Kind.REVIEW, Kind.RESET, Kind.PREDICTION, Kind.QUIZ]):
            if event.id not in undone:
                self._read(event)

    def _read(self, event: Event) -> None:
        match event.kind:
            case Kind.REVIEW:
                self._reviews[event.subject] = event
            case Kind.RESET:
                self._reviews.pop(event.subject, None)
            case Kind.PREDICTION:
                card = event.body.get("card")
                self._predictions[str(card or event.subject), str(event.body.get("key", ""))] = event
            case _:
                self._answers[str(event.body.get("item") or event.subject)] = event

    def weak_points(self, deck: Deck, module: str, filler: Filler) -> tuple[WeakPoint, ...]:
        """What was missed the last time it was asked, at most `MOST`."""
        cards = {str(card.id): card for card in deck.cards(module)}
        items = {str(item.id): item for item in deck.items(module)}
        found = [
            *self._forgotten(cards, filler),
            *self._mispredicted(cards, filler),
            *self._answered_wrongly(items, filler),
        ]
        found.sort(key=lambda point: (point.kind == "leech", point.on), reverse=True)
        return tuple(found[:MOST])

    def _forgotten(self, cards: Mapping[str, Card], filler: Filler) -> Iterator[WeakPoint]:
        for name, card in cards.items():
            if (event := self._reviews.get(name)) is None:
                continue
            state = self._progress.state(name)
            ask, say = (
                filler.of(card, card.ask, drawn_in(event)),
                filler.of(card, card.brief, drawn_in(event)),
            )
            if state.leech:
                lapses = words.LAPSES.of(filler.language).format(count=state.lapses)
                yield WeakPoint("leech", ask, say, lapses, self._day(event))
            elif event.body.get("rating") in (Rating.AGAIN, Rating.HARD):
                yield WeakPoint("forgotten", ask, say, "", self._day(event))

    def _mispredicted(self, cards: Mapping[str, Card], filler: Filler) -> Iterator[WeakPoint]:
        for (name, _), event in self._predictions.items():
            card = cards.get(name)
            if card is None or event.body.get("holds") is not False:
                continue
            own = card.demo.predict_ask if card.demo else None
            detail = words.PREDICTED.of(filler.language).format(
                predicted=_shown(event.body.get("predicted")), computed=_shown(event.body.get("value"))
            )
            ask = filler.of(card, own or card.ask, drawn_in(event))
            yield WeakPoint(
                "prediction", ask, filler.of(card, card.brief, drawn_in(event)), detail, self._day(event)
            )

    def _answered_wrongly(self, items: Mapping[str, QuizItem], filler: Filler) -> Iterator[WeakPoint]:
        for name, event in self._answers.items():
            item = items.get(name)
            if item is not None and event.body.get("right") is False:
                say = filler.of(item, item.explain, drawn_in(event))
                yield WeakPoint("quiz", filler.of(item, item.ask, drawn_in(event)), say, "", self._day(event))

    def _day(self, event: Event) -> date:
        return event.at.astimezone(self._zone).date()


def _shown(value: Json) -> str:
    return number(value) if isinstance(value, int | float) else "?"
