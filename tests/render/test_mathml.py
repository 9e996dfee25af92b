"""Formulas on a page are MathML that says what the terminal says."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_tui.render.formula import problem
from llmcore_tui.render.mathml import mathml
from tests.render.test_formula import PIECES, PRACTICE


def _texts(element: ElementTree.Element) -> str:
    return "".join(element.itertext())


@pytest.mark.parametrize("latex", PRACTICE)
def test_what_practitioners_write_is_well_formed_mathml(latex: str) -> None:
    tree = ElementTree.fromstring(mathml(latex, display=True))
    assert tree.tag == "math"
    assert tree.get("display") == "block"


def test_a_sum_has_its_limits_and_a_hat_its_letter() -> None:
    assert mathml(r"\hat A=\sum_{t=0}^{T}\gamma^t") == (
        '<math><mrow><mover accent="true"><mi>A</mi><mo stretchy="false">^</mo></mover><mo stretchy="false">=</mo>'
        '<munderover><mo movablelimits="true">∑</mo><mrow><mi>t</mi><mo stretchy="false">=</mo><mn>0</mn></mrow>'
        "<mi>T</mi></munderover><msup><mi>γ</mi><mi>t</mi></msup></mrow></math>"
    )


def test_a_number_is_one_number_and_a_word_one_word() -> None:
    assert mathml("0.95x") == "<math><mrow><mn>0.95</mn><mi>x</mi></mrow></math>"
    assert "<mtext>clip</mtext>" in mathml(r"\operatorname{clip}(x)")
    assert "<mtext>B/param</mtext>" in mathml(r"\mathrm{B/param}")


def test_alphabets_are_characters_since_browsers_read_no_mathvariant() -> None:
    page = mathml(r"\mathbb{E}, \mathbf{x}, \mathcal{L}")
    assert "mathvariant" not in page
    assert all(letter in page for letter in "𝔼𝐱ℒ")


def test_text_in_a_formula_is_escaped() -> None:
    page = mathml(r"\text{<script>alert(1)</script> & " "}")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_what_cannot_be_read_is_its_source() -> None:
    assert mathml(r"\foo{<b>}") == r'<code class="latex">$\foo{&lt;b&gt;}$</code>'


def test_a_matrix_has_brackets_and_rows() -> None:
    tree = ElementTree.fromstring(mathml(r"\begin{pmatrix}a&b\\c&d\end{pmatrix}"))
    assert len(tree.findall(".//mtr")) == 2
    assert _texts(tree) == "(abcd)"


@given(st.lists(PIECES, max_size=12).map(" ".join))
def test_every_formula_is_well_formed_and_is_source_only_where_it_cannot_be_read(latex: str) -> None:
    tree = ElementTree.fromstring(mathml(latex))
    if problem(latex) is None:
        assert tree.tag == "math"
