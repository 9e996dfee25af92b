"""`llmcore quiz`: choosing, marking, the checkpoint at the end, JSON."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.cli.small_program import SmallProgram, program
from tests.cli.test_study import SCRIPT, environment
from tests.study.small_deck import write_deck

__all__ = ["program"]

ALL_RIGHT = {
    "Which doubles?": "times two",
    "What is a doubled whole number?": "even",
    "Put in order.": ("take", "add", "give"),
    "Write it.": "def twice(x):\n    return 2 * x\n.",
}


def right_answers(program: SmallProgram, *words: str) -> str:
    """What to type to a round that this seed asks, read off a round in which nothing was known."""
    asked = program.run("quiz", *words, typed="\n" * 40).split("Question ")[1:]
    return "".join(f"{right_answer(part)}\n" for part in asked)


def right_answer(part: str) -> str:
    line = next(line for line in part.splitlines() if line.startswith("The right answer:"))
    expected = line.removeprefix("The right answer: ")
    if "def twice" in expected:
        return "def twice(x):\n    return 2 * x\n."
    return expected.split("  ")[0]


def test_all_right_ends_with_the_checkpoint_met_but_for_what_is_missing(program: SmallProgram) -> None:
    words = ("--module", "twice", "--seed", "7")
    # The drawn number is another one the second time: what was asked is not asked again.
    typed = right_answers(program, *words)
    out = program.run("quiz", *words, typed=typed)
    assert "4 of 5 right (80%)." in out or "5 of 5 right (100%)." in out
    lines = out.splitlines()
    assert any(
        line.startswith("Checkpoint of day 1: quiz ") and " of 80%, predictions 0 of 1" in line
        for line in lines
    )
    assert "Still missing: 1 more prediction within tolerance." in lines
    assert not any(line.startswith("Still missing: a quiz of the day") for line in lines)


def test_a_wrong_answer_is_explained_with_what_the_demo_shows(program: SmallProgram) -> None:
    out = program.run("quiz", "--module", "twice", "--level", "1", "--seed", "1", typed="\n" * 3)
    assert "Not right." in out
    assert "Doubling gives 6.0." in out
    assert "The demo shows: 3 became 6." in out
    assert "Run it: llmcore demo twice --x 3" in out
    assert "0 of 3 right (0%)." in out
    assert "Look at again: Which doubles?" in out


def test_without_a_module_it_asks_about_the_plans_day(program: SmallProgram) -> None:
    out = program.run("quiz", "--count", "1", typed="\n")
    assert "Question 1 of 1: Doubling" in out


def test_a_day_that_is_only_planned_gets_a_clear_line(program: SmallProgram) -> None:
    program.run("quiz", "--day", "3", code=2)
    assert program.error == (
        "llmcore: later: planned, not written yet, so there is no quiz of it. There are quizzes of: twice.\n"
    )


def test_a_planned_module_and_an_unknown_one_get_a_clear_line(program: SmallProgram) -> None:
    program.run("quiz", "--module", "later", code=2)
    assert "later: planned, not written yet" in program.error
    program.run("quiz", "--module", "twise", code=2)
    assert "Did you mean twice" in program.error


def test_a_level_without_items_gets_a_clear_line(program: SmallProgram) -> None:
    program.run("quiz", "--module", "twice", "--level", "5", code=2)
    assert program.error == "llmcore: twice: there is no quiz item of level 5. Leave --level out.\n"


def test_the_same_seed_asks_the_same_items_in_the_same_order(program: SmallProgram) -> None:
    def asked(seed: str) -> list[str]:
        out = program.run("quiz", "--level", "1", "--seed", seed, typed="\n" * 9)
        return [line for line in out.splitlines() if line in ALL_RIGHT]

    orders = {seed: asked(seed) for seed in map(str, range(6))}
    assert asked("3") == orders["3"]
    assert len({tuple(order) for order in orders.values()}) > 1
    assert all(len(order) == 3 for order in orders.values())


def test_the_end_of_input_keeps_what_was_answered(program: SmallProgram) -> None:
    out = program.run("quiz", "--module", "twice", "--seed", "2", typed="\n")
    assert "The round was not finished; what you answered is kept." in out
    assert len(program.events("quiz")) == 1
    assert program.events("quiz_round")[0].body["finished"] is False


def test_what_cannot_be_an_answer_is_asked_again(program: SmallProgram) -> None:
    out = program.run("quiz", "--level", "2", "--seed", "2", typed="many\n\n")
    assert "“many” is not a number" in out
    assert [event.body["given"] for event in program.events("quiz")] == [""]


def test_in_chinese(program: SmallProgram) -> None:
    out = program.run("quiz", "--level", "2", "--seed", "2", "--lang", "zh", typed="很多\n1\n")
    assert "第 1 / 1 题：翻倍，数值。" in out
    assert "（以 GB 为单位，误差在 1% 以内算对）" in out
    assert "“很多” 不是数" in out
    assert "第 1 天的检查点：测验 0% / 80%" in out


def test_json_has_the_marks_and_the_checkpoint_and_nothing_else_on_standard_output(
    program: SmallProgram,
) -> None:
    found = program.json("quiz", "--module", "twice", "--level", "1", "--seed", "1", typed="\n" * 3)
    assert (found["modules"], found["asked"], found["right"], found["finished"]) == (["twice"], 3, 0, True)
    assert {wrong["item"] for wrong in found["wrong"]} == {"twice.q.choice", "twice.q.typed", "twice.q.order"}
    assert found["checkpoint"]["day"] == 1
    assert [part["name"] for part in found["checkpoint"]["parts"]] == [
        "quiz",
        "predictions",
        "cards",
        "timed",
    ]
    assert "Question 1 of 3" in program.error


def test_code_runs_in_the_worker_against_the_hidden_cases(home: Path, tmp_path: Path) -> None:
    deck = write_deck(tmp_path / "deck")
    ended = subprocess.run(
        [sys.executable, str(SCRIPT), str(deck), "quiz", "--module", "twice", "--level", "3"],
        input="def twice(x):\n    import os\n    return x + x\n.\n",
        env=environment(home),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "All 2 hidden cases hold." in ended.stdout
    assert "1 of 1 right (100%)." in ended.stdout
