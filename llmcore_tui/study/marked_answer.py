"""A marked answer as the learner sees it, in one language: every point with its verdict, and what to say instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Language
from llmcore_tui.grading.mark import NOTHING_COUNTED, Flag, Verdict
from llmcore_tui.study import mark_text
from llmcore_tui.study.revealed import ShownMisconception, ShownPoint

if TYPE_CHECKING:
    from collections.abc import Collection

    from llmcore_tui.grading.mark import Mark, PointMark


@dataclass(frozen=True, slots=True)
class MarkedPoint:
    """One thing the answer must say, and what the answer did with it."""

    number: int
    """What the learner types to overrule it, from 1."""
    id: str
    must: bool
    say: str
    verdict: Verdict
    sign: str
    """Reads without colour: ✓ ~ ✗ !"""
    word: str
    """Stands before `say`: `met:`, `you did not say:`."""
    evidence: str
    """The words of the answer that decided it, or nothing."""
    remark: str
    """That the marker is not sure, or that the verdict is the learner's; or nothing."""


@dataclass(frozen=True, slots=True)
class SaidWrong:
    """A misconception that the answer states, and what to say instead."""

    id: str
    says: str
    fix: str
    evidence: str


@dataclass(frozen=True, slots=True)
class MarkedAnswer:
    """The whole of it; texts of points and misconceptions are Markdown with formulas between `$`."""

    points: tuple[MarkedPoint, ...]
    wrong: tuple[SaidWrong, ...]
    flags: tuple[str, ...]
    """What was noticed about the answer as a whole, a line each."""
    counted: str
    """The coverage in words: `4 of 6 points`."""
    coverage: float | None
    marked_by: str
    suggested: int | None
    """A rating, 1 to 4."""


def marked_answer(
    mark: Mark,
    points: Sequence[ShownPoint],
    misconceptions: Mapping[str, ShownMisconception],
    language: Language,
    *,
    overruled: Collection[str] = (),
    arriving: bool = False,
    suggested: int | None = None,
) -> MarkedAnswer:
    """A mark beside the texts of what it is about. `arriving`: a model's mark is still to come."""
    texts = {point.id: point for point in points}
    return MarkedAnswer(
        points=tuple(
            _point(number, each, texts[each.id], language, is_overruled=each.id in overruled)
            for number, each in enumerate(mark.points, start=1)
        ),
        wrong=tuple(
            SaidWrong(each.id, misconceptions[each.id].says, misconceptions[each.id].fix, each.evidence)
            for each in mark.wrong
        ),
        flags=tuple(mark_text.FLAGS[flag].of(language) for flag in _holding(mark)),
        counted=mark_text.counted(mark, language),
        coverage=mark.coverage,
        marked_by=mark_text.marked_by(mark, language, arriving=arriving),
        suggested=suggested,
    )


def _holding(mark: Mark) -> list[Flag]:
    """The flags that still hold: where the learner counted a point after all, `nothing is counted` is no longer so."""
    counts = any(point.verdict is not Verdict.MISSED for point in mark.points)
    return [flag for flag in mark.flags if not (counts and flag in NOTHING_COUNTED)]


def _point(
    number: int, mark: PointMark, text: ShownPoint, language: Language, *, is_overruled: bool
) -> MarkedPoint:
    remark = mark_text.OVERRULED if is_overruled else mark_text.UNSURE if mark.unsure else None
    return MarkedPoint(
        number=number,
        id=mark.id,
        must=text.must,
        say=text.say,
        verdict=mark.verdict,
        sign=mark_text.SIGNS[mark.verdict],
        word=mark_text.VERDICTS[mark.verdict].of(language),
        evidence=mark.evidence,
        remark=remark.of(language) if remark else "",
    )
