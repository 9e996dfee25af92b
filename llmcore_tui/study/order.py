"""Telling the scheduler which cards there are, in the order of the plan in use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from llmcore_tui.study.plan_choice import plan_name

if TYPE_CHECKING:
    from llmcore_progress import Entry, Progress
    from llmcore_tui.content.deck import Deck


def use_deck(progress: Progress, deck: Deck) -> None:
    """New cards come in the plan's order; costs nothing while neither deck nor plan has changed."""
    plan = plan_name(deck, progress)
    progress.set_catalogue(f"{deck.fingerprint} {plan}", lambda: _entries(deck, plan))


def _entries(deck: Deck, plan: str | None) -> Iterator[Entry]:
    from llmcore_progress import Entry

    return (Entry(*entry) for entry in deck.entries(plan))
