"""An answer's mark as it stands: the newest mark with the learner's verdicts in place of the marker's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from llmcore_tui.grading.mark import Mark, PointMark, Verdict, coverage
from llmcore_tui.interview.transcript import GivenAnswer

MISSED = frozenset({Verdict.MISSED, Verdict.CONTRADICTED})
"""What is asked again and queued."""


def standing(answer: GivenAnswer, weights: Mapping[str, float] | None = None) -> Mark | None:
    """None where the answer was not marked. A coverage is computed anew where a verdict was overruled.

    `weights` of the question's points; one each for those that are not known any more.
    """
    mark = answer.mark
    if mark is None or not answer.overruled:
        return mark
    points = tuple(_overruled(point, answer.overruled) for point in mark.points)
    share = mark.coverage
    if share is not None:
        known = weights or {}
        share = coverage(points, {point.id: known.get(point.id, 1.0) for point in points}, mark.wrong)
    return replace(mark, points=points, coverage=share)


def coverage_of(answer: GivenAnswer, weights: Mapping[str, float] | None = None) -> float | None:
    """The standing coverage, 0 to 1; None where nothing can be said."""
    mark = standing(answer, weights)
    return None if mark is None else mark.coverage


def _overruled(point: PointMark, overruled: Mapping[str, bool]) -> PointMark:
    if point.id not in overruled:
        return point
    is_met = overruled[point.id]
    return PointMark(point.id, Verdict.MET if is_met else Verdict.MISSED, point.evidence if is_met else "")
