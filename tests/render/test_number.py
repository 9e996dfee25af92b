"""Numbers as a reader sees them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_tui.lab.result import Estimate, NotReached, NotRun
from llmcore_tui.render.number import estimate, number, percent, with_unit, written


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.6931471805599453, "0.6931"),
        (0.094, "0.094"),
        (0.0940001, "0.09400"),
        (1.84, "1.84"),
        (-0.31, "-0.31"),
        (0.1 + 0.2, "0.3"),
        (9999.96, "10,000"),
        (0.99996, "1.000"),
        (12345.678, "12,346"),
        (100.0, "100"),
        (70553706496, "70,553,706,496"),
        (3.15e23, "3.15 × 10²³"),
        (3.2e-5, "3.2 × 10⁻⁵"),
        (1.23456e-5, "1.235 × 10⁻⁵"),
        (0.0, "0"),
        (-0.0, "0"),
        (math.inf, "∞"),
        (-math.inf, "-∞"),
    ],
)
def test_four_significant_digits_and_fewer_where_they_are_exact(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (4.2345, 0.1, "4.2 ± 0.1"),
        (4.2345, 0.09, "4.23 ± 0.09"),
        (0.1371, 0.0123, "0.137 ± 0.012"),
        (99.96, 0.1, "100.0 ± 0.1"),
        (12345, 678, "12,300 ± 700"),
        (1.5, 100, "0 ± 100"),
        (-0.001, 0.1, "0.0 ± 0.1"),
        (3.2e-5, 1e-6, "(3.2 ± 0.1) × 10⁻⁵"),
        (5.0, 0.0, "5"),
        (5.0, math.nan, "5"),
    ],
)
def test_the_error_decides_the_digits(value: float, error: float, text: str) -> None:
    assert estimate(value, error) == text


def test_a_value_says_what_it_is_in_both_languages() -> None:
    assert written(Estimate(4.2345, 0.1, 50), "nats") == "4.2 ± 0.1 nats"
    assert written(16.0, "GB") == "16 GB"
    assert written(NotReached("200 episodes")) == "not reached (200 episodes)"
    assert written(NotReached("200 episodes"), "", "zh") == "未达到（200 episodes）"
    assert written(NotRun("needs λ < 1"), "", "zh") == "未计算（needs λ < 1）"
    assert written(NotRun("there is no critic", "没有 critic"), "", "zh") == "未计算（没有 critic）"
    assert written(NotReached("200 episodes", "200 个回合"), "", "zh") == "未达到（200 个回合）"


def test_no_space_stands_before_a_per_cent_sign() -> None:
    assert percent(0.125) == "12.5%"
    assert percent(1.0) == "100%"
    assert with_unit("3", "ms") == "3 ms"


@given(st.floats(-1e300, 1e300))
def test_a_written_number_reads_back_within_its_last_digit(value: float) -> None:
    text = number(value)
    mantissa, _, power = text.partition(" × 10")
    back = float(mantissa.replace(",", "")) * 10.0 ** int(
        power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0
    )
    assert back == pytest.approx(value, rel=5.1e-4, abs=1e-300)


@given(st.floats(-1e15, 1e15), st.floats(1e-9, 1e9))
def test_an_estimate_lies_within_one_error_of_what_is_written(value: float, error: float) -> None:
    text = estimate(value, error)
    assert "±" in text
    inner = text.split(")")[0].lstrip("(")
    power = text.partition("× 10")[2].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    back = float(inner.split(" ± ")[0].replace(",", "")) * 10.0 ** int(power or 0)
    assert abs(back - value) <= error * 0.51 + abs(value) * 1e-12
