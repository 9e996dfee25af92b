"""A formula as MathML, from the same tree that the terminal draws, so that a page and a screen say the same.

Every character is escaped here; alphabets are characters (𝔼), since browsers no longer read `mathvariant`.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from html import escape

from llmcore_tui.render.formula import source
from llmcore_tui.render.latex import parse
from llmcore_tui.render.spacing import atom_kinds, gap
from llmcore_tui.render.symbols import Kind
from llmcore_tui.render.tree import Fenced, FormulaError, Fraction, Grid, Leaf, Node, Root, Row, Scripted

_ACCENTS = {
    "\u0300": "`", "\u0301": "´", "\u0302": "^", "\u0303": "~", "\u0304": "¯", "\u0305": "‾", "\u0306": "˘",
    "\u0307": "˙", "\u0308": "¨", "\u030a": "˚", "\u030c": "ˇ", "\u20d7": "→",
}  # fmt: skip
_FENCES = {
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "Bmatrix": ("{", "}"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"),
}
_WITH_LIMITS = frozenset({"∑", "∏", "∐", "⋃", "⋂", "⨁", "⨂", "⋁", "⋀", "⨀"})
_WORDS_WITH_LIMITS = frozenset({"max", "min", "lim", "sup", "inf", "argmax", "argmin", "lim sup", "lim inf"})
_THIN = '<mspace width="0.17em"></mspace>'
_CENTRED = frozenset({"matrix", "gathered", *_FENCES})


@lru_cache(maxsize=4_096)
def mathml(latex: str, *, display: bool = False) -> str:
    """The formula as a `math` element; its LaTeX source as code where it cannot be read."""
    try:
        inside = _row(parse(latex))
    except FormulaError:
        return f'<code class="latex">{escape(source(latex))}</code>'
    mode = ' display="block"' if display else ""
    return f"<math{mode}>{inside}</math>"


def _row(row: Row, *, tight: bool = False) -> str:
    items = row.items
    kinds = atom_kinds(list(items))
    shown = ""
    index = 0
    while index < len(items):
        item, kind = items[index], kinds[index]
        if index and _needs_thin_space(items[index - 1], kinds[index - 1], item, kind, tight):
            shown += _THIN
        if digits := _digits(items, index):
            shown += f"<mn>{digits}</mn>"
            index += len(digits)
            continue
        shown += _leaf(item, kind) if isinstance(item, Leaf) else _node(item)
        index += 1
    return f"<mrow>{shown}</mrow>" if len(items) != 1 else shown


def _needs_thin_space(last: Node, before: Kind, item: Node, after: Kind, tight: bool) -> bool:
    """Words are set apart by us; signs and relations have their spaces from the browser's table of operators."""
    if Kind.WORD not in (before, after) or _edge(last)[-1:] == " " or _edge(item)[:1] == " ":
        return False
    others = {before, after} - {Kind.WORD}
    if others & {Kind.BINARY, Kind.RELATION, Kind.PUNCTUATION, Kind.BIG}:
        return False
    if isinstance(item, Fenced) and item.left:
        return False
    return gap(before, after, tight=tight, loose_signs=True) > 0


def _edge(node: Node) -> str:
    return node.text if isinstance(node, Leaf) else ""


def _digits(items: tuple[Node, ...], start: int) -> str:
    """The digits and points of a number that begins here."""
    digits = ""
    for item in items[start:]:
        if not isinstance(item, Leaf) or not (item.text in "0123456789" or (item.text == "." and digits)):
            break
        digits += item.text
    return digits


def _leaf(leaf: Leaf, kind: Kind) -> str:
    text = leaf.text
    if leaf.kind is Kind.SPACE:
        return f'<mspace width="{0.17 if len(text) == 1 else 1.0 * len(text) / 2}em"></mspace>'
    if leaf.kind is Kind.WORD:
        if text in _WORDS_WITH_LIMITS:
            return f'<mo movablelimits="true" lspace="0" rspace="0">{escape(text)}</mo>'
        return f"<mtext>{escape(text.replace(' ', chr(0xA0)))}</mtext>"
    if leaf.kind is Kind.BINARY:
        form = "" if kind is Kind.BINARY else ' form="prefix"'
        return f"<mo{form}>{escape(text)}</mo>"
    if kind is Kind.BIG:
        limits = ' movablelimits="true"' if text in _WITH_LIMITS else ""
        return f"<mo{limits}>{escape(text)}</mo>"
    if kind is Kind.RELATION:
        space = ' lspace="0.28em" rspace="0.28em"' if text == "|" else ""
        return f'<mo stretchy="false"{space}>{escape(text)}</mo>'
    if kind in (Kind.OPEN, Kind.CLOSE):
        form = "prefix" if kind is Kind.OPEN else "postfix"
        return f'<mo form="{form}" stretchy="false">{escape(text)}</mo>'
    if kind is Kind.PUNCTUATION:
        return f'<mo separator="true">{escape(text)}</mo>'
    return _ordinary(text)


def _ordinary(text: str) -> str:
    parts = unicodedata.normalize("NFD", text)
    if len(parts) == 2 and parts[1] in _ACCENTS:
        return f'<mover accent="true"><mi>{escape(parts[0])}</mi><mo stretchy="false">{_ACCENTS[parts[1]]}</mo></mover>'
    if text.isdigit():
        return f"<mn>{escape(text)}</mn>"
    if all(unicodedata.category(character)[0] == "L" or character in "∞∂∇∅" for character in text):
        return f"<mi>{escape(text)}</mi>"
    return f'<mo stretchy="false" lspace="0" rspace="0">{escape(text)}</mo>'


def _node(node: Node) -> str:
    match node:
        case Leaf(_, kind):
            return _leaf(node, kind)
        case Row():
            return _row(node)
        case Scripted():
            return _scripted(node)
        case Fraction(top, bottom, bar):
            if bar:
                return f"<mfrac>{_row(top)}{_row(bottom)}</mfrac>"
            inside = f'<mfrac linethickness="0">{_row(top)}{_row(bottom)}</mfrac>'
            return f'<mrow><mo form="prefix">(</mo>{inside}<mo form="postfix">)</mo></mrow>'
        case Root(body, degree):
            return (
                f"<mroot>{_row(body)}{_row(degree, tight=True)}</mroot>"
                if degree
                else f"<msqrt>{_row(body)}</msqrt>"
            )
        case Fenced(left, body, right):
            return f"<mrow>{_fence(left, 'prefix')}{_row(body)}{_fence(right, 'postfix')}</mrow>"
        case Grid(name, rows):
            return _grid(name, rows)


def _scripted(node: Scripted) -> str:
    base = _node(node.base)
    sub = _row(node.sub, tight=True) if node.sub else ""
    sup = _row(node.sup, tight=True) if node.sup else ""
    limits = isinstance(node.base, Leaf) and node.base.text in _WITH_LIMITS | _WORDS_WITH_LIMITS
    if sub and sup:
        element = "munderover" if limits else "msubsup"
    elif sub:
        element = "munder" if limits else "msub"
    else:
        element = "mover" if limits else "msup"
    return f"<{element}>{base}{sub}{sup}</{element}>"


def _fence(delimiter: str, form: str) -> str:
    return f'<mo form="{form}" stretchy="true" fence="true">{escape(delimiter)}</mo>' if delimiter else ""


def _grid(name: str, rows: tuple[tuple[Row, ...], ...]) -> str:
    kind = "listed" if name == "cases" else "centred" if name in _CENTRED else "aligned"
    body = "".join(f"<mtr>{''.join(f'<mtd>{_row(cell)}</mtd>' for cell in row)}</mtr>" for row in rows)
    display = "" if kind == "centred" else ' displaystyle="true"'
    table = f'<mtable class="{kind}"{display}>{body}</mtable>'
    left, right = ("{", "") if name == "cases" else _FENCES.get(name, ("", ""))
    return f"<mrow>{_fence(left, 'prefix')}{table}{_fence(right, 'postfix')}</mrow>"
