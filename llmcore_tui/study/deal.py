"""Which card comes next in a session, with all that is decided about it at that moment: draw, order of options, demo."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from llmcore_tui.errors import LlmcoreError
from llmcore_tui.lab.library import Library
from llmcore_tui.study import draw
from llmcore_tui.study.turn import Turn, shuffled

if TYPE_CHECKING:
    from llmcore_progress import Progress, Queued
    from llmcore_tui.content.card import Card
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.lab.demo import Demo

FORECAST_DAYS = 366


class Deal:
    """The cards of one session in the order in which progress gives them."""

    def __init__(
        self,
        deck: Deck,
        progress: Progress,
        *,
        seed: int,
        modules: Collection[str] | None,
        new: int | None,
        limit: int | None,
        cram: bool,
    ) -> None:
        self.total = 0
        """How many cards the session is expected to have."""
        self._deck = deck
        self._progress = progress
        self._library = Library(deck.folders)
        self._seed = seed
        self._modules = modules
        self._new = new
        self._limit = limit
        self._cram = cram
        self._positions: dict[str, int] = {}
        self._skipped: set[str] = set()
        self._last = ""

    def turn(self, now: datetime) -> Turn | None:
        """The next card as a turn; None when nothing is left for now, or the session has had its number of cards."""
        if not self.total:
            self.total = self._expected(now)
        queued = self._progress.next_card(
            now, modules=self._modules, new_limit=self._new, cram=self._cram, skip=self._skipped
        )
        if queued is None or (self._is_full and queued.card not in self._positions):
            return None
        if queued.card == self._last and queued.due is not None and queued.due > now:
            return None  # nothing else is left: better a pause than the card that was just answered
        self._last = queued.card
        if self._cram:
            self._skipped.add(queued.card)
        return self._begin(queued, now)

    def skip(self, card: str) -> None:
        """Do not ask this card again in this session."""
        self._skipped.add(card)

    def left(self, now: datetime) -> int:
        """Cards still to do today."""
        return self._progress.counts(now, self._modules, new_limit=self._new).total

    def next_due(self, now: datetime) -> datetime | None:
        """When something falls due again: a card of this session, or the first later day that has one."""
        states = (self._progress.state(card) for card in self._positions)
        waiting = [state.due for state in states if state.due and not state.suspended]
        clock = self._progress.settings.clock
        ahead = self._progress.forecast(now, FORECAST_DAYS)
        first = next((day for day, cards in enumerate(ahead) if day and cards), None)
        if first is not None:
            waiting.append(clock.start(clock.day(now) + first))
        return min(waiting, default=None)

    @property
    def _is_full(self) -> bool:
        return self._limit is not None and len(self._positions) >= self._limit

    def _expected(self, now: datetime) -> int:
        if self._cram:
            modules = [None] if self._modules is None else self._modules
            count = sum(len(self._deck.card_ids(module)) for module in modules)
        else:
            count = self.left(now)
        return count if self._limit is None else min(count, self._limit)

    def _begin(self, queued: Queued, now: datetime) -> Turn:
        card = self._deck.card(queued.card)
        position = self._positions.setdefault(card.id, len(self._positions) + 1)
        reviews = self._progress.state(card.id).reviews
        seed = f"{self._seed}/{card.id}/{reviews}"
        turn = Turn(card, queued.why, position, now)
        if card.vary:
            turn.draw = draw.fresh(card.vary, seed, draw.seen_by(self._progress, card.id, turn.demo_name))
        if card.right is not None:
            turn.order = shuffled(1 + len(card.wrong), seed)
        self._link_demo(turn, card)
        return turn

    def _link_demo(self, turn: Turn, card: Card) -> None:
        if not turn.demo_name:
            return
        try:
            turn.demo = self._demo(turn)
        except LlmcoreError as error:
            # A learner's own deck may name a demo that is not there: the card can still be studied.
            turn.demo_problem = str(error)
            return
        if card.result is None:
            turn.locked_on = self._deck.numbers.get(f"{card.id}#on")
            turn.locked_off = self._deck.numbers.get(f"{card.id}#off")

    def _demo(self, turn: Turn) -> Demo:
        demo = self._library.demo(turn.demo_name, self._deck.folder_of(turn.card))
        if turn.key:
            demo.number(turn.key)
        return demo
