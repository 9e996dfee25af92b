"""Numbers of cards: computed, written and drawn."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_tui.content.claim import Computed, DemoLink, Quoted, Range, ResultSpec, Spread
from llmcore_tui.content.lock import LockedNumber
from llmcore_tui.content.tolerance import Tolerance
from llmcore_tui.errors import DemoError, UnknownName
from llmcore_tui.lab.claim import (
    compute,
    compute_link,
    compute_result,
    corners,
    draw,
    shown_result,
    shown_slot,
    values,
    written,
)
from llmcore_tui.lab.library import Library
from llmcore_tui.lab.run import outcome_here
from tests.lab.small_demo import DECLARED, LINE, with_body, write_demo

EXACT = Tolerance()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    write_demo(tmp_path, LINE)
    noisy = (
        "    return Result({'y': Estimate(a * x, 0.5, 9), 'twice': NotReached('9 steps')}, ran='simulation')"
    )
    write_demo(tmp_path, with_body(noisy), "noisy")
    none = DECLARED.replace('Off({"a": 0.0}, moves={"y": "down"})', 'Off.none("it is a line")')
    write_demo(tmp_path, LINE.replace(DECLARED, none), "no_off")
    return Library([tmp_path])


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        (Computed("line", "y", EXACT), 2.0),
        (Computed("line", "y", EXACT, {"a": 3, "x": 5}), 15.0),
        (Computed("line", "y", EXACT, {"a": 3}, over={"a": 2}), 1.5),
        (Computed("line", "y", EXACT, {"a": 3, "x": 5}, minus={"x": 1}), 12.0),
        (Computed("line", "y", EXACT, {"a": 3}, minus={"a": 2}, over={"a": 4}), 0.25),
        (Computed("line", "y", EXACT, {"a": 3}, off=True), 0.0),
        (Computed("line", "y", EXACT, {"a": 3}, off=True, over={}), 0.0),
        (Computed("line", "y", EXACT, {"a": 3}, off=True, minus={}), -6.0),
    ],
)
def test_a_slot_is_the_number_its_difference_and_its_ratio(
    library: Library, slot: Computed, value: float
) -> None:
    computed = compute(slot, library.demo, outcome_here)
    assert (computed.value, computed.error) == (value, 0.0)
    assert computed.demo.name == "line"


def test_errors_are_carried_through_a_difference_and_a_ratio(library: Library) -> None:
    def error(**more: object) -> float:
        slot = Computed("noisy", "y", EXACT, {"a": 2, "x": 1}, **more)  # type: ignore[arg-type]  # minus or over
        return compute(slot, library.demo, outcome_here).error

    assert error() == 0.5
    assert error(minus={"a": 1}) == pytest.approx(math.sqrt(0.5))
    assert error(over={"a": 1}) == pytest.approx(math.hypot(0.5, 2 * 0.5))


@pytest.mark.parametrize(
    ("slot", "error", "message"),
    [
        (Computed("lime", "y", EXACT), UnknownName, "no demo called 'lime'. Did you mean line?"),
        (Computed("line", "z", EXACT), UnknownName, "no number of line called 'z'"),
        (Computed("line", "y", EXACT, {"b": 1}), UnknownName, "no flag of line called 'b'"),
        (Computed("line", "y", EXACT, {"a": 11}), DemoError, "--a must be between 0 and 10"),
        (Computed("line", "y", EXACT, over={"a": 0}), DemoError, "y is 0 at a=0, and nothing can be over it"),
        (Computed("noisy", "twice", EXACT), DemoError, "twice at the defaults is not reached (9 steps)"),
        (Computed("no_off", "y", EXACT, off=True), DemoError, "no_off has no off switch. it is a line"),
    ],
)
def test_a_slot_that_cannot_be_computed_says_why(
    library: Library, slot: Computed, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        compute(slot, library.demo, outcome_here)
    assert message in str(caught.value)


def test_what_is_predicted_is_computed_on_and_off(library: Library) -> None:
    link = DemoLink("line", {"a": 3.0}, "y", Tolerance(share=0.1))
    on, off = (compute_link(link, library.demo, outcome_here, off=off) for off in (False, True))
    assert (on.value, off.value) == (6.0, 0.0)
    assert on.set == {"a": 3.0}
    without = DemoLink("no_off", {"a": 3.0}, "y")
    assert compute_link(without, library.demo, outcome_here, off=True).value == 6.0


def test_a_drawn_result_merges_the_draw_over_the_settings(library: Library) -> None:
    spec = ResultSpec("line", "y", EXACT, {"a": 3, "x": 1})
    assert compute_result(spec, {"x": 4}, library.demo, outcome_here).value == 12.0


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (2.788, ".1f", "2.8"),
        (0.4567, ".0%", "46%"),
        (-0.001, ".2f", "0.00"),
        (-0.0, "", "0"),
        (-0.5, ".1f", "-0.5"),
        (704.0, "d", "704"),
        (124439808.0, "", "124,439,808"),
        (0.123456, "", "0.1235"),
        (1e-9, "", "1 × 10⁻⁹"),
        (1e300, "", "1 × 10³⁰⁰"),
        (3.69e-5, ".1e", "3.7 × 10⁻⁵"),
    ],
)
def test_a_number_is_written_by_its_format(value: float, spec: str, text: str) -> None:
    assert written(value, spec) == text


def test_a_format_that_is_none_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="format"):
        written(1.0, "lots")


def test_a_slot_is_shown_from_the_lock_or_quoted() -> None:
    slot = Computed("line", "y", EXACT, format=".1f")
    assert shown_slot(slot, LockedNumber(2.345)) == "2.3"
    assert shown_slot(slot, None) is None
    assert shown_slot(Quoted(2.788, "M hours", "x2024", "table 1", ".2f"), None) == "2.79"
    assert shown_result(ResultSpec("line", "y", EXACT, format=".2f"), 1.0) == "1.00"


def test_draws_are_the_same_on_every_machine_and_for_ever() -> None:
    vary: dict[str, Spread] = {
        "lam": (0.0, 0.5, 0.95, 1.0),
        "gamma": Range(0.8, 0.99, 0.01),
        "n": Range(1, 10, 1),
    }
    assert [draw(vary, seed) for seed in ("card/0", "card/1", 7)] == [
        {"lam": 0.0, "gamma": 0.85, "n": 5},
        {"lam": 0.95, "gamma": 0.84, "n": 6},
        {"lam": 1.0, "gamma": 0.96, "n": 3},
    ]


@given(seed=st.integers() | st.text(), step=st.sampled_from([0.01, 0.05, 0.1]))
def test_a_draw_is_one_of_the_values_and_does_not_depend_on_what_else_is_varied(
    seed: int | str, step: float
) -> None:
    spread = Range(0.0, 1.0, step)
    drawn = draw({"lam": spread}, seed)
    assert drawn["lam"] in values(spread)
    assert draw({"other": (1, 2), "lam": spread}, seed)["lam"] == drawn["lam"]


def test_draws_cover_all_values() -> None:
    spread = Range(1, 20, 1)
    assert {draw({"n": spread}, seed)["n"] for seed in range(400)} == set(range(1, 21))


def test_corners_are_the_ends_of_ranges_with_all_values_of_lists() -> None:
    assert list(corners({"n": Range(1, 9, 2), "m": ("a", "b", "c")})) == [
        {"n": n, "m": m} for n in (1, 9) for m in ("a", "b", "c")
    ]
    assert list(corners({})) == [{}]
    assert list(corners({"n": Range(3, 3, 1)})) == [{"n": 3}]
    assert len(list(corners(dict.fromkeys("abcdefgh", (0, 1))))) == 64
