"""One spelling for one thing: width, invisible characters, look-alikes, mark-up, Greek letters and LaTeX are evened out.

What a person sees as the same text is the same text here; `normal` is idempotent and never fails.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_REMEMBERED = 4000
"""Longer texts are answers, read once."""
_ESCAPES = re.compile(
    r"(?:\x1b[PX\]^_]|[\x90\x98\x9d-\x9f])[^\x00-\x06\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]"
)
_MARKUP = re.compile(r"\[/?[a-z]+(?: [a-z]+)*\]|\[/\]|</?[a-z]+/?>", re.IGNORECASE)
_CLOSING = re.compile(r"\[/[a-z ]*\]|</[a-z]+>", re.IGNORECASE)
_LATEX_WRAPPERS = re.compile(
    r"\\(?:hat|bar|tilde|vec|mathbf|mathrm|mathbb|mathcal|operatorname|text|boldsymbol)\b"
)
_LETTERS = {
    "A": "advantage",
    "V": "value",
    "Q": "q_value",
    "R": "reward",
    "G": "return",
    "E": "expectation",
    "J": "objective",
}
_LETTER = re.compile(r"(?<![A-Za-z0-9_])([AVQRGEJ])(?=\s*[_^(\[=*+\-:'|,.;)，。；：、\u4e00-\u9fff]|\s|$)")
_AFTER_A = tuple("_^(=*+-:")
_INDEX = re.compile(r"(_\s*[tikl])\s*[+-]\s*\d+(?![\d.])")
"""A step's number in a subscript, `δ_{t+1}`: which step it is, no number of the subject."""
_PRODUCT = re.compile(r"\b(gamma)\s*[*·]?\s*(lambda)\b")
"""γλ, the one factor that it is in every formula."""
_LATEX_WORD = re.compile(r"\\([a-zA-Z]+)")
_MIXED_WORD = re.compile(r"\w+")
_LATEX = {
    "cdot": "*", "times": "*", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "infty": "infinity", "to": "->",
    "nabla": "grad", "frac": " ", "left": " ", "right": " ", "quad": " ", "sum": "sum", "prod": "product", "ll": "<<",
    "approx": "=", "neq": "!=", "ne": "!=", "propto": "proportional", "mid": "|", "partial": "d", "sqrt": "sqrt",
}  # fmt: skip
_SYMBOLS = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "ϕ": "phi",
    "ψ": "psi", "ω": "omega", "∑": "sum", "∇": "grad", "∞": "infinity", "≈": "=", "≤": "<=", "≥": ">=", "≠": "!=",
    "×": "*", "·": "*", "−": "-", "–": "-", "—": "-", "→": "->", "⇒": "->", "↑": "increases", "↓": "decreases", "√": "sqrt", "∝": "proportional",
    "′": "'", "’": "'", "‘": "'", "“": '"', "”": '"', "ˆ": "",
}  # fmt: skip
_LOOKALIKE = str.maketrans("аеорсухіјѕԁһԛԝвкмнтАВЕКМНОРСТУХІЈЅο", "aeopcyxijsdhqwbkmhtABEKMHOPCTYXIJSo")


def normal(text: str) -> str:
    """The text in its one spelling: lower case, half width, mark-up and invisible characters gone, formulas in words."""
    return _remembered(text) if len(text) <= _REMEMBERED else _normal(text)


@lru_cache(maxsize=8192)
def _remembered(text: str) -> str:
    return _normal(text)


def _normal(text: str) -> str:
    text = _ESCAPES.sub("", text)
    text = unicodedata.normalize("NFKC", text)
    text = text.translate({ord(char): _seen(char) for char in set(text)})
    if _CLOSING.search(text):
        text = _MARKUP.sub("", text)
    text = _MIXED_WORD.sub(_latin, text)
    text = _LATEX_WRAPPERS.sub("", text)
    text = _LATEX_WORD.sub(_latex, text)
    text = _LETTER.sub(_letter, text)
    for symbol, word in _SYMBOLS.items():
        if symbol in text:
            text = text.replace(symbol, f" {word} " if word.isalpha() else word)
    text = text.casefold().replace("$", " ").replace("{", " ").replace("}", " ")
    return _PRODUCT.sub(r" \1\2 ", _INDEX.sub(r"\1", text))


def _seen(char: str) -> str:
    """The character, or what is left of one that shows nothing: white space is a space, controls are gone."""
    category = unicodedata.category(char)
    if char in "\n\r\t" or category in ("Zs", "Zl", "Zp"):
        return "\n" if char in "\n\r\u2028\u2029" else " "
    return "" if category in ("Cc", "Cf", "Cs", "Co", "Cn") else char


def _latin(word: re.Match[str]) -> str:
    """A Latin word in which a Cyrillic or Greek letter was put for one that looks the same."""
    found = word[0]
    if found.isascii() or not any("a" <= char <= "z" or "A" <= char <= "Z" for char in found):
        return found
    return found.translate(_LOOKALIKE)


def _letter(symbol: re.Match[str]) -> str:
    """The name of a quantity that stands as one capital letter: `V(s)`, `A = Q - V`; an article `A` stays a word."""
    return (
        f" {_LETTERS[symbol[1]]} "
        if symbol[1] != "A" or symbol.string[symbol.end() :].lstrip()[:1] in _AFTER_A
        else "A"
    )


def _latex(command: re.Match[str]) -> str:
    return f" {_LATEX.get(command[1], command[1])} "
