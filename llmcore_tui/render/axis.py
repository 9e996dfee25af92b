"""Round tick positions for an axis, and whether it is better read in powers of ten."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from llmcore_tui.render.number import number

_LOG_SPAN = 50.0
_LOG_MEDIAN = 0.2
_SAME = 1e-12
"""Values this near to each other, relatively, are one value with rounding noise."""
_NOTHING = 1e-300


@dataclass(frozen=True, slots=True)
class Axis:
    """What a plot shows of one direction: limits and ticks in data units, and its scale."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    log: bool = False

    def place(self, value: float) -> float:
        """Where a value stands, in units that are even along the axis."""
        return math.log10(value) if self.log else value


def axis(values: Sequence[float], most: int, *, log: bool = False) -> Axis:
    """An axis that holds all values, with at most `most` ticks (two at least) at 1, 2 or 5 times a power of ten."""
    low, high = min(values), max(values)
    size = max(abs(low), abs(high))
    if high - low <= _SAME * size or size < _NOTHING:
        margin = size * 0.1 if size >= _NOTHING else 1.0
        low, high = low - margin, high + margin
    ticks = _powers(low, high, most) if log else _round_steps(low, high, most)
    return Axis(low, high, ticks, _labels(ticks), log)


def spans_powers(values: Sequence[float]) -> bool:
    """Whether positive values lie so that a logarithmic axis shows them better, as 1, 10, 100 do."""
    if not values or min(values) <= 0 or max(values) < _LOG_SPAN * min(values):
        return False
    return median(values) < _LOG_MEDIAN * max(values)


def _round_steps(low: float, high: float, most: int) -> tuple[float, ...]:
    step = _round_step((high - low) / max(1, most))
    while len(found := _multiples(low, high, step)) > most:
        step = _round_step(step * 1.5)
    return found if len(found) > 1 else (low, high)


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))


def _multiples(low: float, high: float, step: float) -> tuple[float, ...]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(_clean(index * step) for index in range(first, last + 1))


def _powers(low: float, high: float, most: int) -> tuple[float, ...]:
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    every = max(1, math.ceil((last - first + 1) / most))
    found = tuple(10.0**power for power in range(first, last + 1, every))
    return found if len(found) > 1 else (low, high)


def _clean(value: float) -> float:
    """Without the last digits' noise of binary arithmetic: 0.30000000000000004 is 0.3."""
    return float(f"{value:.12g}")


def _labels(ticks: Sequence[float]) -> tuple[str, ...]:
    """All ticks with as many decimals as the one that needs most."""
    written = [number(tick) for tick in ticks]
    if any("×" in text for text in written):
        return tuple(written)
    places = max(len(text.partition(".")[2]) for text in written)
    return tuple(f"{tick + 0.0:,.{places}f}" for tick in ticks)
