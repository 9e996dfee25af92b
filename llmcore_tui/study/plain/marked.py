"""A marked answer as lines: how much of it was said, then every point with its verdict and the words that decided it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.render.safe import one_line
from llmcore_tui.study import mark_text
from llmcore_tui.study.plain.prose import Page

if TYPE_CHECKING:
    from llmcore_tui.study.marked_answer import MarkedAnswer, MarkedPoint

_MUST = Bilingual("must, ", "必说，")
_YOU_WROTE = Bilingual("you wrote: “{evidence}”", "你写的是：“{evidence}”")
_HEAD = Bilingual("{counted}; {marked_by}", "{counted}；{marked_by}")
_END = Bilingual(".", "。")
_ENDED = (".", "。", "…", "?", "？", "!", "！")


def marked_lines(marked: MarkedAnswer, page: Page) -> list[str]:
    """The coverage in words, what was noticed, the points, and the misconceptions with what to say instead."""
    return [
        *(f"! {flag}" for flag in marked.flags),
        _head(marked, page),
        *(line for point in marked.points for line in _point(point, page)),
        *_wrong(marked, page),
    ]


def _head(marked: MarkedAnswer, page: Page) -> str:
    """How many points were said, and who says so."""
    said = _HEAD.of(page.language).format(counted=marked.counted, marked_by=one_line(marked.marked_by))
    end = "" if said.endswith(_ENDED) else _END.of(page.language)
    return f"{said[0].upper()}{said[1:]}{end}"


def _point(point: MarkedPoint, page: Page) -> Iterator[str]:
    must = _MUST.of(page.language) if point.must else ""
    yield from page.prose(point.say, f"{point.number} {point.sign} {must}{point.word}")
    if point.evidence:
        yield f"  {_wrote(point.evidence, page)}"
    if point.remark:
        yield f"  {page.aside(point.remark)}"


def _wrong(marked: MarkedAnswer, page: Page) -> Iterator[str]:
    for each in marked.wrong:
        yield from page.prose(each.says, f"! {mark_text.SAID_WRONG.of(page.language)}")
        yield f"  {_wrote(each.evidence, page)}"
        yield from page.prose(each.fix, f"  {mark_text.RATHER.of(page.language)}")


def _wrote(evidence: str, page: Page) -> str:
    return _YOU_WROTE.of(page.language).format(evidence=one_line(evidence))
