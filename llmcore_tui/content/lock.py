"""What `llmcore check --update` commits beside the cards: the value of every slot, and every id ever used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from llmcore_tui.content.claim import Settings

NUMBERS = "cards/numbers.lock.json"
IDS = "cards/ids.lock"
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class LockedNumber:
    """The value of one slot when it was last computed."""

    value: float
    error: float | None = None
    """The standard error of a statistical number."""
    demo: str = ""
    demo_hash: str = ""
    set: Settings = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UsedIds:
    """Every id a deck ever used; a retired one names what replaces it, or None."""

    used: tuple[str, ...] = ()
    retired: Mapping[str, str | None] = field(default_factory=dict)
