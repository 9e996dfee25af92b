from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_tui.content.tolerance import Tolerance, parse


@pytest.mark.parametrize(
    ("text", "value", "reference", "holds"),
    [
        ("5%", 1.05, 1.0, True),
        ("5%", 1.051, 1.0, False),
        ("5%", -0.95, -1.0, True),
        ("5%", 1.0, -1.0, False),
        ("0.01", 0.26, 0.25, True),
        ("0.01", 0.2601, 0.25, False),
        ("0", 0.1 + 0.2, 0.3, True),
        ("0", 0.3000001, 0.3, False),
        ("0", 0.0, 0.0, True),
        ("20%", 1e-9, 0.0, False),
        ("1e-3", 1.001, 1.0, True),
    ],
)
def test_a_value_holds_within_its_share_or_distance(
    text: str, value: float, reference: float, holds: bool
) -> None:
    assert parse(text).holds(value, reference) is holds


def test_nan_never_holds_and_an_infinity_only_for_itself() -> None:
    wide = Tolerance(share=1e6, absolute=1e300)
    assert not wide.holds(math.nan, math.nan)
    assert not wide.holds(1.0, math.nan)
    assert wide.holds(math.inf, math.inf)
    assert not wide.holds(math.inf, 1.0)
    assert not wide.holds(1.0, -math.inf)


@pytest.mark.parametrize("text", ["", "-1", "-5%", "5 percent", "nan", "inf", "1e999", "%", "5%%", "1/2"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="wants"):
        parse(text)


@given(st.floats(min_value=0.001, max_value=1000))
def test_a_tolerance_reads_back_from_how_it_is_shown(amount: float) -> None:
    short = float(f"{amount:g}")
    assert parse(str(Tolerance(absolute=short))) == Tolerance(absolute=short)
    share = parse(str(Tolerance(share=short / 100))).share
    assert share == pytest.approx(short / 100, rel=1e-5)
