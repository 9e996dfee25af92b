"""Numbers as people type them, in two languages and on two keyboards."""

from __future__ import annotations

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_tui.errors import InputError
from llmcore_tui.render.number import number
from llmcore_tui.study.numeric import parse, read
from llmcore_tui.study.unusable import Unusable

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("3", 3.0),
        ("-3", -3.0),
        ("+3", 3.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("3.5e-2", 0.035),
        ("3.5E+2", 350.0),
        ("1_000_000", 1e6),
        ("1,000,000.5", 1000000.5),
        ("1/3", 1 / 3),
        ("-1/3", -1 / 3),
        ("2^10", 1024.0),
        ("2**10", 1024.0),
        ("-2^2", -4.0),
        ("10^-3", 1e-3),
        ("10⁻³", 1e-3),
        ("3.5×10^-2", 0.035),
        ("3.5 × 10⁻²", 0.035),
        ("3.5*10**2", 350.0),
        ("½", 0.5),
        ("１２．５", 12.5),
        ("１／３", 1 / 3),
        ("0。5", 0.5),
        ("−3", -3.0),
        ("–3", -3.0),
        ("about 3", 3.0),
        ("~3", 3.0),
        ("≈ 3", 3.0),
        ("约3", 3.0),
        ("大约 3 倍", 3.0),
        ("3x", 3.0),
        ("3 times", 3.0),
        ("3 个", 3.0),
        ("3 episodes", 3.0),
        ("12%", 0.12),
        ("１２％", 0.12),
        ("百分之12", 0.12),
        ("7B", 7e9),
        ("7 B", 7e9),
        ("1.5k", 1500.0),
        ("3亿", 3e8),
        ("5万", 5e4),
        ("  3 \u200b", 3.0),
        ("3。", 3.0),
    ],
)
def test_a_number_is_read_as_it_is_typed(typed: str, value: float) -> None:
    assert read(typed, "") == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("2.5", "GB", 2.5),
        ("2.5 GB", "GB", 2.5),
        ("2.5gb", "GB", 2.5),
        ("2.5 GiB", "GB", 2.68435456),
        ("2500 MB", "GB", 2.5),
        ("1 TB", "GB", 1000.0),
        ("12%", "%", 12.0),
        ("12", "%", 12.0),
        ("1 bit", "nats", math.log(2)),
        ("1 nat", "bits", 1 / math.log(2)),
        ("2 min", "s", 120.0),
        ("250 ms", "s", 0.25),
        ("2.788 M H800-hours", "M H800-hours", 2.788),
        ("30 sweeps", "sweeps", 30.0),
        ("30 次", "sweeps", 30.0),
        ("7B", "parameters", 7e9),
        ("7B parameters", "parameters", 7e9),
    ],
)
def test_a_unit_is_converted_to_the_one_that_is_asked_for(typed: str, unit: str, value: float) -> None:
    assert read(typed, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "abc",
        "三",
        "1,5",
        "1 000",
        "3.5e",
        "1.2.3",
        "3 4",
        "--3",
        "1/0",
        "1e999",
        "inf",
        "nan",
        "2^9999",
        "(-8)^(1/3)",
        "-",
        "%",
        "e5",
        "__import__('os')",
        "3; 4",
        "0x10",
    ],
)
def test_what_is_no_finite_number_is_refused_with_a_line_in_both_languages(typed: str) -> None:
    with pytest.raises(Unusable) as refused:
        read(typed, "")
    assert refused.value.says.en
    assert any("\u4e00" <= character <= "\u9fff" for character in refused.value.says.zh)


@pytest.mark.parametrize(
    ("typed", "unit"), [("3 apples", "GB"), ("3 nats", "GB"), ("3 GB", ""), ("3 s", "%"), ("5%", "GB")]
)
def test_a_unit_of_another_kind_is_refused_and_named(typed: str, unit: str) -> None:
    with pytest.raises(InputError, match=typed.split()[-1].lstrip("0123456789")):
        read(typed, unit)


def test_a_decimal_comma_is_refused_with_the_way_to_write_it() -> None:
    with pytest.raises(InputError, match=r"write the decimal mark as a point, 1\.5"):
        read("1,5", "")


@given(FINITE)
def test_every_finite_float_is_read_back_from_its_own_spelling(value: float) -> None:
    assert read(repr(value), "") == value


@given(FINITE)
def test_every_finite_float_is_read_back_from_full_width_digits(value: float) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in repr(value))
    assert unicodedata.normalize("NFKC", wide) == repr(value)
    assert read(wide, "") == value


@given(st.floats(min_value=1e-9, max_value=1e15) | st.floats(min_value=-1e15, max_value=-1e-9))
def test_a_number_as_the_screen_writes_it_is_read_back_within_its_digits(value: float) -> None:
    assert read(number(value), "") == pytest.approx(value, rel=1e-3)


@given(FINITE, FINITE)
def test_a_fraction_is_the_quotient(above: float, below: float) -> None:
    try:
        value = read(f"{above!r}/{below!r}", "")
    except Unusable:
        assert below == 0 or not math.isfinite(above / below)
    else:
        assert value == above / below


@given(st.text(max_size=40), st.sampled_from(["", "%", "GB", "nats", "sweeps"]))
def test_any_text_is_a_finite_number_or_is_refused(text: str, unit: str) -> None:
    try:
        value = read(text, unit)
    except Unusable:
        return
    assert math.isfinite(value)


@given(st.text(alphabet="0123456789.,eE+-*/^%() kMB×⁻³约", max_size=24))
def test_what_looks_nearly_like_a_number_is_read_or_refused(text: str) -> None:
    try:
        value = read(text, "")
    except Unusable:
        return
    assert math.isfinite(value)


def test_the_typed_unit_is_kept_apart_from_the_number() -> None:
    quantity = parse("2.5 GiB")
    assert (quantity.value, quantity.unit, quantity.typed) == (2.5, "GiB", "2.5 GiB")
