"""Fillers, hedges and pace, in both languages, with the ordinary uses of the same words left alone."""

from __future__ import annotations

import time

import pytest

from llmcore_tui.interview.speech import Pace, counted, habits, length, pace


def said(text: str) -> list[str]:
    return [found.said for found in habits(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Um, it uses, you know, a critic.", ["um", "you know"]),
        ("It is, like, a baseline.", ["like"]),
        ("It's like, you know, noisy.", ["like", "you know"]),
        ("So basically it is sort of a mean.", ["basically", "sort of"]),
        ("I think maybe the variance grows.", ["i think"]),
        ("Maybe it falls, I guess, more or less.", ["maybe", "i guess", "more or less"]),
        ("I'm not sure, but probably zero.", ["i'm not sure", "probably"]),
        ("嗯，那个，就是说方差会变大。", ["嗯", "那个", "就是说"]),
        ("其实可能大概是零点九五，应该是这样。", ["其实", "可能", "大概", "应该是"]),
        ("我觉得好像不太确定，对吧？", ["我觉得", "好像", "不太确定", "对吧"]),
    ],
)
def test_a_filler_or_hedge_is_found(text: str, expected: list[str]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "It looks like a return, and I would like to show it.",
        "Do you know what you know? What kind of model is this kind of thing?",
        "This sort of update, and a kind of baseline.",
        "Critics are umbrella terms; she hums. The ER buffer.",
        "We think about the sum. One can think of it.",
        "那个模型不可能收敛，可能性很小。",
        "也就是说，这个价值就是回报的期望。",
        "先采样，然后更新，这样不会发散。",
        "所有可能的动作都要尽可能试一遍。",
    ],
)
def test_the_ordinary_use_of_the_same_word_passes(text: str) -> None:
    assert said(text) == []


def test_a_connecting_word_is_a_filler_only_when_it_comes_often() -> None:
    assert said("先采样，然后更新，然后评估，然后结束。") == ["然后"] * 3
    rare = "然后" + "我们用这一批数据估计优势并更新策略，" * 12
    assert said(rare * 3) == []


def test_each_is_counted_with_the_words_around_its_first_place() -> None:
    (um, maybe) = counted(
        ["We take, um, the mean.", "Um, and um, maybe more than that one here, as I said before."]
    )
    assert (um.habit, um.said, um.times, um.around) == ("filler", "um", 3, "We take, um, the mean.")
    assert (maybe.habit, maybe.times) == ("hedge", 1)
    assert maybe.around == "Um, and um, maybe more than that one…"


def test_what_stands_around_is_data_on_one_line() -> None:
    (found,) = habits("a\x1b[31m\u202e\numm, b")
    assert found.around == "a umm, b"


def test_the_pace_counts_words_and_chinese_characters() -> None:
    assert length("TD 误差 is 0.5 的") == 6
    assert pace("word " * 40, 20_000) == Pace(120, "words")
    assert pace("方差会变大" * 10, 15_000) == Pace(200, "characters")
    assert pace("GAE 在偏差和方差之间取舍" * 5, 60_000) == Pace(55, "characters")


@pytest.mark.parametrize(
    ("text", "elapsed_ms"), [("word " * 19, 20_000), ("word " * 40, 0), ("word " * 400, 5_000), ("", 1_000)]
)
def test_a_short_answer_and_a_pasted_one_have_no_pace(text: str, elapsed_ms: int) -> None:
    assert pace(text, elapsed_ms) is None


@pytest.mark.parametrize(
    "piece",
    [
        "\n",
        " ",
        "那个",
        "然后，",
        "you know ",
        "like,",
        ".",
        "a.",
        "i think ",
        "嗯呃",
        "from ",
        "就是，",
        "not ",
    ],
)
def test_no_answer_makes_it_slow(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    begun = time.process_time()
    habits(text)
    assert time.process_time() - begun < 8
