"""Picking cards by where the learner stands with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from llmcore_progress import CardState, Progress
    from llmcore_tui.content.card import CardId

State = Literal["due", "new", "learning", "suspended", "leech", "flagged"]


def in_state(cards: Iterable[CardId], state: State, progress: Progress, now: datetime) -> Iterator[CardId]:
    """Those of the cards that are in a state, in their order."""
    holds = _HOLDS[state]
    return (card for card in cards if holds(progress.state(card), now))


def _is_due(card: CardState, now: datetime) -> bool:
    is_buried = card.buried_until is not None and card.buried_until > now
    return card.due is not None and card.due <= now and not card.suspended and not is_buried


def _is_new(card: CardState, _now: datetime) -> bool:
    from llmcore_progress import Phase

    return card.phase == Phase.NEW and not card.suspended


def _is_learning(card: CardState, _now: datetime) -> bool:
    from llmcore_progress import Phase

    return card.phase in (Phase.LEARNING, Phase.RELEARNING) and not card.suspended


def _is_suspended(card: CardState, _now: datetime) -> bool:
    return card.suspended


def _is_leech(card: CardState, _now: datetime) -> bool:
    return card.leech


def _is_flagged(card: CardState, _now: datetime) -> bool:
    return card.flagged is not None


_HOLDS: dict[State, Callable[[CardState, datetime], bool]] = {
    "due": _is_due,
    "new": _is_new,
    "learning": _is_learning,
    "suspended": _is_suspended,
    "leech": _is_leech,
    "flagged": _is_flagged,
}
