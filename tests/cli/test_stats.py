"""`llmcore stats`: numbers with a sentence of what to do, and JSON."""

from __future__ import annotations

from tests.cli.small_program import SmallProgram, program

__all__ = ["program"]


def test_an_empty_log_says_how_to_begin(program: SmallProgram) -> None:
    assert program.run("stats").splitlines() == [
        "Cards: 7; 7 new, 0 being learnt, 0 young, 0 mature (21 days and more).",
        "Retention: no review at an interval of a day or more yet.",
        "Forecast: nothing is scheduled yet.",
        "Predictions: none yet; predict a number before you look.",
        "Streak: none; one card today begins one.",
    ]


def test_after_some_days_every_number_has_its_sentence(program: SmallProgram) -> None:
    program.run("study", "--limit", "3", "--new", "3", typed="6\n\n4\n\n4\n\n4\n")
    for _ in range(3):
        program.clock.wait(days=12)
        program.run("study", "--new", "0", typed="7\n\n3\n\n3\n\n1\n")
    lines = program.run("stats").splitlines()
    assert lines[0].startswith("Cards: 7; 4 new,")
    # Three reviews at an interval of days, the last of them forgotten; what came back minutes later does not count.
    assert any(line.startswith("Retention, last 30 days: 66.7% of 3 reviews recalled;") for line in lines)
    assert "Too few reviews to judge by; go on." in lines
    assert any(line.startswith("Forecast, 30 days: ") for line in lines)
    assert any(line.startswith("Predictions: 1 of ") for line in lines)
    assert lines[-1] == "Streak: none; one card today begins one."


def test_in_chinese(program: SmallProgram) -> None:
    program.run("study", "--limit", "1", typed="6\n\n4\n")
    lines = program.run("stats", "--lang", "zh").splitlines()
    assert lines[0] == "卡片：7 张；新卡 6，学习中 0，较新 1，牢固（21 天以上）0。"
    assert lines[-1] == "连续学习 1 天，最长 1 天。"
    assert "预测：1 次中 1 次在容差内（100%）。" in lines


def test_json_counts_what_was_done(program: SmallProgram) -> None:
    program.run("study", "--limit", "2", typed="6\n\n4\n\n1\n")
    found = program.json("stats")
    assert (found["cards"], found["new"], found["reviews"]) == (7, 5, 2)
    assert found["ratings"] == {"again": 1, "hard": 0, "good": 0, "easy": 1}
    assert found["predictions"]["made"] == found["predictions"]["within"] == 1
    assert found["retention"]["share"] is None
    assert (found["streak"], [day["day"] for day in found["days"]]) == (1, ["2026-11-22"])
    assert len(found["forecast"]) == 30
