"""Numbers in a text that nobody types: computed by a demo, quoted from a source, or drawn anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.content.tolerance import Tolerance

Setting = bool | int | float | str | tuple[int | float, ...]
"""The value of a demo's flag; a tuple where the flag takes several numbers, `--logits 0,1,2`."""
Settings = Mapping[str, Setting]


@dataclass(frozen=True, slots=True)
class Computed:
    """A slot that a demo fills: its number `key` with the flags of `set`."""

    demo: str
    key: str
    within: Tolerance
    set: Settings = field(default_factory=dict)
    over: Settings | None = None
    """Divide by the same number with these flags merged over `set`."""
    minus: Settings | None = None
    """Subtract the same number with these flags merged over `set`."""
    off: bool = False
    """Take the number with the idea switched off."""
    format: str = ""
    """A Python format specification; empty: as numbers of its kind are written."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A slot with a published figure."""

    quote: float
    unit: str
    cite: str
    where: str
    format: str = ""


Slot = Computed | Quoted


@dataclass(frozen=True, slots=True)
class Range:
    """Values `low`, `low + step`, … up to `high`."""

    low: float
    high: float
    step: float

    def values(self) -> tuple[int | float, ...]:
        """All values of the range; whole numbers stay whole, and no rounding error of the step shows."""
        count = int((self.high - self.low) / self.step + 1e-9) + 1
        if all(float(bound).is_integer() for bound in (self.low, self.step)):
            return tuple(int(self.low) + index * int(self.step) for index in range(count))
        return tuple(round(self.low + index * self.step, 12) for index in range(count))


Choices = tuple[Setting, ...]
Spread = Choices | Range
"""What a drawn flag may be."""


@dataclass(frozen=True, slots=True)
class ResultSpec:
    """The number that a generated question asks for: a demo's, with the drawn values merged over `set`."""

    demo: str
    key: str
    within: Tolerance
    """How far the learner's answer may be from the demo's number."""
    set: Settings = field(default_factory=dict)
    unit: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True)
class DemoLink:
    """What runs when the learner presses `d`, and the number to predict before that."""

    name: str
    set: Settings = field(default_factory=dict)
    predict: str | None = None
    within: Tolerance | None = None
    """How close a prediction must be to count; given where `predict` is."""
    predict_ask: Bilingual | None = None
    """Replaces the question made from the number's own reading."""
