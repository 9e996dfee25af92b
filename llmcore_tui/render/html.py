"""A learner's text as HTML: every character escaped, formulas as MathML, links to the web only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape

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
    blocks,
)
from llmcore_tui.render.mathml import mathml
from llmcore_tui.render.safe import safe
from llmcore_tui.render.width import NEVER_FIRST

_TAGS = {"strong": "strong", "emphasis": "em", "code": "code", "struck": "s"}
_ALIGNED = {"left": "", "right": ' class="right"', "centre": ' class="centre"'}
_MINUS = re.compile(r"(?<![\w-])-(?=[\d.]*\d)")


def html(text: str, *, top_heading: int = 4) -> str:
    """The text as block elements; its headings begin at `top_heading`."""
    return "\n".join(_block(block, top_heading) for block in blocks(text))


def html_line(text: str) -> str:
    """A title or a cell: the text of the paragraphs only, without block elements around it."""
    return " ".join(_spans(block.spans) for block in blocks(text) if isinstance(block, Paragraph))


def html_text(text: str) -> str:
    """Text that is no Markdown, escaped, with a real minus sign before numbers."""
    return _MINUS.sub("−", escape(safe(text), quote=True))


def _block(block: Block, top: int) -> str:
    match block:
        case Paragraph(spans, 0):
            return f"<p>{_spans(spans)}</p>"
        case Paragraph(spans, level):
            tag = f"h{min(6, top + level - 1)}"
            return f"<{tag}>{_spans(spans)}</{tag}>"
        case Formula(latex):
            return f'<div class="formula">{mathml(latex, display=True)}</div>'
        case Code(text):
            return f"<pre><code>{escape(text)}</code></pre>"
        case Listing(items, start):
            return _listing(items, start, top)
        case Grid(rows, aligned):
            return _table(rows, aligned)
        case Quote(inside):
            return f"<blockquote>{''.join(_block(one, top) for one in inside)}</blockquote>"
        case Rule():
            return "<hr>"


def _listing(items: Sequence[Sequence[Block]], start: int | None, top: int) -> str:
    is_loose = any(len(item) > 1 and not isinstance(item[1], Listing) for item in items)
    written = "".join(f"<li>{_item(item, top, is_loose)}</li>" for item in items)
    if start is None:
        return f"<ul>{written}</ul>"
    return f'<ol start="{start}">{written}</ol>' if start != 1 else f"<ol>{written}</ol>"


def _item(item: Sequence[Block], top: int, is_loose: bool) -> str:
    return "".join(
        _spans(block.spans)
        if isinstance(block, Paragraph) and not is_loose and not block.level
        else _block(block, top)
        for block in item
    )


def _table(rows: Sequence[Sequence[Sequence[Span]]], aligned: Sequence[str]) -> str:
    head, *body = (
        [f"{_ALIGNED[align]}>{_spans(cell)}" for cell, align in zip(row, aligned, strict=True)]
        for row in rows
    )
    headed = "".join(f'<th scope="col"{cell}</th>' for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td{cell}</td>' for cell in row)}</tr>" for row in body)
    return f"<table><thead><tr>{headed}</tr></thead><tbody>{lines}</tbody></table>"


def _spans(spans: Sequence[Span]) -> str:
    """The spans; a formula and the punctuation after it stay on one line."""
    shown = ""
    held = ""
    for index, span in enumerate(spans):
        text = span.text[len(held) :] if not span.is_formula else span.text
        ahead = spans[index + 1] if index + 1 < len(spans) else None
        piece = _span(replace(span, text=text)) if text else ""
        held = _punctuation(ahead) if span.is_formula and ahead and ahead.styles == span.styles else ""
        shown += f'<span class="kept">{piece}{html_text(held)}</span>' if held else piece
    return shown


def _punctuation(span: Span) -> str:
    """What of the beginning of a text may not begin a line."""
    if span.is_formula or span.link or "code" in span.styles:
        return ""
    return span.text[: len(span.text) - len(span.text.lstrip("".join(NEVER_FIRST)))]


def _span(span: Span) -> str:
    if span.is_formula:
        shown = mathml(span.text)
    elif "code" in span.styles:
        shown = escape(span.text)
    else:
        shown = html_text(span.text).replace("\n", "<br>")
    for style in sorted(span.styles, key=list(_TAGS).index, reverse=True):
        shown = f"<{_TAGS[style]}>{shown}</{_TAGS[style]}>"
    if span.link:
        shown = f'<a href="{escape(span.link, quote=True)}" rel="noreferrer">{shown}</a>'
    return shown
