"""How a number is written in both languages: significant digits, error, unit, thousands and powers of ten.

A minus sign is the hyphen that learners type, so that a number on the screen and a typed one look the same.
"""

from __future__ import annotations

import math

from llmcore_tui.content.bilingual import Language
from llmcore_tui.lab.result import Estimate, NotReached, NotRun, Value

DIGITS = 4
"""Significant digits of a number that has no error."""
_SMALLEST_PLAIN = 1e-4
_LARGEST_PLAIN = 1e12
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_NO_SPACE_BEFORE = frozenset("%°‰×")


def written(value: Value, unit: str = "", language: Language = "en") -> str:
    """A demo's number as a reader sees it: `0.6931`, `4.2 ± 0.1 nats`, `not reached (200 episodes)`."""
    match value:
        case Estimate():
            return with_unit(estimate(value.value, value.error), unit)
        case NotReached():
            return f"未达到（{value.of('zh')}）" if language == "zh" else f"not reached ({value.budget})"
        case NotRun():
            return f"未计算（{value.of('zh')}）" if language == "zh" else f"not computed ({value.why})"
        case _:
            return with_unit(number(value), unit)


def number(value: float) -> str:
    """A number in four significant digits; fewer where they say it exactly, all of them for a whole number."""
    if not math.isfinite(value):
        return _not_finite(value)
    if value == 0:
        return "0"
    size = abs(value)
    if size < _SMALLEST_PLAIN or size >= _LARGEST_PLAIN:
        return _scientific(value)
    if value == int(value):
        return f"{int(value):,}"
    return _shortened(value, max(0, DIGITS - 1 - _exponent(value)))


def estimate(value: float, error: float) -> str:
    """A statistical number in the digits that its standard error allows: `4.2 ± 0.1`, `0.137 ± 0.012`."""
    if not (math.isfinite(value) and math.isfinite(error)) or error <= 0:
        return number(value)
    size = max(abs(value), error)
    if size < _SMALLEST_PLAIN or size >= _LARGEST_PLAIN:
        power = math.floor(math.log10(size))
        scaled = estimate(value / 10.0**power, error / 10.0**power)
        return f"({scaled}) × 10{str(power).translate(_SUPERSCRIPTS)}"
    places = _places_of_error(error)
    if places < 0:
        unit = 10**-places
        return f"{_whole(value, unit)} ± {_whole(error, unit)}"
    return f"{_unsigned_zero(f'{value:,.{places}f}')} ± {error:,.{places}f}"


def with_unit(text: str, unit: str) -> str:
    """The number with its unit: a space between, but none before a per cent sign or a degree."""
    if not unit:
        return text
    return f"{text}{unit}" if unit[0] in _NO_SPACE_BEFORE else f"{text} {unit}"


def percent(share: float) -> str:
    """A share between 0 and 1 as per cent: `12.5%`, `80%`."""
    return (
        with_unit(number(share * 100 if abs(share) >= 1e-6 else 0.0), "%")
        if math.isfinite(share)
        else number(share)
    )


def _not_finite(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "∞" if value > 0 else "-∞"


def _exponent(value: float) -> int:
    """The power of ten of the first digit once the number is rounded to `DIGITS` digits."""
    return int(f"{value:.{DIGITS - 1}e}".partition("e")[2])


def _shortened(value: float, places: int) -> str:
    """The number with `places` decimals, without the zeros at its end where it is exactly that."""
    text = f"{value:,.{places}f}"
    if "." in text and math.isclose(value, round(value, places), rel_tol=1e-12):
        text = text.rstrip("0").rstrip(".")
    return text


def _scientific(value: float) -> str:
    mantissa, _, exponent = f"{value:.{DIGITS - 1}e}".partition("e")
    power = int(exponent)
    if math.isclose(value, float(f"{mantissa}e{power}"), rel_tol=1e-12):
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa} × 10{str(power).translate(_SUPERSCRIPTS)}"


def _places_of_error(error: float) -> int:
    """Decimals that show one digit of the error, or two where the first is a 1 (0.012, not 0.01)."""
    digits, _, exponent = f"{error:.1e}".partition("e")
    return -int(exponent) + (1 if digits.startswith("1") and digits != "1.0" else 0)


def _whole(value: float, unit: int) -> str:
    return f"{round(value / unit) * unit:,}"


def _unsigned_zero(text: str) -> str:
    return text.removeprefix("-") if not text.strip("-0.,") else text
