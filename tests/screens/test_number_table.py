"""The lab's table of numbers in a narrow and in a wide place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from llmcore_tui.lab.demo import read_demo
from llmcore_tui.lab.result import Estimate, NotReached, Value
from llmcore_tui.lab.run import Run, run_with_off
from llmcore_tui.widgets.number_table import NumberTable
from tests.study.small_deck import write_deck


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run with an error and a number that was not reached."""
    made = run_with_off(read_demo(write_deck(tmp_path / "deck") / "demos" / "twice.py"))
    numbers: dict[str, Value] = {
        "doubled": NotReached("100,000 steps of training in each of eight seeds"),
        "share": Estimate(0.5, 0.01, 9),
    }
    return replace(made, result=replace(made.result, numbers=numbers))


def lines(run: Run, width: int) -> list[str]:
    """The table as text."""
    console = Console(width=width, file=None, force_terminal=False)
    with console.capture() as captured:
        console.print(NumberTable(run, "en"))
    return captured.get().splitlines()


def test_a_wide_place_shows_errors_and_budgets(run: Run) -> None:
    text = "\n".join(lines(run, 120))
    assert "0.50 ± 0.01" in text
    assert "not reached (100,000 steps of training in each of eight seeds)" in text


def test_a_narrow_place_shows_every_number_and_its_off_twin_whole(run: Run) -> None:
    shown = lines(run, 40)
    assert [line.split() for line in shown[1:]] == [
        ["doubled", "not", "reached", "2", "GB"],
        ["share", "0.5", "0.02"],
    ]
    assert all(len(line) <= 40 for line in shown)
