"""What a demo declares at its top: flags, numbers, the off switch and published anchors.

These are read from a demo's source by `ast`, so every argument in a demo is a literal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FlagValue = bool | int | float | str | tuple[float, ...]
NumberKind = Literal["exact", "statistical", "qualitative"]
Direction = Literal["up", "down", "changes"]


@dataclass(frozen=True, slots=True)
class Number:
    """A named result of a demo, and how to read it in both languages."""

    en: str
    zh: str
    unit: str = ""
    """A unit or nothing; `%`, `nats`, `GB` … A share is a plain number between 0 and 1."""
    kind: NumberKind = "exact"
    """`exact` equals a closed form to 1e-9; `statistical` has a standard error; `qualitative` is an order or a sign."""


@dataclass(frozen=True, slots=True)
class Flag:
    """What a parameter of `run` means; its type and default stand in the signature."""

    en: str
    zh: str
    low: float | None = None
    high: float | None = None
    live: Mapping[str, tuple[FlagValue, ...]] = field(default_factory=dict)
    """The settings of other flags in which this one has an effect; empty: always."""


@dataclass(frozen=True, slots=True)
class Off:
    """The flags that remove the idea, and which numbers then move and which way."""

    set: Mapping[str, FlagValue]
    moves: Mapping[str, Direction] = field(default_factory=dict)
    why_none: str = ""

    @classmethod
    def none(cls, why: str) -> Off:
        """For a demo in which there is no idea to remove, and why."""
        return cls({}, {}, why)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A published value, or a closed form, that a demo must reproduce with the given flags."""

    set: Mapping[str, FlagValue]
    number: str
    value: float
    within: float
    """Largest absolute difference."""
    source: str
    """Where it stands: paper, equation, table; `closed form: …`; ends in `(from memory)` if it was not read."""
    seen: str
    """The date it was read, or computed by hand for a closed form: YYYY-MM-DD."""
