"""What a typed line means, under a question and under an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_tui.study.plain.command import Command, read_question, read_revealed
from llmcore_tui.study.question import Takes


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("", Command("")),
        ("  ", Command("")),
        ("t", Command("t")),
        ("t bias falls", Command("t", "bias falls")),
        ("p", Command("p")),
        ("p 3.5", Command("p", "3.5")),
        ("3.5", Command("predict", "3.5")),
        ("−3", Command("predict", "−3")),
        ("约3倍", Command("predict", "约3倍")),
        ("１２％", Command("predict", "１２％")),
        ("d", Command("d")),
        ("e typo in the formula", Command("e", "typo in the formula")),
        ("bias falls", Command("answer", "bias falls")),
        ("so it falls", Command("answer", "so it falls")),
        ("大", Command("answer", "大")),
        ("?", Command("?")),
        ("z", Command("unknown", "z")),
    ],
)
def test_a_line_under_a_question(line: str, command: Command) -> None:
    assert read_question(line, "words", predicts=True) == command


@pytest.mark.parametrize(
    ("line", "takes", "command"),
    [
        ("2", "option", Command("answer", "2")),
        ("9", "option", Command("answer", "9")),
        ("2.5 GB", "number", Command("answer", "2.5 GB")),
        ("abc", "number", Command("answer", "abc")),
        ("3.5", "words", Command("answer", "3.5")),
        ("V", "gap", Command("answer", "V")),
        ("q", "gap", Command("q")),
        ("5", "gap", Command("answer", "5")),
    ],
)
def test_a_line_where_nothing_is_predicted(line: str, takes: Takes, command: Command) -> None:
    assert read_question(line, takes, predicts=False) == command


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("3", Command("3")),
        (" 4 ", Command("4")),
        ("5", Command("unknown", "5")),
        ("", Command("")),
        ("p", Command("p")),
        ("n remember this", Command("n", "remember this")),
        ("good", Command("unknown", "good")),
    ],
)
def test_a_line_under_an_answer(line: str, command: Command) -> None:
    assert read_revealed(line) == command


@given(st.text(max_size=30), st.sampled_from(["words", "option", "gap", "number", "code"]), st.booleans())
def test_every_line_means_something_and_no_text_of_an_answer_is_lost(
    line: str, takes: Takes, predicts: bool
) -> None:
    command = read_question(line, takes, predicts=predicts)
    assert command.key or not line.strip()
    if command.key in ("answer", "predict", "unknown"):
        assert command.text == line.strip()
