"""Numbers as learners type them: `3.5e-2`, `1/3`, `12%`, `１２．５`, `−3`, `2.5 GB`, `约 3 倍`, `7B`.

A number is read once here; what is compared afterwards is a float in the unit that was asked for.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from llmcore_tui.study.unusable import Unusable

_MARKS = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "﹣": "-", "×": "*", "·": "*", "÷": "/", "⁄": "/", "∕": "/"}
)
_SUPERSCRIPT = re.compile("[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_ABOUT = re.compile(
    r"^(?:about|around|roughly|approximately|approx\.?|ca\.?|大约|大概|约等于|约为|约|差不多|[~≈≃=])\s*"
)
_PLAIN = r"(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_GROUPED = r"\d{1,3}(?:,\d{3})+(?:\.\d*)?"
_SIGNED = rf"[+-]?\s*(?:{_GROUPED}|{_PLAIN})"
_NUMBER = re.compile(
    rf"""^(?P<first>{_SIGNED})\s*
    (?:(?P<operator>\*\*|\^|/)\s*(?P<second>{_SIGNED})
      |\*\s*10\s*(?:\*\*|\^)\s*(?P<exponent>[+-]?\d+))?
    \s*(?P<unit>[^\s\d.,].*)?$""",
    re.VERBOSE,
)
_HUNDREDTHS = re.compile(r"^百分之\s*(.+)$")
_SCALES: Mapping[str, float] = MappingProxyType(
    {
        "k": 1e3,
        "K": 1e3,
        "M": 1e6,
        "B": 1e9,
        "T": 1e12,
        "千": 1e3,
        "万": 1e4,
        "百万": 1e6,
        "亿": 1e8,
        "万亿": 1e12,
    }
)
_LARGEST_POWER = 1024


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and the unit that was typed after it, if any."""

    value: float
    unit: str
    typed: str


@dataclass(frozen=True, slots=True)
class _Measure:
    """What a unit measures and how many of the dimension's base it is."""

    dimension: str
    factor: float


def _units() -> Mapping[str, _Measure]:
    units: dict[str, _Measure] = {}

    def add(dimension: str, factor: float, *names: str) -> None:
        units.update({name: _Measure(dimension, factor) for name in names})

    for power, letter in enumerate(("", "K", "M", "G", "T", "P")):
        add("bytes", 1000.0**power, f"{letter}B")
        if letter:
            add("bytes", 1024.0**power, f"{letter}iB")
    add("bytes", 1e3, "kB")
    add("bytes", 1.0, "byte", "bytes", "字节")
    add("information", 1.0, "nat", "nats", "奈特")
    add("information", math.log(2), "bit", "bits", "比特", "位")
    for factor, names in (
        (1e-9, ("ns",)),
        (1e-6, ("us", "µs", "μs")),
        (1e-3, ("ms", "毫秒")),
        (1.0, ("s", "sec", "second", "seconds", "秒")),
        (60.0, ("min", "minute", "minutes", "分钟")),
        (3600.0, ("h", "hour", "hours", "小时")),
    ):
        add("time", factor, *names)
    add("share", 0.01, "%", "percent", "百分点")
    add("share", 1.0, "share", "比例")
    add("times", 1.0, "x", "times", "倍")
    return MappingProxyType(units)


_UNITS = _units()
_BY_LOWER_CASE = MappingProxyType({name.lower(): measure for name, measure in _UNITS.items()})


def parse(typed: str) -> Quantity:
    """The number that was typed, with the unit after it; `Unusable` says what a number looks like."""
    text = _tidy(typed)
    if not text:
        raise Unusable(
            "That is empty: type a number, such as 3.5, 1/3 or 12%.",
            "没有输入：请输入一个数，如 3.5、1/3 或 12%。",
        )
    if hundredths := _HUNDREDTHS.match(text):
        text = f"{hundredths[1]}%"
    match = _NUMBER.match(text)
    if match is None:
        raise _not_a_number(typed)
    value = _evaluate(match, typed)
    if not math.isfinite(value):
        raise Unusable(f"{_short(typed)} is not a finite number.", f"{_short(typed)} 不是有限的数。")
    return Quantity(value, (match["unit"] or "").strip(), typed.strip())


def in_unit(quantity: Quantity, unit: str) -> float:
    """The quantity as a number of `unit`; no typed unit means that one. `Unusable` where the units do not fit."""
    typed = quantity.unit
    if not typed or typed == unit:
        return quantity.value
    have, wanted = _measure(typed), _measure(unit)
    if have is not None and wanted is not None and have.dimension == wanted.dimension:
        return quantity.value * have.factor / wanted.factor
    if have is not None and not unit and have.dimension in {"share", "times"}:
        return quantity.value * have.factor
    for suffix in sorted(_SCALES, key=len, reverse=True):
        rest = typed.removeprefix(suffix)
        if rest != typed and _may_follow(suffix, rest):
            return in_unit(Quantity(quantity.value * _SCALES[suffix], rest.strip(), quantity.typed), unit)
    if have is None and wanted is None and _is_word(typed):
        return quantity.value
    raise Unusable(
        f"The number is asked for {f'in {unit}' if unit else 'without a unit'}, not in {_short(typed)}.",
        f"这里要的是{f'以 {unit} 为单位的' if unit else '没有单位的'}数，不是 {_short(typed)}。",
    )


def read(typed: str, unit: str) -> float:
    """What was typed, as a float in `unit`."""
    return in_unit(parse(typed), unit)


def _tidy(typed: str) -> str:
    raised = _SUPERSCRIPT.sub(lambda power: "^" + unicodedata.normalize("NFKC", power[0]), typed)
    text = unicodedata.normalize("NFKC", raised).translate(_MARKS)
    text = "".join(char for char in text if unicodedata.category(char) not in {"Cf", "Cc"}).strip()
    text = re.sub(r"(?<=\d)。(?=\d)", ".", text).rstrip("。!?！？")
    return _ABOUT.sub("", text.strip())


def _evaluate(match: re.Match[str], typed: str) -> float:
    first = _float(match["first"])
    if match["exponent"] is not None:
        return first * _power(10.0, float(match["exponent"]), typed)
    if match["operator"] is None:
        return first
    second = _float(match["second"])
    if match["operator"] != "/":
        return math.copysign(_power(abs(first), second, typed), first)
    if second == 0:
        raise Unusable(f"{_short(typed)} divides by zero.", f"{_short(typed)} 除以了零。")
    return first / second


def _power(base: float, exponent: float, typed: str) -> float:
    if abs(exponent) > _LARGEST_POWER:
        raise Unusable(f"{_short(typed)} is too large.", f"{_short(typed)} 太大了。")
    try:
        value = base**exponent
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return value if isinstance(value, float) else math.nan


def _float(text: str) -> float:
    return float(re.sub(r"[\s,_]", "", text))


def _measure(unit: str) -> _Measure | None:
    return _UNITS.get(unit) or _UNITS.get(unit.lower()) or _BY_LOWER_CASE.get(unit.lower())


def _may_follow(suffix: str, rest: str) -> bool:
    """Whether a scale was meant: `7B` and `7 B steps`, but not the first letters of a word such as `Books`."""
    return not rest or not suffix.isascii() or not rest[0].isalpha() or not rest[0].isascii()


def _is_word(unit: str) -> bool:
    """Whether it is a plain word, such as `episodes` or `个`, and not a slip such as `3.5e`."""
    return all(char.isalpha() or char in " -" for char in unit) and (len(unit) > 1 or not unit.isascii())


def _short(text: str) -> str:
    text = text.strip()
    return f"“{text if len(text) <= 40 else text[:39] + '…'}”"


def _not_a_number(typed: str) -> Unusable:
    if re.match(r"^\s*\d+[,，]\d+\s*$", typed):
        return Unusable(
            f"{_short(typed)} is not a number here: write the decimal mark as a point, 1.5.",
            f"{_short(typed)} 不是这里的写法：小数点请写成 1.5。",
        )
    return Unusable(
        f"{_short(typed)} is not a number: type one such as 3.5, 3.5e-2, 1/3, 12% or 2.5 GB.",
        f"{_short(typed)} 不是数：请输入如 3.5、3.5e-2、1/3、12%、2.5 GB 的数。",
    )
