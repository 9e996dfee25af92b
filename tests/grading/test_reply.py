"""What is believed of a model's reply: whole, known and seen in the answer, or not at all."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_tui.grading.mark import PointMark, Verdict, WrongMark
from llmcore_tui.grading.quoting import quotable
from llmcore_tui.grading.reply import LONGEST_REPLY, LONGEST_SURE, Reading, read
from tests.grading.on_a_server import ANSWER, DISCOUNT, RUBRIC

SUM = "sums up the TD errors"
ROWS = [
    {"id": "formula", "evidence": SUM, "verdict": "met"},
    {"id": "zero", "evidence": "low variance but the bias of the critic", "verdict": "partial"},
    {"id": "backwards", "evidence": "", "verdict": "missed"},
]
READ = (
    PointMark("formula", Verdict.MET, SUM),
    PointMark("zero", Verdict.PARTIAL, "low variance but the bias of the critic"),
    PointMark("backwards", Verdict.MISSED),
)
REPLY = json.dumps({"points": ROWS, "misconceptions": []})


def of(reply: str, answer: str = ANSWER) -> Reading:
    return read(reply, RUBRIC, quotable(answer))


def with_row(number: int, **changes: Any) -> str:
    return json.dumps(
        {"points": [{**row, **(changes if at == number else {})} for at, row in enumerate(ROWS)]}
    )


@pytest.mark.parametrize(
    "reply",
    [
        REPLY,
        json.dumps({"points": ROWS[::-1]}),
        f"```json\n{REPLY}\n```",
        f"Here {{it}} is:\n{REPLY}\nGood luck {{}}!",
        f"<think>{REPLY.replace('missed', 'met')}</think>{REPLY}",
        f"{REPLY.replace('missed', 'met')} no, wait.</think>\n{REPLY}",
        f"<THINKING>\nhm {{\n</THINKING>\n{REPLY}",
        f"{REPLY}\n\n{REPLY}",
        json.dumps({"points": [*ROWS, {"id": "charm", "evidence": "", "verdict": "great"}]}),
        json.dumps({"score": 10, "coverage": "0.9", "points": ROWS, "misconceptions": None}),
        REPLY.replace('"missed"', '" Missed "'),
        REPLY.replace('"evidence": ""', '"evidence": null'),
        REPLY.replace('"evidence": ""', '"score": NaN'),
        with_row(2, evidence="made up for a point that was missed"),
    ],
)
def test_a_reply_is_found_in_whatever_is_around_it(reply: str) -> None:
    assert of(reply) == Reading(READ)


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        ("", "no JSON object"),
        ("met, partial, missed", "no JSON object"),
        (REPLY[:-30], "no JSON object"),
        (f"<think>{REPLY}", "no JSON object"),
        ("[" * 100_000, "no JSON object"),
        ('{"a":' * 100_000, "no JSON object"),
        (json.dumps(ROWS), "no JSON object"),
        (f"{REPLY} {with_row(0, verdict='missed')}", "several different JSON objects"),
        ('{"points": {}}', "must be a list"),
        ('{"points": ["formula"]}', "Point 1 must be an object"),
        ('{"points": [{"id": 7}]}', "Point 1 must be an object"),
        ('{"points": []}', "These points are missing: formula, zero, backwards."),
        (json.dumps({"points": ROWS[:2]}), "These points are missing: backwards."),
        (json.dumps({"points": [*ROWS, ROWS[0]]}), "These points are given more than once: formula."),
        (with_row(1, verdict="7/10"), "The verdict must be one of met, partial, missed, contradicted: zero."),
        (with_row(1, verdict=None), "The verdict must be one of"),
        (with_row(1, verdict=["met"]), "The verdict must be one of"),
        (with_row(1, evidence=["low variance"]), "The evidence of point 2 must be a text."),
        (with_row(1, evidence=0.5), "The evidence of point 2 must be a text."),
        (with_row(1, id="Zero"), "These points are missing: zero."),
    ],
)
def test_what_is_wrong_with_a_reply_is_said_for_the_model(reply: str, problem: str) -> None:
    reading = of(reply)
    assert problem in reading.problem
    assert reading.points == ()


@pytest.mark.parametrize("verdict", ["met", "partial", "contradicted"])
@pytest.mark.parametrize("evidence", ["", "adds TD errors up", "sums up the TD error", "gamma times"])
def test_a_verdict_that_the_answer_does_not_bear_out_is_a_missed_point_to_look_at(
    verdict: str, evidence: str
) -> None:
    (first, *_) = of(with_row(0, verdict=verdict, evidence=evidence)).points
    expected = PointMark("formula", Verdict.MISSED, unsure=True)
    if evidence == "gamma times":
        expected = PointMark("formula", Verdict(verdict), "gamma times")
    assert first == expected


@pytest.mark.parametrize("evidence", ["errors", "What is the formula?", "Explain GAE"])
def test_a_word_or_the_questions_own_words_are_no_evidence(evidence: str) -> None:
    answer = f"What is the formula? Explain GAE, you say. {ANSWER}"
    (first, *_) = of(with_row(0, evidence=evidence), answer).points
    assert first == PointMark("formula", Verdict.MISSED, unsure=True)


def test_a_wrong_number_alone_may_contradict() -> None:
    (first, *_) = of(with_row(0, verdict="contradicted", evidence="0.5"), f"{ANSWER} Lambda is 0.5.").points
    assert first == PointMark("formula", Verdict.CONTRADICTED, "0.5")


def test_evidence_that_is_half_the_answer_is_to_be_looked_at() -> None:
    long = f"{ANSWER} {'It goes on and on. ' * 30}".strip()
    assert len(long) > LONGEST_SURE
    (first, *_) = of(with_row(0, evidence=long), long).points
    assert (first.verdict, first.unsure) == (Verdict.MET, True)


def test_backslashes_of_formulas_that_a_model_did_not_double_are_read() -> None:
    answer = "the sum of $(\\gamma\\lambda)^l\\delta$ over the TD errors"
    (first, *_) = of(REPLY.replace(SUM, r"$(\gamma\lambda)^l\delta$ over the TD errors"), answer).points
    assert first == PointMark("formula", Verdict.MET, r"$(\gamma\lambda)^l\delta$ over the TD errors")


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ([{"id": "is-discount", "evidence": DISCOUNT}], (WrongMark("is-discount", DISCOUNT),)),
        ([{"id": "is-discount", "evidence": "Lambda discounts"}], ()),
        ([{"id": "is-discount", "evidence": ""}], ()),
        ([{"id": "is-discount"}], ()),
        ([{"id": "is-discount", "evidence": "Lambda"}], ()),
        ([{"id": "other", "evidence": DISCOUNT}], ()),
        (["is-discount"], ()),
        ("is-discount", ()),
        (
            [{"id": "is-discount", "evidence": DISCOUNT}] * 3,
            (WrongMark("is-discount", DISCOUNT),),
        ),
    ],
)
def test_a_misconception_counts_once_and_only_where_it_was_said(
    given: object, wrong: tuple[WrongMark, ...]
) -> None:
    reading = of(json.dumps({"points": ROWS, "misconceptions": given}), f"{ANSWER} {DISCOUNT}")
    assert reading == Reading(READ, wrong)


def test_a_reply_made_to_be_slow_is_read_in_time() -> None:
    slow = (
        '{"points": [' * 9000,
        "{" * LONGEST_REPLY,
        '{"a": "\\' * 20_000,
        "<think>" * 20_000,
        "</think>" * 20_000,
    )
    for reply in slow:
        begun = time.process_time()
        assert of(reply).problem
        assert time.process_time() - begun < 2, reply[:20]


NAMES = st.sampled_from(["formula", "zero", "backwards", "is-discount", "other", ""])
EVIDENCE = st.sampled_from(["", SUM, "TD error", "made up", ANSWER, DISCOUNT]) | st.text(max_size=10)
VERDICTS = st.sampled_from([*map(str, Verdict), "great", "MET"]) | st.none() | st.integers()
ROW = st.fixed_dictionaries({"id": NAMES | st.none(), "evidence": EVIDENCE | st.none(), "verdict": VERDICTS})


@given(st.lists(ROW, max_size=5), st.lists(ROW, max_size=2), st.text(max_size=20))
def test_whatever_a_model_says_only_the_answers_words_are_evidence(
    points: list[Any], wrong: list[Any], around: str
) -> None:
    reading = of(around + json.dumps({"points": points, "misconceptions": wrong}))
    if reading.problem:
        assert reading == Reading(problem=reading.problem)
        return
    assert [point.id for point in reading.points] == ["formula", "zero", "backwards"]
    for point in reading.points:
        assert point.evidence in ANSWER
        assert bool(point.evidence) == (point.verdict is not Verdict.MISSED)


@given(st.text(max_size=200))
def test_no_text_is_too_strange_to_be_read(reply: str) -> None:
    assert of(reply).problem
