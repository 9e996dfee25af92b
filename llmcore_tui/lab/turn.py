"""Turning a flag one notch up or down, and where its value stands in its range."""

from __future__ import annotations

import math

from llmcore_tui.lab.declaration import FlagValue
from llmcore_tui.lab.flag import FlagSpec

NOTCHES = 20
"""How many steps a range from low to high is divided into, at least."""


def turned(flag: FlagSpec, value: FlagValue, direction: int) -> FlagValue:
    """The next value in `direction` (1 or -1), kept within the flag's limits; a text or a list stays as it is."""
    if flag.type == "bool":
        return not value
    if flag.type == "choice":
        place = flag.choices.index(value) + direction
        return flag.choices[max(0, min(len(flag.choices) - 1, place))]
    if flag.type not in ("int", "float"):
        return value
    if isinstance(value, str):
        return _back_from_word(flag, direction)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    step = _step(flag, float(value), direction)
    low = -math.inf if flag.low is None else flag.low
    high = math.inf if flag.high is None else flag.high
    wanted = float(value) + direction * step
    if flag.choices and wanted > high:
        return flag.choices[0]
    if flag.type == "int":
        return round(max(low, min(high, wanted)))
    return max(low, min(high, _tidy(wanted, step)))


def place_in_range(flag: FlagSpec, value: FlagValue) -> float | None:
    """Where the value stands between low (0) and high (1); None where there is no such place."""
    if flag.type == "choice" and len(flag.choices) > 1:
        return flag.choices.index(value) / (len(flag.choices) - 1)
    if flag.low is None or flag.high is None or flag.high <= flag.low or not isinstance(value, int | float):
        return None
    return (float(value) - flag.low) / (flag.high - flag.low)


def _step(flag: FlagSpec, value: float, direction: int) -> float:
    """A round step: a notch of the range where there is one, else a fifth of the value's own power of ten."""
    if flag.low is not None and flag.high is not None and flag.high - flag.low <= 1000:
        step = _round_down((flag.high - flag.low) / NOTCHES)
    else:
        size = abs(value) if value else 1.0
        step = 10.0 ** math.floor(math.log10(size * (0.999 if direction < 0 else 1.0))) / (
            1 if flag.type == "int" else 5
        )
    return max(1.0, round(step)) if flag.type == "int" else step


def _round_down(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return max(nice * power for nice in (1, 2, 5) if nice * power <= step * (1 + 1e-9))


def _tidy(value: float, step: float) -> float:
    return round(value, max(0, 2 - math.floor(math.log10(step))))


def _back_from_word(flag: FlagSpec, direction: int) -> FlagValue:
    """From a word such as `mc`, which stands after the largest number, back to that number."""
    if direction > 0:
        return flag.choices[0]
    number = (
        flag.high
        if flag.high is not None
        else flag.default
        if not isinstance(flag.default, str)
        else flag.low
    )
    if not isinstance(number, int | float):
        return flag.choices[0]
    return round(number) if flag.type == "int" else float(number)


def sweep_values(flag: FlagSpec, count: int) -> list[FlagValue]:
    """`count` values over a number's whole range, fewer where it has fewer whole numbers; empty where it has no range."""
    if flag.type not in ("int", "float") or flag.low is None or flag.high is None:
        return []
    values = [flag.low + (flag.high - flag.low) * place / (count - 1) for place in range(count)]
    if flag.type == "int":
        return list(dict.fromkeys(round(value) for value in values))
    return [round(value, 10) for value in values]
