"""A learner's text, Markdown with `$formulas$`, as blocks. Mathematics is taken out before Markdown sees the text.

Raw HTML and images are text like any other; only http and https links are links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

from llmcore_tui.content.slots import FORMULA
from llmcore_tui.render.safe import safe

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

Style = Literal["strong", "emphasis", "code", "struck"]

# Non-characters, which `safe` has just removed from the text: they mark a formula, and keep Markdown from reading
# Chinese punctuation beside `**` as a sign that the emphasis cannot begin or end there.
_OPEN, _CLOSE, _LETTER = "\ufdd0", "\ufdd1", "\ufdd2"
_HELD = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")

# One line that begins with a letter or a formula and has no character that Markdown could read as anything but itself;
# an underscore within a word, as in the names of flags, is one.
_PARAGRAPH = re.compile(rf"(?:[^\W\d_]|{_OPEN})(?:[^\\`*_~\[\]<|\n]|(?<=[A-Za-z0-9])_(?=[A-Za-z0-9]))*")
_WIDE_PUNCTUATION = "，。、；：！？（）「」『』【】《》〈〉“”‘’…—·"
_AFTER_PUNCTUATION = re.compile(f"([{_WIDE_PUNCTUATION}])(\\*+)")
_BEFORE_PUNCTUATION = re.compile(f"(\\*+)([{_WIDE_PUNCTUATION}])")

_CODE: frozenset[Style] = frozenset({"code"})
_STYLES: dict[str, frozenset[Style]] = {
    "strong": frozenset({"strong"}),
    "em": frozenset({"emphasis"}),
    "s": frozenset({"struck"}),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style, or a formula on the line."""

    text: str
    styles: frozenset[Style] = frozenset()
    is_formula: bool = False
    """Whether `text` is LaTeX."""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text; a heading has a level from 1 to 6."""

    spans: tuple[Span, ...]
    level: int = 0


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that stands by itself, without its dollars."""

    latex: str


@dataclass(frozen=True, slots=True)
class Code:
    """Lines of code as they are."""

    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; numbered from `start` unless that is nothing."""

    items: tuple[tuple[Block, ...], ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its first row is the head."""

    rows: tuple[tuple[tuple[Span, ...], ...], ...]
    aligned: tuple[Literal["left", "right", "centre"], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """What someone else said."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line between two parts."""


Block = Paragraph | Formula | Code | Listing | Grid | Quote | Rule


@lru_cache(maxsize=1_024)
def blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a text."""
    held = _Held()
    without = FORMULA.sub(held.hold, safe(text))
    if _PARAGRAPH.fullmatch(without):
        # As most questions are: the parser, which takes 30 ms to import, would change nothing in them.
        return tuple(_split(tuple(held.spans(without.strip(), frozenset(), "")), 0))
    return _parsed(without, held)


def _parsed(without: str, held: _Held) -> tuple[Block, ...]:
    """The blocks that Markdown sees in a text whose formulas were taken out."""
    from markdown_it.tree import SyntaxTreeNode

    without = _AFTER_PUNCTUATION.sub(f"\\1{_LETTER}\\2", without)
    without = _BEFORE_PUNCTUATION.sub(f"\\1{_LETTER}\\2", without)
    return tuple(_blocks(SyntaxTreeNode(_markdown().parse(without)), held))


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    markdown.disable(["image", "html_block", "html_inline", "entity", "reference"])
    markdown.validateLink = _is_web_address  # type: ignore[method-assign]  # the documented way to restrict links
    return markdown


def _is_web_address(url: str) -> bool:
    return url.startswith(("https://", "http://"))


@dataclass(slots=True)
class _Held:
    """The formulas of a text, taken out of it."""

    sources: list[str] = field(default_factory=list)

    def hold(self, match: re.Match[str]) -> str:
        """What stands in the text in place of a formula."""
        self.sources.append(match[0])
        return f"{_OPEN}{len(self.sources) - 1}{_CLOSE}"

    def put_back(self, text: str) -> str:
        """The text as it was, for code, where a dollar is a dollar."""
        return _HELD.sub(lambda match: self.sources[int(match[1])], text).replace(_LETTER, "")

    def spans(self, text: str, styles: frozenset[Style], link: str) -> Iterator[Span]:
        """Text and the formulas in it; a formula on its own line keeps both its dollars."""
        for index, piece in enumerate(_HELD.split(text.replace(_LETTER, ""))):
            if index % 2:
                yield Span(self.sources[int(piece)], styles, is_formula=True, link=link)
            elif piece:
                yield Span(piece, styles, link=link)


def _blocks(parent: SyntaxTreeNode, held: _Held) -> Iterator[Block]:
    for node in parent.children:
        match node.type:
            case "paragraph":
                yield from _split(tuple(_spans(node, held)), 0)
            case "heading":
                yield from _split(tuple(_spans(node, held)), int(node.tag[1:]))
            case "bullet_list" | "ordered_list":
                start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
                yield Listing(tuple(tuple(_blocks(item, held)) for item in node.children), start)
            case "fence" | "code_block":
                yield Code(held.put_back(node.content).rstrip("\n"))
            case "blockquote":
                yield Quote(tuple(_blocks(node, held)))
            case "table":
                yield _table(node, held)
            case "hr":
                yield Rule()
            case other:  # a new kind of block of markdown-it must not swallow a text
                raise NotImplementedError(f"Markdown block {other}")


def _split(spans: tuple[Span, ...], level: int) -> Iterator[Block]:
    """A paragraph; a formula between double dollars in it stands by itself."""
    line: list[Span] = []
    for span in spans:
        if span.is_formula and span.text.startswith("$$"):
            if any(one.text.strip() for one in line):
                yield Paragraph(_stripped(line), level)
            line = []
            yield Formula(span.text.strip("$").strip())
        elif span.is_formula:
            line.append(Span(span.text.strip("$").strip(), span.styles, is_formula=True, link=span.link))
        else:
            line.append(span)
    if any(one.text.strip() for one in line):
        yield Paragraph(_stripped(line), level)


def _stripped(line: Sequence[Span]) -> tuple[Span, ...]:
    """Without spaces at both ends, where a formula was taken out."""
    first, *others = line
    spans = [first if first.is_formula else Span(first.text.lstrip(), first.styles, link=first.link), *others]
    last = spans[-1]
    spans[-1] = last if last.is_formula else Span(last.text.rstrip(), last.styles, link=last.link)
    return tuple(span for span in spans if span.text)


def _spans(
    node: SyntaxTreeNode, held: _Held, styles: frozenset[Style] = frozenset(), link: str = ""
) -> Iterator[Span]:
    for child in node.children:
        match child.type:
            case "inline":
                yield from _joined(list(_spans(child, held, styles, link)))
            case "text":
                yield from held.spans(child.content, styles, link)
            case "code_inline":
                yield Span(held.put_back(child.content), styles | _CODE, link=link)
            case "softbreak":
                yield Span("\n", styles)
            case "hardbreak":
                yield Span("\v", styles)
            case "link":
                yield from _spans(child, held, styles, str(child.attrs.get("href", "")))
            case other:
                yield from _spans(child, held, styles | _STYLES[other], link)


def _joined(spans: list[Span]) -> Iterator[Span]:
    """A line end in the source is a space between words and nothing between Chinese characters."""
    for index, span in enumerate(spans):
        if span.text == "\n" and not span.is_formula:
            before = spans[index - 1].text[-1:] if index else ""
            after = spans[index + 1].text[:1] if index + 1 < len(spans) else ""
            if _is_chinese(before) and _is_chinese(after):
                continue
            yield Span(" ", span.styles)
        else:
            yield Span("\n", span.styles) if span.text == "\v" else span


def _is_chinese(character: str) -> bool:
    return bool(character) and (character in _WIDE_PUNCTUATION or "\u2e80" <= character <= "\u9fff")


def _table(node: SyntaxTreeNode, held: _Held) -> Grid:
    rows = [row for part in node.children for row in part.children]
    aligned: list[Literal["left", "right", "centre"]] = []
    for cell in rows[0].children:
        style = str(cell.attrs.get("style", ""))
        aligned.append("right" if "right" in style else "centre" if "center" in style else "left")
    return Grid(
        tuple(tuple(_on_the_line(tuple(_spans(cell, held))) for cell in row.children) for row in rows),
        tuple(aligned),
    )


def _on_the_line(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple(
        Span(span.text.strip("$").strip(), span.styles, is_formula=True, link=span.link)
        if span.is_formula
        else span
        for span in spans
    )
