"""The four parts of a project story: found with the sentence that shows them, or not found."""

from __future__ import annotations

import time

import pytest

from llmcore_tui.grading.mark import Flag, Verdict
from llmcore_tui.interview.sentences import sentences
from llmcore_tui.interview.star import mark

ENGLISH = (
    "Last year I was working at my company on a ranking model.",
    "My task was to cut the latency of serving to under 50 ms.",
    "I profiled the pipeline and rewrote the tokenizer.",
    "As a result latency fell from 80 ms to 35 ms.",
)
CHINESE = (
    "去年我在一家公司实习，项目是做搜索排序。",
    "目标是把延迟降到 50 毫秒以内。",
    "我先用 profiler 定位热点，又重写了分词。",
    "最终延迟从 80 毫秒降到 35 毫秒。",
)
PARTS = ("situation", "task", "action", "result")


def found(text: str) -> dict[str, str]:
    """The parts that are found, each with its sentence."""
    return {point.id: point.evidence for point in mark(text).points if point.verdict is Verdict.MET}


@pytest.mark.parametrize("sentences_", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_a_whole_story_has_its_four_parts_each_with_its_sentence(sentences_: tuple[str, ...]) -> None:
    assert found(" ".join(sentences_)) == dict(zip(PARTS, sentences_, strict=True))


@pytest.mark.parametrize("sentences_", [ENGLISH, CHINESE], ids=["en", "zh"])
@pytest.mark.parametrize("missing", range(4), ids=PARTS)
def test_a_part_that_is_left_out_is_not_found(sentences_: tuple[str, ...], missing: int) -> None:
    told = " ".join(each for place, each in enumerate(sentences_) if place != missing)
    assert PARTS[missing] not in found(told)


@pytest.mark.parametrize(
    "text",
    [
        "We rewrote the tokenizer and the team profiled it.",
        "I was on the team. I had a plan. I think it was fine.",
        "我们重写了分词，大家一起定位了热点。",
    ],
)
def test_an_action_is_in_the_first_person(text: str) -> None:
    assert "action" not in found(text)


@pytest.mark.parametrize(
    "text", ["As a result latency fell a lot.", "最终延迟降低了很多。", "It had 80 layers and a bug."]
)
def test_a_result_has_a_number_and_says_what_became_of_it(text: str) -> None:
    assert "result" not in found(text)


def test_asked_for_one_part_alone_a_short_answer_will_do() -> None:
    assert [point.evidence for point in mark("35 ms in place of 80.", ["result"]).points] == [
        "35 ms in place of 80."
    ]
    assert [point.verdict for point in mark("much better", ["result"]).points] == [Verdict.MISSED]
    assert [point.evidence for point in mark("I rewrote it.", ["action"]).points] == ["I rewrote it."]


def test_there_is_no_score() -> None:
    for text in ("", " ".join(ENGLISH)):
        assert mark(text).coverage is None
    assert mark(" \n").flags == (Flag.EMPTY,)


def test_sentences_are_verbatim_and_numbers_are_not_torn() -> None:
    text = "It fell by 0.5. Then \u201cwhy?\u201d I asked!\n- a line\n结果很好；我们上线了。"
    assert sentences(text) == [
        "It fell by 0.5.",
        "Then \u201cwhy?\u201d I asked!",
        "- a line",
        "结果很好；",
        "我们上线了。",
    ]
    assert all(each in text for each in sentences(text))


@pytest.mark.parametrize(
    "piece", ["\n", ".", "i then also ", "我先又还", "from ", "从", "我于是然后", "a. ", "1", "?!"]
)
def test_no_answer_makes_it_slow(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    begun = time.process_time()
    mark(text)
    assert time.process_time() - begun < 8
