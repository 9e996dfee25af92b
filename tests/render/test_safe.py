"""Text from outside reaches the terminal as data."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_tui.render.safe import one_line, safe

NASTY = st.text(
    st.sampled_from(
        "aB1 \n\t\r\x00\x07\x08\x1b[]PX^_;m?0123\\\x7f\x80\x85\x90\x98\x9b\x9c\x9d\x9e\x9f\u202e\u2066\u200b\u200d"
        "\u200c\u200f\ufeff\u061c\ufdd0\ufdd1\ud800\udfff\u0301\u0302\u20d7\ufe0f👩👧é中，\u2028"
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[H\x1b]0;title\x07text", "text"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;c2VjcmV0\x07after", "after"),
        ("a\x1bPq#0;2;0;0;0#0~~@@\x1b\\b", "ab"),
        ("a\x9b31mb\x9d0;t\x9cc", "abc"),
        ("\x1bc reset \x1b(B", " reset "),
        ("no end \x1b]0;this stays readable", "no end 0;this stays readable"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\tb", "a    b"),
        ("abc\u202ecba\u202c \u2066x\u2069", "abccba x"),
        ("pass\u200bword\u00ad\ufeff", "password"),
        ("half \ud83d surrogate", "half \ufffd surrogate"),
        ("[red]markup[/red] stays", "[red]markup[/red] stays"),
        ("👩\u200d👧 and x\u200dy", "👩\u200d👧 and xy"),
        ("Z" + "\u0301" * 50 + "algo", "Z\u0301\u0301\u0301algo"),
        ("中文，English λ ≤ ∞ Â", "中文，English λ ≤ ∞ Â"),
    ],
)
def test_what_a_terminal_would_obey_is_taken_out(raw: str, shown: str) -> None:
    assert safe(raw) == shown


@given(NASTY)
def test_nothing_that_controls_reorders_or_hides_is_left(text: str) -> None:
    shown = safe(text)
    assert all(
        character == "\n"
        or character == "\u200d"
        or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
        for character in shown
    )
    shown.encode("utf-8")


@given(NASTY | st.text(max_size=60))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert safe(safe(text)) == safe(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S"], max_codepoint=0x2FFF), max_size=40))
def test_letters_numbers_punctuation_and_symbols_stay(text: str) -> None:
    hidden = re.compile("[\u034f\u115f\u1160\u2800-\u2800\u17b4\u17b5]")
    assert hidden.sub("", safe(text)) == hidden.sub("", text)


@pytest.mark.parametrize("opening", ["\x1b]", "\x9d", "\x1b[", "\x9b", "\x1bP", "\u0301", "\x1b[0;"])
def test_an_opening_without_an_end_costs_linear_time(opening: str) -> None:
    started = time.process_time()
    safe(opening * 100_000)
    assert time.process_time() - started < 2


@given(st.text(max_size=60))
def test_a_title_is_one_line(text: str) -> None:
    assert "\n" not in one_line(text)
    assert "  " not in one_line(text)
