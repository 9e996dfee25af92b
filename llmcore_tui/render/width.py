"""Text measured in terminal cells: wrapping, padding and clipping of mixed Chinese and English.

Widths are rich's, so that what is measured here is what rich and Textual draw. A grapheme (a letter with its
accents, a joined emoji) is never split.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Align = Literal["left", "right", "centre"]

NO_BREAK_SPACE = "\u00a0"
NEVER_FIRST = frozenset("，。、；：！？）］｝」』】》〉〕…—·～％‰℃°”’,.;:!?)]}%′″")
"""Punctuation that may not begin a line (the rules of Chinese typesetting, and the same for English)."""
NEVER_LAST = frozenset("（［｛「『【《〈〔“‘([{＄￥$")
"""Punctuation that may not end a line."""


class Grapheme(NamedTuple):
    """What a reader sees as one character, and its width in cells."""

    text: str
    cells: int


def cells(text: str) -> int:
    """The width of one line of text."""
    from rich.cells import cell_len

    return cell_len(text)


def graphemes(text: str) -> list[Grapheme]:
    """The text in pieces that must not be split."""
    if text.isascii():
        return [Grapheme(character, 1) for character in text]
    from rich.cells import split_graphemes

    spans, _ = split_graphemes(text)
    return [Grapheme(text[start:end], size) for start, end, size in spans]


def wrap(text: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    """Lines of at most `width` cells, each with its indent: `first` on the first line, `rest` on the others.

    English words stay whole unless they are longer than a line, Chinese may break between any two characters that
    punctuation allows, newlines are kept, and a no-break space holds two words together and becomes a space.
    """
    lines: list[str] = []
    for start, end in line_ranges(text, width, cells(first), cells(rest)):
        lines.append(((rest if lines else first) + text[start:end]).rstrip().replace(NO_BREAK_SPACE, " "))
    return lines


def line_ranges(text: str, width: int, first: int = 0, rest: int = 0) -> list[tuple[int, int]]:
    """Where each line of the wrapped text begins and ends in it; `first` and `rest` are the cells of the indents."""
    ranges: list[tuple[int, int]] = []
    offset = 0
    for paragraph in text.split("\n"):
        pieces = graphemes(paragraph)
        start, at = 0, offset
        while True:
            room = max(1, width - (rest if ranges else first))
            end = _line_end(pieces, start, room)
            line = "".join(piece.text for piece in pieces[start:end])
            ranges.append((at, at + len(line.rstrip(" "))))
            at += len(line)
            start = end
            while start < len(pieces) and pieces[start].text == " ":
                start, at = start + 1, at + 1
            if start >= len(pieces):
                break
        offset += len(paragraph) + 1
    return ranges


def pad(text: str, width: int, align: Align = "left") -> str:
    """The text with spaces around it up to `width` cells; a longer one is clipped."""
    text = clip(text, width)
    room = width - cells(text)
    if align == "right":
        return " " * room + text
    if align == "centre":
        return " " * (room // 2) + text + " " * (room - room // 2)
    return text + " " * room


def clip(text: str, width: int, mark: str = "…") -> str:
    """The text if it fits, else its beginning and `mark`, in at most `width` cells."""
    if cells(text) <= width:
        return text
    if cells(mark) > width:
        mark = ""
    kept, used = "", cells(mark)
    for piece in graphemes(text):
        if used + piece.cells > width:
            break
        kept += piece.text
        used += piece.cells
    return kept.rstrip() + mark


def _line_end(pieces: list[Grapheme], start: int, room: int) -> int:
    """The index after the last grapheme of the line that begins at `start`: at least one past it."""
    used, good = 0, 0
    for index in range(start, len(pieces)):
        piece = pieces[index]
        if index > start and _may_break(pieces[index - 1].text, piece.text, pieces, index):
            good = index
        if used + piece.cells > room and piece.text != " ":
            return good or max(index, start + 1)
        used += piece.cells
    return len(pieces)


def _may_break(before: str, after: str, pieces: list[Grapheme], index: int) -> bool:
    if before == " ":
        return after != " "
    if after == " ":
        return True
    if after[0] in NEVER_FIRST or before[0] in NEVER_LAST:
        return False
    if _is_chinese(before) or _is_chinese(after):
        return not (before == NO_BREAK_SPACE or after == NO_BREAK_SPACE)
    if before == "—":
        return True
    return before == "-" and index >= 2 and pieces[index - 2].text.isalpha() and after.isalpha()


def _is_chinese(character: str) -> bool:
    code = ord(character[0])
    return (
        0x2E80 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0xFE30 <= code <= 0xFE4F
        or 0xFF00 <= code <= 0xFF60
        or 0x20000 <= code <= 0x3FFFF
    )
