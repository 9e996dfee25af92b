"""A demo over many values of one flag."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmcore_tui.lab.demo import Demo, read_demo
from llmcore_tui.lab.run import outcome_here
from llmcore_tui.lab.sweep import Swept, curves, sweep
from tests.lab.small_demo import LINE, with_body, write_demo


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    return read_demo(write_demo(tmp_path, LINE))


def rows(demo: Demo, name: str, values: list[float]) -> list[Swept]:
    return list(sweep(demo, demo.settings(), demo.flag(name), values, outcome_here))


def test_each_value_is_a_row_with_its_numbers(demo: Demo) -> None:
    assert [(row.value, row.numbers["y"]) for row in rows(demo, "a", [0.0, 1.0, 2.5])] == [
        (0.0, 0.0),
        (1.0, 2.0),
        (2.5, 5.0),
    ]


def test_the_curves_are_of_the_numbers_that_move_those_of_the_off_switch_first(demo: Demo) -> None:
    found = curves(demo, demo.flag("x"), rows(demo, "x", [1.0, 2.0]))
    assert [(series.x_name, series.y_name, series.x, series.y) for series in found] == [
        ("x", "y (m)", [1.0, 2.0], [1.0, 2.0]),
        ("x", "twice", [1.0, 2.0], [2.0, 4.0]),
    ]
    assert curves(demo, demo.flag("x"), rows(demo, "x", [1.0])) == []


def test_a_value_that_the_demo_refuses_is_a_row_with_its_reason(tmp_path: Path) -> None:
    body = "    assert x != 2, 'not two'\n    return Result({'y': a * x, 'twice': 2 * a * x}, ran='formula')"
    demo = read_demo(write_demo(tmp_path, with_body(body)))
    one, two, three = rows(demo, "x", [1.0, 2.0, 3.0])
    assert (one.problem, three.problem, dict(two.numbers)) == ("", "", {})
    assert two.problem.endswith("AssertionError: not two")
    assert curves(demo, demo.flag("x"), [one, two, three])[0].x == [1.0, 3.0]
