"""What turning a flag in the lab does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llmcore_progress import Progress
from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.lab.declaration import FlagValue
from llmcore_tui.lab.flag import FlagSpec
from llmcore_tui.lab.turn import place_in_range, sweep_values, turned
from tests.screens.conftest import NewApp
from tests.screens.picture import picture

HELP = Bilingual("a flag", "参数")


async def test_turning_a_flag_runs_the_demo_again_and_shows_its_off_twin(new_app: NewApp) -> None:
    app = new_app(start="lab")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "4 GB  2 GB" in picture(app)
        await pilot.press("right")
        await pilot.pause(0.4)
        assert "14 GB  7 GB" in picture(app)
        await pilot.press("r")
        await pilot.pause(0.4)
        assert "4 GB  2 GB" in picture(app)


async def test_numbers_seen_in_the_lab_are_remembered(new_app: NewApp, progress: Progress) -> None:
    app = new_app(start="lab")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right")
        await pilot.pause(0.4)
        seen = [dict(event.body) for event in progress.events(kinds=["demo"])]
    assert [(event["set"], event["numbers"]) for event in seen] == [
        ({}, {"doubled": 4.0, "share": 0.02}),
        ({"x": 7.0}, {"doubled": 14.0, "share": 0.07}),
    ]


async def test_a_value_is_typed_and_a_wrong_one_refused(new_app: NewApp) -> None:
    app = new_app(start="lab")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "backspace", *"21", "enter")
        await pilot.pause(0.4)
        assert "42 GB  21 GB" in picture(app)
        await pilot.press("enter", *"9999", "enter")
        await pilot.pause(0.4)
        assert "42 GB  21 GB" in picture(app)
        assert len(app._notifications) == 1


async def test_a_sweep_draws_the_first_number_over_the_flag(new_app: NewApp) -> None:
    app = new_app(start="lab")
    async with app.run_test(size=(80, 30)) as pilot:
        await pilot.press("w")
        await pilot.pause(0.5)
        assert "200" in picture(app)
        assert "●" in picture(app)


async def test_the_source_can_be_read(new_app: NewApp) -> None:
    app = new_app(start="lab")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        await pilot.pause()
        assert "OFF = Off" in picture(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "lab · twice" in picture(app)


NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


@given(
    low=NUMBERS,
    span=st.floats(1e-3, 1e6),
    at=st.floats(0, 1),
    turns=st.lists(st.sampled_from([1, -1]), max_size=30),
)
def test_a_turned_number_stays_within_its_range(low: float, span: float, at: float, turns: list[int]) -> None:
    flag = FlagSpec("x", "float", low, HELP, low=low, high=low + span)
    value: FlagValue = low + at * span
    for direction in turns:
        value = turned(flag, value, direction)
        assert isinstance(value, float)
        assert low - 1e-6 * max(1, abs(low)) <= value <= low + span + 1e-6 * max(1, abs(low) + span)


def test_turning_up_and_down_walks_over_the_whole_range() -> None:
    flag = FlagSpec("lam", "float", 0.95, HELP, low=0, high=1)
    value: FlagValue = 0.95
    seen: list[FlagValue] = [value]
    for direction in [1, 1, -1, -1]:
        value = turned(flag, value, direction)
        seen.append(value)
    assert seen == [0.95, 1.0, 1.0, 0.95, 0.9]


def test_a_word_stands_after_the_largest_number() -> None:
    flag = FlagSpec("n", "int", 4, HELP, choices=("mc",), low=1, high=16)
    assert turned(flag, 16, 1) == "mc"
    assert turned(flag, "mc", -1) == 16


def test_choices_and_switches_turn_and_have_a_place() -> None:
    choice = FlagSpec("norm", "choice", "rms", HELP, choices=("rms", "layer"))
    assert turned(choice, "rms", 1) == "layer"
    assert turned(choice, "layer", 1) == "layer"
    assert place_in_range(choice, "layer") == 1
    assert turned(FlagSpec("on", "bool", True, HELP), True, 1) is False


def test_a_sweep_of_whole_numbers_takes_each_once() -> None:
    assert sweep_values(FlagSpec("n", "int", 1, HELP, low=1, high=3), 11) == [1, 2, 3]
    assert sweep_values(FlagSpec("n", "int", 1, HELP, low=1), 11) == []


async def test_a_demo_opened_from_a_card_is_left_for_the_card(new_app: NewApp) -> None:
    app = new_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("d")
        await pilot.pause()
        assert app.current_mode == "lab"
        await pilot.press("q")
        await pilot.pause()
        assert app.current_mode == "study"
        await pilot.press("q")
        await pilot.pause()
        assert app.current_mode == "today"
