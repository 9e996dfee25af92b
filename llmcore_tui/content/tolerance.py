"""How far a number may be from another and still count as the same."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

ROUNDING = 1e-9
"""Relative difference that two computations of one exact number may have."""

_FORM = re.compile(r"(?P<number>\d+(\.\d+)?([eE][-+]?\d+)?)\s*(?P<percent>%?)")


@dataclass(frozen=True, slots=True)
class Tolerance:
    """A share of the reference value, or an absolute distance in its unit; with both zero only rounding is allowed."""

    share: float = 0.0
    absolute: float = 0.0

    def holds(self, value: float, reference: float) -> bool:
        """Whether `value` is close enough to `reference`; never for NaN, and for an infinity only when equal."""
        if value == reference:
            return True
        if not (math.isfinite(value) and math.isfinite(reference)):
            return False
        return abs(value - reference) <= self.absolute + (self.share + ROUNDING) * abs(reference)

    def __str__(self) -> str:
        return f"{self.share * 100:g}%" if self.share else f"{self.absolute:g}"


def parse(text: str | float) -> Tolerance:
    """Read `5%` as a share and `0.01` as a distance; ValueError for anything else, negative or infinite ones too."""
    match = _FORM.fullmatch(str(text).strip())
    if match is None:
        raise ValueError("wants a share such as 5% or a distance such as 0.01")
    number = float(match["number"])
    if not math.isfinite(number):
        raise ValueError("wants a finite number")
    return Tolerance(share=number / 100) if match["percent"] else Tolerance(absolute=number)
