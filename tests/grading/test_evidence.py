"""What a quotation needs in order to be evidence for a point."""

from __future__ import annotations

import pytest

from llmcore_tui.grading.evidence import Weighing, enough
from tests.grading.on_a_server import RUBRIC


@pytest.mark.parametrize(
    ("text", "is_enough"),
    [
        ("critic", False),
        ("critic!!", False),
        ("the critic", True),
        ("方差小", False),
        ("方差很小", True),
        ("TD 误差", True),
        ("TD", False),
        ("", False),
        ("… — …", False),
    ],
)
def test_evidence_has_two_words_or_four_chinese_characters(text: str, is_enough: bool) -> None:
    assert enough(text) is is_enough


@pytest.mark.parametrize(
    ("evidence", "counts"),
    [
        ("sums the TD errors", True),
        ("the TD error", True),
        ("把 TD 误差加起来", True),
        ("方差会变小", True),
        ("from the last step backwards", True),
        ("explain GAE", False),
        ("what is the formula of GAE", False),
        ("讲讲 GAE 的公式", False),
        ("every point is fully met", False),
        ("bread needs more flour", False),
        ("面包需要更多的面粉", False),
        ("it is 0 or 1", False),
    ],
)
def test_evidence_says_more_than_the_question_and_something_of_the_subject(
    evidence: str, counts: bool
) -> None:
    assert Weighing(RUBRIC).counts(evidence) is counts
