"""Text is measured, wrapped and clipped in terminal cells."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from llmcore_tui.render.safe import safe
from llmcore_tui.render.width import NEVER_FIRST, NEVER_LAST, cells, clip, graphemes, line_ranges, pad, wrap

MIXED = st.text(st.sampled_from("abcGAE -λ0.5，。（）“”：方差上升Â👩\u200d\u0302"), max_size=60).map(safe)


def test_chinese_counts_two_cells_and_an_accent_none() -> None:
    assert [cells(text) for text in ("abc", "方差", "A\u0302", "λ≤1", "👩\u200d👧")] == [3, 4, 1, 3, 2]


def test_english_words_stay_whole_and_chinese_breaks_between_characters() -> None:
    text = "GAE 的 λ 越大，采样回报的权重越高：偏差下降，方差上升。With an exact critic there is no bias."
    assert wrap(text, 24) == [
        "GAE 的 λ 越大，采样回报",
        "的权重越高：偏差下降，方",
        "差上升。With an exact",
        "critic there is no bias.",
    ]


def test_punctuation_begins_no_line_and_an_opening_bracket_ends_none() -> None:
    assert wrap("采样回报（方差），", 10) == ["采样回报", "（方差），"]
    assert wrap("一二三四，五", 8) == ["一二三", "四，五"]
    assert wrap("一二三（四）", 8) == ["一二三", "（四）"]


def test_a_compound_word_breaks_at_its_hyphen_and_a_minus_sign_does_not() -> None:
    assert wrap("on-policy", 5) == ["on-", "polic", "y"]
    assert wrap("at x=-1 now", 6) == ["at", "x=-1", "now"]


def test_a_word_longer_than_a_line_is_broken_and_an_accent_stays_on_its_letter() -> None:
    assert wrap("A\u0302" * 5, 2) == ["A\u0302A\u0302", "A\u0302A\u0302", "A\u0302"]


def test_indents_count_and_newlines_and_blank_lines_stay() -> None:
    assert wrap("one two three\n\nfour", 8, first="• ", rest="  ") == [
        "• one",
        "  two",
        "  three",
        "",
        "  four",
    ]


def test_a_no_break_space_holds_two_words_and_is_written_as_a_space() -> None:
    assert wrap("let x\u00a0=\u00a01 be", 7) == ["let", "x = 1", "be"]


@given(MIXED, st.integers(2, 30))
def test_every_line_fits_unless_one_character_alone_is_too_wide(text: str, width: int) -> None:
    for line in wrap(text, width):
        assert cells(line) <= width or len(graphemes(line)) == 1


@given(MIXED, st.integers(2, 30))
def test_wrapping_loses_nothing_but_spaces(text: str, width: int) -> None:
    assert "".join(wrap(text, width)).replace(" ", "") == text.replace(" ", "")


@given(MIXED, st.integers(2, 30))
def test_the_ranges_of_lines_follow_one_another(text: str, width: int) -> None:
    ranges = line_ranges(text, width)
    places = [place for pair in ranges for place in pair]
    assert places == sorted(places)
    assert all(0 <= start <= end <= len(text) for start, end in ranges)


@given(st.text(st.sampled_from("方差上升，。（）"), min_size=1, max_size=30), st.integers(8, 30))
def test_chinese_lines_follow_the_rules_of_punctuation(text: str, width: int) -> None:
    lines = wrap(text, width)
    for before, after in pairwise(lines):
        good_break_exists = any(
            before[index] not in NEVER_FIRST and before[index - 1] not in NEVER_LAST
            for index in range(1, len(before))
        )
        if good_break_exists:
            assert after[0] not in NEVER_FIRST
            assert before[-1] not in NEVER_LAST


def test_padding_and_clipping_count_cells() -> None:
    assert pad("方差", 6) == "方差  "
    assert pad("方差", 6, "right") == "  方差"
    assert pad("方差", 7, "centre") == " 方差  "
    assert clip("方差上升", 6) == "方差…"
    assert clip("方差上升", 5) == "方差…"
    assert clip("abc", 3) == "abc"
    assert clip("A\u0302B\u0302C", 2) == "A\u0302…"


@given(MIXED, st.integers(0, 20))
def test_a_clipped_text_fits_and_a_padded_one_fills(text: str, width: int) -> None:
    assert cells(clip(text, width)) <= width
    assert cells(pad(text, width)) == width
