"""A learner's text in the terminal: the same lines as plain text and as rich's styled text.

Nothing is parsed as markup on the way; colours are rich's styles, and what they mark is readable without them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmcore_tui.render.blocks import (
    Block,
    Code,
    Formula,
    Grid,
    Listing,
    Paragraph,
    Quote,
    Rule,
    Span,
    Style,
    blocks,
)
from llmcore_tui.render.width import NO_BREAK_SPACE, cells, clip, line_ranges, wrap

if TYPE_CHECKING:
    from rich.text import Text

STYLES: Mapping[Style, str] = {"strong": "bold", "emphasis": "italic", "code": "bold", "struck": "strike"}
"""How rich shows each style; a screen may give its own."""
_UNBROKEN = 24
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Piece:
    """Text in one style."""

    text: str
    styles: frozenset[Style] = frozenset()


Line = tuple[Piece, ...]


def plain(text: str, width: int = 76) -> list[str]:
    """The text as lines of at most `width` cells; code and wide tables may be longer."""
    return ["".join(piece.text for piece in line).rstrip() for line in lines(text, width)]


def rich_text(text: str, width: int = 76, styles: Mapping[Style, str] = STYLES) -> Text:
    """The same lines in rich's styles, wrapped already."""
    from rich.text import Text

    shown = Text(no_wrap=True, overflow="ignore", end="")
    for index, line in enumerate(lines(text, width)):
        if index:
            shown.append("\n")
        for piece in line:
            shown.append(piece.text, " ".join(styles[style] for style in sorted(piece.styles)))
    return shown


def lines(text: str, width: int) -> list[Line]:
    """The lines of a text, blank ones between its blocks."""
    return _lines(blocks(text), width)


def on_one_line(text: str) -> str:
    """The text of titles and questions in a list: no blocks, formulas written on the line."""
    return " ".join(" ".join(plain(text, width=100_000)).split())


def _lines(found: Sequence[Block], width: int) -> list[Line]:
    shown: list[Line] = []
    for block in found:
        if shown:
            shown.append(())
        shown += _block(block, max(8, width))
    return shown


def _block(block: Block, width: int) -> list[Line]:
    match block:
        case Paragraph(spans, level):
            return _wrapped(spans, width, frozenset({"strong"}) if level else frozenset())
        case Formula(latex):
            from llmcore_tui.render.formula import art

            return [(Piece(_INDENT + line),) for line in art(latex, width - len(_INDENT))]
        case Code(text):
            return [(Piece(_INDENT + line),) for line in text.split("\n")]
        case Listing(items, start):
            return _listed(items, start, width)
        case Grid(rows, aligned):
            return _table(rows, aligned, width)
        case Quote(inside):
            return [(Piece("│ "), *line) for line in _lines(inside, width - 2)]
        case Rule():
            return [(Piece("─" * width),)]


def _pieces(spans: Sequence[Span], styles: frozenset[Style] = frozenset()) -> list[Piece]:
    pieces = []
    for index, span in enumerate(spans):
        text = _unbroken(_inline(span.text)) if span.is_formula else span.text
        pieces.append(Piece(text, span.styles | styles))
        ends = index + 1 == len(spans) or spans[index + 1].link != span.link
        if span.link and ends and span.text != span.link:
            pieces.append(Piece(f" ({span.link})", styles))
    return pieces


def _inline(latex: str) -> str:
    from llmcore_tui.render.formula import inline

    return inline(latex)


def _unbroken(formula: str) -> str:
    """A short formula stays on one line."""
    return formula.replace(" ", NO_BREAK_SPACE) if cells(formula) <= _UNBROKEN else formula


def _wrapped(spans: Sequence[Span], width: int, styles: frozenset[Style] = frozenset()) -> list[Line]:
    pieces = _pieces(spans, styles)
    text = "".join(piece.text for piece in pieces)
    return [_cut(pieces, start, end) for start, end in line_ranges(text, width)]


def _cut(pieces: Sequence[Piece], start: int, end: int) -> Line:
    """The part of the pieces between two offsets of their joined text."""
    line: list[Piece] = []
    offset = 0
    for piece in pieces:
        text = piece.text[max(0, start - offset) : max(0, end - offset)]
        if text:
            line.append(Piece(text.replace(NO_BREAK_SPACE, " "), piece.styles))
        offset += len(piece.text)
    return tuple(line)


def _listed(items: Sequence[Sequence[Block]], start: int | None, width: int) -> list[Line]:
    is_loose = any(len(item) > 1 and not isinstance(item[1], Listing) for item in items)
    shown: list[Line] = []
    for index, item in enumerate(items):
        sign = "• " if start is None else f"{start + index}. "
        inside = [line for line in _lines(item, width - len(sign)) if line or is_loose]
        if index and is_loose:
            shown.append(())
        for number, line in enumerate(inside or [()]):
            shown.append((Piece(" " * len(sign) if number else sign), *line) if line or not number else ())
    return shown


def _table(rows: Sequence[Sequence[Sequence[Span]]], aligned: Sequence[str], width: int) -> list[Line]:
    texts = [["".join(piece.text for piece in _pieces(cell)) for cell in row] for row in rows]
    widths = _column_widths(texts, width)
    shown: list[Line] = []
    for number, row in enumerate(texts):
        broken = [wrap(cell, size) for cell, size in zip(row, widths, strict=True)]
        for index in range(max(len(cell) for cell in broken)):
            parts = [
                _aligned(cell[index] if index < len(cell) else "", size, align)
                for cell, size, align in zip(broken, widths, aligned, strict=True)
            ]
            styles: frozenset[Style] = frozenset({"strong"}) if number == 0 else frozenset()
            shown.append((Piece("  ".join(parts), styles),))
        if number == 0:
            shown.append((Piece("  ".join("─" * size for size in widths)),))
    return shown


def _column_widths(texts: Sequence[Sequence[str]], width: int) -> list[int]:
    """What each column wants; the widest give way until all fit."""
    widths = [max(1, *(cells(row[column]) for row in texts)) for column in range(len(texts[0]))]
    room = width - 2 * (len(widths) - 1)
    while sum(widths) > room and max(widths) > 8:
        widths[widths.index(max(widths))] -= 1
    return widths


def _aligned(text: str, size: int, align: str) -> str:
    room = max(0, size - cells(text))
    if align == "right":
        return " " * room + text
    if align == "centre":
        return " " * (room // 2) + text + " " * (room - room // 2)
    return clip(text, size) + " " * room
