"""A formula as terminal art. TeXicode lays it out; every character in it is ours.

TeXicode writes some subscripts as other letters (V as v, Y as γ), prints `?` for what it does not know and measures
a Chinese character as one cell. So it is given a placeholder a cell, and the placeholders are filled in afterwards.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Literal

from llmcore_tui.render.linear import linear
from llmcore_tui.render.spacing import atom_kinds, gap
from llmcore_tui.render.symbols import Kind, subscript, superscript
from llmcore_tui.render.tree import Fenced, FormulaError, Fraction, Grid, Leaf, Node, Root, Row, Scripted
from llmcore_tui.render.width import cells, graphemes

_FIRST_PLACEHOLDER = 0x3400
"""The Chinese characters of extension A: letters to TeXicode, and in none of its alphabets."""
_LIMITS = ("∑", "∏", "⋃", "⋂", "⨁", "lim", "max", "min", "sup", "inf")
"""Operators whose scripts stand below and above."""
_LARGE = {"∏": r"\prod", "∑": r"\sum"}
_STRETCHED = {
    "(": "(", ")": ")", "[": "[", "]": "]", "{": r"\{", "}": r"\}", "|": "|", "‖": r"\|", "": ".",
    "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil",
}  # fmt: skip
Squeeze = Literal[0, 1, 2]
_LIM = ("l", "i", "m")
_one_at_a_time = threading.Lock()


def drawing(row: Row, squeeze: Squeeze = 0) -> list[str]:
    """The lines of the formula; raises `FormulaError` where it cannot be drawn.

    `squeeze` leaves out the spaces around signs (1), and those around relations too (2).
    """
    writer = _Writer(squeeze, _operator_with_limits(row))
    tex = writer.row(row)
    lines = ["".join(writer.filled(cell) for cell in line) for line in _laid_out(tex)]
    return _trimmed(lines)


def _laid_out(tex: str) -> list[list[str]]:
    # Its package root imports argparse and its own command line; these three are what does the work.
    from texicode.lexer import lexer
    from texicode.parser import parse
    from texicode.renderer import render

    try:
        with _one_at_a_time:
            laid_out: list[list[str]] = render(parse(lexer(tex, False), False), False)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, UnboundLocalError) as problem:
        raise FormulaError(f"TeXicode cannot lay it out: {problem}") from problem
    if any("?" in cell for line in laid_out for cell in line):
        raise FormulaError("TeXicode does not know a part of it")
    return laid_out


def _trimmed(lines: list[str]) -> list[str]:
    """Without empty lines above and below and the margin that all lines share."""
    while lines and not lines[0].strip():
        lines = lines[1:]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    margin = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return [line[margin:].rstrip() for line in lines]


class _Writer:
    """Writes the tree as LaTeX for TeXicode, and remembers which placeholder is which cell."""

    def __init__(self, squeeze: Squeeze, operator: str) -> None:
        self.squeeze = squeeze
        self.operator = operator
        """What TeXicode's `lim` stands for: its only base of one line with limits, and we write no other letters."""
        self.placeholders: dict[str, str] = {}
        self.texts: dict[str, str] = {}

    def filled(self, cell: str) -> str:
        """The characters of one cell of the layout."""
        if cell in _LIM and self.operator:
            return f"{self.operator:^3}"[_LIM.index(cell)]
        return self.texts.get(cell[:1], cell[:1]) + cell[1:]

    def cells(self, text: str) -> str:
        """A placeholder for each cell of the text; the second cell of a wide character is an empty one."""
        found = ""
        for piece in graphemes(text):
            found += self._placeholder(piece.text) + self._placeholder("") * (piece.cells - 1)
        return found

    def _placeholder(self, text: str) -> str:
        if text not in self.placeholders:
            character = chr(_FIRST_PLACEHOLDER + len(self.placeholders))
            self.placeholders[text] = character
            self.texts[character] = text
        return self.placeholders[text]

    def row(self, row: Row, *, tight: bool = False, after: Kind | None = None) -> str:
        """The items of a row with TeX's spaces between them; `after` is what stands before the first."""
        items = _without_groups_of_one(row)
        kinds = atom_kinds(items)
        tex = ""
        before, last = after, ""
        for index, (item, kind) in enumerate(zip(items, kinds, strict=True)):
            space = 0 if before is None else self._gap(before, _left(item, kind), tight)
            if last.endswith(" ") or (isinstance(item, Leaf) and item.text.startswith(" ")):
                space = 0
            if self._has_air(item, tight) or (index and self._has_air(items[index - 1], tight)):
                space = 0
            if index and isinstance(item, Fenced) and not _is_low(items[index - 1]):
                space = max(space, 1)
            tex += self.cells(" " * space) + self.node(item, tight)
            before, last = _right(item, kind), item.text if isinstance(item, Leaf) else ""
        return tex

    def _gap(self, before: Kind, after: Kind, tight: bool) -> int:
        return gap(before, after, tight=tight or self.squeeze == 2, loose_signs=self.squeeze == 0)

    def _has_air(self, node: Node, tight: bool) -> bool:
        """Whether an operator with limits brings its own spaces: it is three cells wide, and its limits no wider."""
        operator = node.base if isinstance(node, Scripted) else node
        if (
            tight
            or not isinstance(operator, Leaf)
            or operator.text != self.operator
            or len(operator.text) > 1
        ):
            return False
        scripts = (node.sub, node.sup) if isinstance(node, Scripted) else ()
        return all(_cells_of(script) <= len(_LIM) for script in scripts if script)

    def node(self, node: Node, tight: bool) -> str:
        """One thing as LaTeX for TeXicode."""
        match node:
            case Leaf(text, kind):
                is_operator = kind is Kind.BIG and not tight
                return self._operator(text) if is_operator else self.cells(text)
            case Row():
                return f"{{{self.row(node, tight=tight)}}}"
            case Scripted():
                return self._scripted(node, tight)
            case Fraction() if tight:
                return self.cells(linear(Row((node,)), tight=True))
            case Fraction(top, bottom, bar):
                return f"\\{'frac' if bar else 'binom'}{self._argument(top)}{self._argument(bottom)}"
            case Root(body, degree):
                power = f"[{self.row(degree, tight=True)}]" if degree else ""
                return f"\\sqrt{power}{self._argument(body)}"
            case Fenced(left, body, right):
                return self._fenced(left, body, right, tight)
            case Grid(name, rows):
                return self._grid(name, rows)

    def _argument(self, row: Row) -> str:
        return f"{{{self.row(row) or self.cells(' ')}}}"

    def _scripted(self, node: Scripted, tight: bool) -> str:
        sub = f"_{{{self.row(node.sub, tight=True)}}}" if node.sub else ""
        sup = f"^{{{self.row(node.sup, tight=True)}}}" if node.sup else ""
        if isinstance(node.base, Leaf) and not tight and node.base.text in (self.operator, *_LARGE):
            return f"{self._operator(node.base.text)}{sub}{sup} "
        lowered, raised = _one_line(node.sub, subscript), _one_line(node.sup, superscript)
        base = self.node(node.base, tight)
        if lowered is not None and raised is not None and _is_low(node.base):
            return base + self.cells(lowered + raised)
        return f"{{{base}}}{sub}{sup}"

    def _operator(self, text: str) -> str:
        if text == self.operator:
            return r"\lim "
        return f"{_LARGE[text]} " if text in _LARGE else self.cells(text)

    def _fenced(self, left: str, body: Row, right: str, tight: bool) -> str:
        inside = self.row(body, tight=tight)
        if left in _STRETCHED and right in _STRETCHED:
            return f"\\left{_STRETCHED[left]} {inside}\\right{_STRETCHED[right]} "
        return self.cells(left) + inside + self.cells(right)

    def _grid(self, name: str, rows: tuple[tuple[Row, ...], ...]) -> str:
        written = [
            "&".join(
                self.row(cell, after=Kind.ORDINARY if column else None) for column, cell in enumerate(line)
            )
            for line in rows
        ]
        return f"\\begin{{{name}}}" + "\\\\ ".join(written) + f"\\end{{{name}}}"


def _operator_with_limits(row: Row) -> str:
    """The operator that is drawn with limits below and above it: the first of the list that the formula has."""
    found = {leaf.text for leaf in _leaves(row)}
    return next((operator for operator in _LIMITS if operator in found), "")


def _leaves(node: Node | None) -> Iterator[Leaf]:
    match node:
        case Leaf():
            yield node
        case Row(items):
            for item in items:
                yield from _leaves(item)
        case Scripted(base):
            yield from _leaves(base)
        case Fraction(top, bottom):
            yield from _leaves(top)
            yield from _leaves(bottom)
        case Root(body) | Fenced(_, body):
            yield from _leaves(body)
        case Grid(_, rows):
            for cell in (cell for line in rows for cell in line):
                yield from _leaves(cell)


def _left(node: Node, kind: Kind) -> Kind:
    """The class that a neighbour on the left sees."""
    return (Kind.OPEN if node.left else Kind.INNER) if isinstance(node, Fenced) else kind


def _right(node: Node, kind: Kind) -> Kind:
    """The class that a neighbour on the right sees."""
    base = node.base if isinstance(node, Scripted) else node
    return (Kind.CLOSE if base.right else Kind.INNER) if isinstance(base, Fenced) else kind


def _cells_of(script: Row) -> int:
    try:
        return cells(linear(script, tight=True))
    except FormulaError:
        return len(_LIM) + 1


def _without_groups_of_one(row: Row) -> list[Node]:
    items: list[Node] = []
    for item in row.items:
        if isinstance(item, Row) and len(item.items) == 1 and not isinstance(item.items[0], Leaf):
            items += _without_groups_of_one(item)
        else:
            items.append(item)
    return items


def _one_line(script: Row | None, alphabet: Callable[[str], str | None]) -> str | None:
    """A script in subscript or superscript characters: empty where there is none, nothing where it has no such form."""
    if script is None:
        return ""
    try:
        return alphabet(linear(script, tight=True))
    except FormulaError:
        return None


def _is_low(base: Node) -> bool:
    """Whether a base is one line high, so that a script can stand beside it as a character."""
    match base:
        case Leaf():
            return True
        case Row(items):
            return all(_is_low(item) for item in items)
        case Scripted(inner, sub, sup):
            return _is_low(inner) and None not in (_one_line(sub, subscript), _one_line(sup, superscript))
        case _:
            return False
