"""What `llmcore check --update` commits beside the cards: the value of every slot, and every id ever used."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

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


def locked_number(entry: object) -> LockedNumber | None:
    """A slot of the lock, or None where it is not one."""
    if not isinstance(entry, dict):
        return None
    value, error, settings = entry.get("value"), entry.get("error"), entry.get("set", {})
    demo, demo_hash = entry.get("demo", ""), entry.get("demo_hash", "")
    if not _is_number(value) or not (error is None or _is_number(error)) or not isinstance(settings, dict):
        return None
    if not isinstance(demo, str) or not isinstance(demo_hash, str):
        return None
    flags = {flag: tuple(each) if isinstance(each, list) else each for flag, each in settings.items()}
    return LockedNumber(value, error, demo, demo_hash, flags)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
