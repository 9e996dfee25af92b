from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_tui.content.slots import fill, formulas_in, slots_in, stray_brace, without_formulas
from llmcore_tui.errors import LlmcoreError


def test_slots_are_filled_and_formulas_are_left_alone() -> None:
    text = r"At {lam} it is {ratio} times, $\frac{a}{b}^{lam}$, $$\sum_{t}{lam}$$ and {{braces}}."
    assert slots_in(text) == {"lam", "ratio"}
    assert fill(text, {"lam": "0.95", "ratio": "4.2"}) == (
        r"At 0.95 it is 4.2 times, $\frac{a}{b}^{lam}$, $$\sum_{t}{lam}$$ and {braces}."
    )


def test_a_value_that_looks_like_a_slot_is_not_filled_again() -> None:
    assert fill("{a}{b}", {"a": "{b}", "b": "$x$"}) == "{b}$x$"


def test_an_escaped_dollar_opens_no_formula() -> None:
    text = r"It costs \${price} and \$ {more}."
    assert slots_in(text) == {"price", "more"}
    assert list(formulas_in(text)) == []


def test_formulas_are_found_without_their_dollars_over_several_lines() -> None:
    assert list(formulas_in("a $x$ b $$\n\\frac{1}{2}\n$$ c $y_{t}$")) == ["x", "\\frac{1}{2}", "y_{t}"]
    assert without_formulas("a $1$ b") == "a   b"


def test_a_missing_value_is_one_clear_line() -> None:
    with pytest.raises(LlmcoreError, match=r"slot \{lam\}"):
        fill("{lam}", {})


@pytest.mark.parametrize("text", ["{Bad}", "a { b", "a } b", "{}", "{two words}", "{1a}"])
def test_a_brace_of_no_slot_is_found(text: str) -> None:
    assert stray_brace(text)


@pytest.mark.parametrize("text", ["", "{good_1}", "{{x}}", "$\\frac{1}{2}$", "{{ {a} }}"])
def test_slots_doubled_braces_and_formulas_have_no_stray_brace(text: str) -> None:
    assert not stray_brace(text)


@given(st.text(alphabet="ab{}$ \\", max_size=30))
def test_filling_with_all_slots_never_fails_and_leaves_none(text: str) -> None:
    filled = fill(text, dict.fromkeys(slots_in(text), "V"))
    assert filled.count("V") >= len(slots_in(text))
