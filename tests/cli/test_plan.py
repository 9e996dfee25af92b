"""`llmcore plan`: its days, choosing one, its start."""

from __future__ import annotations

from datetime import date

import pytest

from llmcore_tui.cli.plan import read_date
from llmcore_tui.errors import InputError
from llmcore_tui.render.width import cells
from tests.cli.small_program import SmallProgram, program

__all__ = ["program"]


def test_every_day_has_its_date_its_state_its_modules_and_what_to_say(program: SmallProgram) -> None:
    lines = program.run("plan").splitlines()
    assert lines[0] == "14-day: Fourteen days. It begins with your first card, or: llmcore plan start DATE."
    assert lines[1:4] == [
        "day 1  11-22  > today     twice: Doubling",
        "    Say clearly: Twice means two.",
        "    Checkpoint of day 1: quiz 0% of 80%, predictions 0 of 1, cards 0 of 2, timed answers 0 of 1.",
    ]
    assert "day 2  11-23  · ahead     thrice: Tripling" in lines
    assert "day 3  11-24  … planned   later: Still to come" in lines
    assert program.run("plan", "show").splitlines() == lines


def test_the_columns_are_aligned_in_chinese(program: SmallProgram) -> None:
    days = [line for line in program.run("plan", "--lang", "zh").splitlines() if line.startswith("第")]
    assert len(days) == 3
    starts = {cells(line[: line.index(": ")]) - cells(line.split()[-2].rstrip(":")) for line in days}
    assert len(starts) == 1


def test_a_start_moves_every_date_and_opens_what_was_left(program: SmallProgram) -> None:
    lines = program.run("plan", "start", "2026-11-20").splitlines()
    assert lines[0] == "14-day: Fourteen days. Begun on 2026-11-20, today is day 3 of 3."
    assert "day 1  11-20  ! open      twice: Doubling" in lines
    assert program.run("plan").splitlines() == lines
    assert [event.body["value"] for event in program.events("setting")] == ["2026-11-20"]


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("tomorrow", "14-day: Fourteen days. Begins on 2026-11-23."),
        ("2026-01-01", "14-day: Fourteen days. It ended on 2026-01-03."),
        ("今天", "14-day: Fourteen days. Begun on 2026-11-22, today is day 1 of 3."),
    ],
)
def test_the_head_says_where_the_plan_stands(program: SmallProgram, word: str, first: str) -> None:
    assert program.run("plan", "start", word).splitlines()[0] == first


@pytest.mark.parametrize("text", ["", "soon", "22-11-2026", "2026-13-01", "2026-02-30"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="2026-11-22, or today"):
        read_date(text, date(2026, 11, 22))


def test_another_plan_can_be_chosen_and_an_unknown_one_names_the_nearest(program: SmallProgram) -> None:
    program.run("plan", "use", "14-dya", code=2)
    assert "Did you mean 14-day?" in program.error
    program.run("plan", "use", "14-day")
    assert [(event.subject, event.body["value"]) for event in program.events("setting")] == [
        ("plan", "14-day")
    ]


def test_json_has_every_day_with_its_checkpoint(program: SmallProgram) -> None:
    found = program.json("plan")
    assert (found["plan"], found["title"]["zh"], found["start"], found["day"]) == (
        "14-day",
        "十四天",
        None,
        1,
    )
    assert [(day["day"], day["date"], day["state"]) for day in found["days"]] == [
        (1, "2026-11-22", "today"),
        (2, "2026-11-23", "ahead"),
        (3, "2026-11-24", "planned"),
    ]
    quiz = found["days"][0]["checkpoint"]["parts"][0]
    assert (quiz["name"], quiz["have"], quiz["need"], quiz["met"]) == ("quiz", 0.0, 0.8, False)
    assert found["days"][2]["checkpoint"] is None
    assert program.json("plan", "start", "2026-11-01")["day"] is None
