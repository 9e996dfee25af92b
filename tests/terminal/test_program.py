"""The program as a learner runs it, in a terminal."""

from __future__ import annotations

import re
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from llmcore_progress import Progress
from tests.terminal.terminal import Terminal

GREYS = {16, 59, 102, 145, 188, 231, *range(232, 256)}
"""The colours without a hue in the palette of 256."""


def kinds(home: Path) -> list[str]:
    """The kinds of the events in the learner's log."""
    file = home / "llmcore" / "data" / "log.sqlite"
    with Progress.open(file, now=datetime.now(UTC), read_only=True) as progress:
        return [event.kind for event in progress.events()]


def test_a_card_is_studied_with_a_prediction_and_the_program_left_by_keys(home: Path) -> None:
    with Terminal("study") as terminal:
        terminal.wait_for("day 1 of 14")
        terminal.press(" ")
        terminal.wait_for("1 of 8")
        terminal.press("0.5\r")
        terminal.press(" ")
        terminal.wait_for("again 1 min")
        terminal.press("3")
        terminal.wait_for("2 of 8")
        terminal.press("q")
        terminal.wait_for("day 1 of 14")
        terminal.press("q")
        assert terminal.wait_for_end() == 0
    assert [kind for kind in kinds(home) if kind in ("prediction", "review")] == ["prediction", "review"]


def test_what_is_typed_in_one_burst_lands_in_the_field_it_opens(home: Path) -> None:
    with Terminal("study", "--module", "gae") as terminal:
        terminal.wait_for("1 of 8")
        terminal.press("0.25\rtbias, variance\x1b")
        terminal.wait_for("your answer  bias, variance")
        terminal.press(" ")
        terminal.wait_for("you predicted 0.25")


def test_chinese_is_shown_and_typed() -> None:
    with Terminal("study", "--lang", "zh", "--module", "gae") as terminal:
        terminal.wait_for("看答案")
        terminal.press("t偏差换方差，取决于")
        terminal.press("\x1b")
        terminal.wait_for("你的回答")
        terminal.press(" ")
        terminal.wait_for("偏差换方差，取决于")


def colours(printed: bytes) -> set[int]:
    """The colours of the palette of 256 that were printed."""
    return {int(number) for number in re.findall(rb"[34]8;5;(\d+)", printed)}


def test_no_color_prints_no_colour() -> None:
    found: list[set[int]] = []
    switches: list[dict[str, str]] = [{}, {"NO_COLOR": "1"}]
    for switch in switches:
        with Terminal("study", "--module", "gae", environment={"COLORTERM": "", **switch}) as terminal:
            terminal.wait_for("1 of 8")
            terminal.press(" ")
            terminal.wait_for("again 1 min")
            found.append(colours(terminal.printed))
    assert found[0] - GREYS, "there is colour to take away"
    assert found[1] <= GREYS


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_a_killed_program_keeps_every_rating_that_was_shown(home: Path, number: signal.Signals) -> None:
    with Terminal("study", "--module", "gae") as terminal:
        for card in range(1, 4):
            terminal.wait_for(f"{card} of 8")
            terminal.press(" ")
            terminal.wait_for("again ")
            terminal.press("4")
        terminal.wait_for("4 of 8")
        terminal.child.kill(number)
        terminal.wait_for_end()
    assert kinds(home).count("review") == 3
