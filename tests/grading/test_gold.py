"""The offline marker on the gold answers: what it must not fall below, and what never happens."""

from __future__ import annotations

from collections import Counter

import pytest

from llmcore_tui.grading.mark import Flag, Verdict
from llmcore_tui.grading.offline import OfflineMarker
from tests.grading.conftest import Gold

KINDS = {"full", "terse", "partial", "wrong_number", "negated", "off_topic", "stuffed"}


def agreement(rows: list[Gold]) -> float:
    """The share of points with the verdict that people gave."""
    marker = OfflineMarker()
    hits = [
        row.verdicts[point.id] == point.verdict
        for row in rows
        for point in marker.mark(row.answer, row.rubric).points
    ]
    return sum(hits) / len(hits)


def test_every_question_has_every_kind_of_answer_in_both_languages(gold: dict[str, list[Gold]]) -> None:
    rows = [row for part in gold.values() for row in part]
    counts = Counter(row.id.rsplit("/", 2)[0] for row in rows)
    assert len(counts) == 18 + 8
    assert set(counts.values()) == {2 * len(KINDS)}
    assert {row.kind for row in rows} == KINDS
    for row in rows:
        assert list(row.verdicts) == [point.id for point in row.rubric.points], row.id
        assert set(row.verdicts.values()) <= set(Verdict), row.id


@pytest.mark.parametrize(("part", "least"), [("seen", 0.84), ("unseen", 0.81), ("alignment", 0.79)])
def test_verdicts_agree_with_people_as_often_as_published(
    gold: dict[str, list[Gold]], part: str, least: float
) -> None:
    assert agreement(gold[part]) >= least


@pytest.mark.parametrize(("part", "least"), [("seen", 0.5), ("unseen", 0.5), ("alignment", 0.3)])
def test_full_answers_are_never_gated_to_nothing(
    gold: dict[str, list[Gold]], part: str, least: float
) -> None:
    marker = OfflineMarker()
    for row in gold[part]:
        if row.kind in ("full", "terse"):
            mark = marker.mark(row.answer, row.rubric)
            assert (mark.coverage or 0) >= least, row.id


def test_lists_of_key_words_earn_nothing_and_are_called_so(gold: dict[str, list[Gold]]) -> None:
    marker = OfflineMarker()
    for row in (row for part in gold.values() for row in part):
        if row.kind == "stuffed":
            mark = marker.mark(row.answer, row.rubric)
            assert (mark.coverage, mark.flags) == (0.0, (Flag.KEY_WORDS,)), row.id


def test_what_decided_a_verdict_stands_in_the_answer_word_by_word(gold: dict[str, list[Gold]]) -> None:
    marker = OfflineMarker()
    for row in gold["seen"]:
        for point in marker.mark(row.answer, row.rubric).points:
            assert point.evidence in row.answer
            assert bool(point.evidence) == (point.verdict is not Verdict.MISSED)
