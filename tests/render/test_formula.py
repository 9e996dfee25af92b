"""Formulas in the terminal say what their LaTeX says, or are shown as LaTeX."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from llmcore_tui.render.formula import WIDEST, art, inline, problem
from llmcore_tui.render.latex import LONGEST
from llmcore_tui.render.width import cells

ROOT = Path(__file__).resolve().parents[2]

PRACTICE = {
    r"\gamma(1-\lambda)": "γ(1−λ)",
    r"\delta_t = r_t + \gamma V(s_{t+1}) - V(s_t)": "δₜ = rₜ+γV(sₜ₊₁)−V(sₜ)",
    r"\hat A_t=\sum_{l\ge 0}(\gamma\lambda)^l\delta_{t+l}": "Âₜ = ∑_{l≥0} (γλ)ˡδₜ₊ₗ",
    r"\pi_\theta(a \mid s)": "π_θ(a | s)",
    r"\pi_\theta V": "π_{θ}V",
    r"\pi_{\theta_{\text{old}}}": "π_{θ_{old}}",
    r"Q^*(s',a')": "Q*(s′, a′)",
    r"\frac{a+b}{2c}": "(a+b)/(2c)",
    r"\frac{1}{n}\sum_i x_i": "(1/n) ∑ᵢ xᵢ",
    r"\frac{1}{1+e^{-x}}": "1/(1+e⁻ˣ)",
    r"\beta\log\frac{\pi_\theta(y|x)}{\pi_{ref}(y|x)}": "β log(π_θ(y|x)/π_{ref}(y|x))",
    r"\left(\frac{a}{b}\right)^2": "(a/b)²",
    r"\frac{a}{b}^2": "(a/b)²",
    r"\sqrt{d_k}": "√dₖ",
    r"\sqrt{a+b}": "√(a+b)",
    r"\frac{\partial L}{\partial w}": "∂L/∂w",
    r"\mathbb{E}_{\pi}\left[G_t\right]": "𝔼_π[Gₜ]",
    r"D_{\mathrm{KL}}(p\,\|\,q)": "D_{KL}(p ‖ q)",
    r"\operatorname{clip}(r,1-\epsilon,1+\epsilon)": "clip(r, 1−ϵ, 1+ϵ)",
    r"\lVert x\rVert_2^2": "‖x‖₂²",
    r"x_V": "x_V",
    r"y_Y": "y_Y",
    r"x_\theta^2": "x_{θ}²",
    r"-1 \le x = -y": "−1 ≤ x = −y",
    r"2^{2^n}": "2^{2ⁿ}",
    r"\log x": "log x",
    r"a \not= b \notin C": "a ≠ b ∉ C",
    r"n!": "n!",
    r"-\frac{1-\gamma^{13}}{1-\gamma}": "−(1−γ¹³)/(1−γ)",
    r"\frac{2p}{p(1-p)}": "2p/(p(1−p))",
    r"\frac{\nabla\pi(a|s)}{\pi(a|s)}": "∇π(a|s)/π(a|s)",
    r"\frac{dJ}{d\theta}": "dJ/dθ",
    r"|\max_a f(a)-\max_a g(a)| \le |-x|": "|maxₐ f(a)−maxₐ g(a)| ≤ |−x|",
    r"\hat{{A}}": "Â",
    r"\overline{\mathrm{KL}}": "K\u0305L\u0305",
    r"\operatorname{arg\,max}_a": "arg maxₐ",
    r"\text{loss} \approx 0.5": "loss ≈ 0.5",
    r"\text{偏差} = 0": "偏差 = 0",
    r"\binom{n}{k} p^k": "binom(n, k) pᵏ",
    r"\dots, \cdots": "…, ⋯",
    r"10^{-3}": "10⁻³",
    r"\overline{XY}": "X\u0305Y\u0305",
    r"\mathcal{L}, \mathbf{x}, \mathbb{R}": "ℒ, 𝐱, ℝ",
}


@pytest.mark.parametrize(("latex", "line"), PRACTICE.items())
def test_what_practitioners_write_is_said_on_a_line(latex: str, line: str) -> None:
    assert inline(latex) == line


@pytest.mark.parametrize("latex", PRACTICE)
def test_what_practitioners_write_is_drawn(latex: str) -> None:
    assert problem(latex) is None
    assert "?" not in "".join(art(latex))


def test_fractions_sums_and_brackets_are_drawn_in_two_dimensions() -> None:
    latex = r"\hat g = \frac{1}{N}\sum_{t=0}^{T-1}\log\pi_\theta(a_t|s_t)\left(\frac{G_t}{2}\right)"
    assert art(latex) == (
        "     1 T−1             ⎛ Gₜ ⎞",
        "ĝ = ╶─╴ ∑ log π (aₜ|sₜ)⎜╶──╴⎟",
        "     N t=0     θ       ⎝ 2  ⎠",
    )


def test_a_sum_stands_alone_without_limits() -> None:
    assert art(r"\sum x") == ("∑ x",)


def test_letters_without_a_subscript_form_are_never_written_as_others() -> None:
    # TeXicode writes x_V as xᵥ, x_Y as xᵧ (gamma) and a^S as aˢ.
    assert art("x_V+y_Y+a^S") == ("           S", "x  + y  + a", " V    Y")


def test_several_operators_with_limits_keep_theirs() -> None:
    drawn = "\n".join(art(r"\max_a \sum_{s'} P(s'|s,a)\prod_i x_i"))
    assert drawn.count("∑") == 1
    assert "max" in drawn
    assert drawn.count("┰─┰") == 1


def test_chinese_in_a_formula_keeps_its_columns() -> None:
    top, bar, bottom = art(r"\frac{\text{偏差}}{x}")
    assert (top, bar, bottom) == (" 偏差", "╶────╴", "  x")


@pytest.mark.parametrize(
    "latex",
    [
        r"\foo{x}",
        r"x \stackrel{?}{=} y",
        r"\frac{a}",
        r"{a",
        r"a}",
        r"\left( a",
        r"x_1_2",
        r"x^1^2",
        r"\hat{AB}",
        r"\begin{tikz}x\end{tikz}",
        r"\text{a $b$ c}",
        r"\href{javascript:alert(1)}{x}",
        "a & b",
        "$",
        "\\",
        "",
        "   ",
        "x" * (LONGEST + 1),
        "{" * 5_000,
        r"\frac{" * 500,
    ],
)
def test_what_cannot_be_read_is_shown_as_latex_and_said_to_be_a_problem(latex: str) -> None:
    assert problem(latex)
    assert inline(latex).startswith("$")
    assert inline(latex).endswith("$")
    assert art(latex)[0].startswith("$")


def test_a_formula_wider_than_the_terminal_is_a_problem_and_its_source_is_wrapped() -> None:
    latex = " + ".join(f"x_{{{index}}}" for index in range(40))
    assert "columns wide" in (problem(latex) or "")
    assert all(cells(line) <= WIDEST for line in art(latex))
    assert "".join(art(latex)).startswith("$x_{0}")


def test_spaces_around_signs_are_left_out_before_a_formula_is_too_wide() -> None:
    latex = "+".join("abcdefgh" for _ in range(8))
    assert problem(latex) is None
    assert art(latex) == ("+".join(["abcdefgh"] * 8),)


@pytest.mark.parametrize(
    "latex",
    [
        r"\begin{cases} x & \text{if } x>0 \\ 0 & \text{else} \end{cases}",
        r"\begin{pmatrix}a&b\\c&d\end{pmatrix}",
    ],
)
def test_rows_and_columns_are_drawn_but_have_no_line(latex: str) -> None:
    assert problem(latex) is None
    assert len(art(latex)) == 2
    assert inline(latex).startswith("$")


WORDS = (
    r"a b x_ ^ { } \frac \sqrt \sum \log \pi _\theta ^2 + - = ( ) [ ] | \left( \right) \mid , . 0 1 ' \text{ok} \hat \; "
    r"\mathbb{E} \begin{cases} \end{cases} & \\ \, 中 \operatorname{clip} \prod \lim \max ^\star \binom ? ! \not"
)
PIECES = st.sampled_from(WORDS.split(" "))


@given(st.lists(PIECES, max_size=14).map(" ".join) | st.text(max_size=20))
def test_no_formula_raises_and_each_is_shown_safely(latex: str) -> None:
    assert (problem(latex) is not None) == art(latex)[0].startswith("$")
    for line in (*art(latex), inline(latex)):
        assert "\x1b" not in line
        assert "\n" not in line
    assert all(cells(line) <= WIDEST for line in art(latex))


LETTERS = {letter: 1.1 + 0.13 * index for index, letter in enumerate("abcxyzRTVγλπθδ")}
Valued = tuple[str, float]
"""A formula in LaTeX, and its value where each letter stands for a number."""


def _of_two(latex: str, value: Callable[[float, float], float]) -> Callable[[tuple[Valued, Valued]], Valued]:
    return lambda pair: (
        latex.replace("A", pair[0][0]).replace("B", pair[1][0]),
        value(pair[0][1], pair[1][1]),
    )


def _ratio(top: float, bottom: float) -> float:
    if abs(bottom) < 1e-6:
        reject()
    return top / bottom


LETTER = st.sampled_from(list(LETTERS.items()))
FORMULA = st.recursive(
    LETTER,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(_of_two(r"\frac{A}{B}", _ratio)),
        st.tuples(inner, inner).map(_of_two(r"\left(A+B\right)", lambda a, b: a + b)),
        st.tuples(inner, inner).map(_of_two(r"\left(A-B\right)", lambda a, b: a - b)),
        st.tuples(inner, inner).map(_of_two(r"\left(A\right)\left(B\right)", lambda a, b: a * b)),
        st.tuples(LETTER, inner).map(_of_two(r"A\frac{B}{2}", lambda a, b: a * b / 2)),
        st.tuples(inner, LETTER).map(_of_two(r"\frac{1}{A}\,B", lambda a, b: _ratio(b, a))),
        st.tuples(LETTER, LETTER).map(_of_two(r"A\sqrt{B}A", lambda a, b: a * b**0.5 * a)),
        st.tuples(inner, inner).map(
            _of_two(r"\frac{x\left(A\right)}{y(B+1)}", lambda a, b: _ratio(1.49 * a, 1.62 * (b + 1)))
        ),
        st.tuples(LETTER, inner).map(
            _of_two(r"A\sqrt{x(\left(B\right)^2+1)}", lambda a, b: a * math.sqrt(1.49 * (b * b + 1)))
        ),
        st.tuples(LETTER, LETTER).map(_of_two(r"A^{B}", lambda a, b: a**b)),
        st.tuples(LETTER, LETTER).map(_of_two(r"A^{-2B}", lambda a, b: a ** (-2 * b))),
        st.tuples(inner, LETTER).map(_of_two(r"\left(A\right)^2\cdot B", lambda a, b: a**2 * b)),
        st.tuples(inner, LETTER).map(_of_two(r"\sqrt{\left(A\right)^2+B}", lambda a, b: (a * a + b) ** 0.5)),
        st.tuples(inner, LETTER).map(_of_two(r"\left(\frac{A}{B}\right)^{3}", lambda a, b: (a / b) ** 3)),
    ),
    max_leaves=6,
)
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵃᵇᶜˣʸᶻᴿᵀⱽ", "0123456789−abcxyzRTV", strict=True))


class Reader:
    """Computes what a learner reads: sums of products, a fraction of two units, roots and powers of one."""

    def __init__(self, line: str) -> None:
        self.rest = line.replace(" ", "")

    def taken(self, sign: str) -> bool:
        found = self.rest.startswith(sign)
        self.rest = self.rest[len(sign) :] if found else self.rest
        return found

    def sum(self) -> float:
        value = -self.product() if self.taken("−") else self.product()
        while self.rest[:1] in ("+", "−"):
            value = (
                value + self.product() if self.taken("+") else value - (self.taken("−"), self.product())[1]
            )
        return value

    def product(self) -> float:
        value = self.power()
        while self.rest and self.rest[0] not in "+−)}":
            if self.taken("/"):
                value /= self.power()
                assert not self.rest or self.rest[0] in "+−)}", "a factor after a fraction belongs to nobody"
            else:
                self.taken("·")
                value *= self.power()
        return value

    def power(self) -> float:
        base = self.unit()
        raised = ""
        while self.rest[:1] in _RAISED:
            raised, self.rest = raised + _RAISED[self.rest[0]], self.rest[1:]
        if raised:
            return math.pow(base, Reader(raised).sum())
        if self.taken("^{"):
            exponent = self.sum()
            assert self.taken("}")
            return math.pow(base, exponent)
        if self.taken("^"):
            exponent, self.rest = LETTERS[self.rest[0]], self.rest[1:]
            return math.pow(base, exponent)
        return base

    def unit(self) -> float:
        if self.taken("√"):
            return math.sqrt(self.power())
        if self.taken("("):
            value = self.sum()
            assert self.taken(")")
            return value
        first, self.rest = self.rest[0], self.rest[1:]
        return float(first) if first.isdigit() else LETTERS[first]


@given(FORMULA)
def test_a_line_computes_to_the_same_value_as_its_latex(formula: Valued) -> None:
    latex, value = formula
    reader = Reader(inline(latex))
    assert reader.sum() == pytest.approx(value, rel=1e-9)
    assert reader.rest == ""


def test_many_threads_draw_the_same() -> None:
    formulas = [rf"\frac{{a_{index}}}{{\sqrt{{b}}}}+\sum_{{i={index}}}^{{n}} x_i" for index in range(60)]
    alone = [art.__wrapped__(latex) for latex in formulas]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(art.__wrapped__, formulas)) == alone


def _deck_formulas() -> list[str]:
    from llmcore_tui.content.slots import formulas_in

    found: dict[str, None] = {}
    for file in sorted(ROOT.glob("cards/*/*.yaml")) + sorted(ROOT.glob("quizzes/*/*.yaml")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if named := re.match(r"\s*formula: '(.*)'\s*$", line):
                found[named[1].replace("''", "'")] = None
            elif "\\\\" not in line:
                found.update(dict.fromkeys(formulas_in(line)))
    for file in sorted(ROOT.glob("demos/*.py")):
        found.update(
            dict.fromkeys(re.findall(r'FORMULA = \(?\s*r"([^"]*)"', file.read_text(encoding="utf-8")))
        )
    return list(found)


def test_every_formula_of_the_built_in_deck_is_drawn() -> None:
    formulas = _deck_formulas()
    assert len(formulas) > 20
    assert {latex: problem(latex) for latex in formulas if problem(latex)} == {}
