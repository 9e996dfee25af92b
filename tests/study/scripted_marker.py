"""A marker that does what the words of an answer say, for tests of what is done with a mark."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from llmcore_tui.grading.mark import Flag, Mark, PointMark, Verdict, WrongMark, coverage
from llmcore_tui.grading.rubric import Rubric
from llmcore_tui.study.marking import Markers

WHOLE = {
    "idk": (0.0, Flag.DOES_NOT_KNOW),
    "grows even exact": (0.0, Flag.KEY_WORDS),
    "hm": (None, Flag.OTHER_LANGUAGE),
}
"""Answers that are decided as a whole."""


class ScriptedMarker:
    """A point is met where the answer has the last word of one of its wordings: `maybe` before it makes it a doubtful
    half, `not` its contrary. `squares` is a misconception."""

    def __init__(self, by: str = "offline", trace: Mapping[str, Any] | None = None) -> None:
        self.by = by
        self.trace = trace or {}
        self.read: list[str] = []
        """The answers it was given."""

    def mark(self, answer: str, rubric: Rubric) -> Mark:
        """The mark that the words ask for."""
        self.read.append(answer)
        if answer in WHOLE:
            share, flag = WHOLE[answer]
            missed = tuple(PointMark(point.id, Verdict.MISSED) for point in rubric.points)
            return Mark(missed, share, flags=(flag,), by=self.by, trace=self.trace)
        points = tuple(_point(answer, point.id, point.wordings) for point in rubric.points)
        wrong = tuple(WrongMark(each.id, "squares") for each in rubric.wrong_claims if "squares" in answer)
        weights = {point.id: point.weight for point in rubric.points}
        return Mark(points, coverage(points, weights, wrong), wrong, by=self.by, trace=self.trace)


class SlowMarker(ScriptedMarker):
    """A model that answers when the test says so."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__("llm", {"model": "test-model"})
        self.error = error
        self.may_answer = threading.Event()

    def mark(self, answer: str, rubric: Rubric) -> Mark:
        """Wait, then mark: everything is met, since a model is generous."""
        assert self.may_answer.wait(20)
        if self.error is not None:
            raise self.error
        every = " ".join(point.wordings[0].rstrip(".").split()[-1] for point in rubric.points)
        return super().mark(f"it {every}", rubric)


def scripted(model: ScriptedMarker | None = None) -> Markers:
    """The offline marker is scripted; so is the model, where there is one."""
    return Markers(ScriptedMarker, (lambda: model) if model else None)


def _point(answer: str, id: str, wordings: tuple[str, ...]) -> PointMark:
    for word in (wording.rstrip(".。").split()[-1] for wording in wordings):
        if f"not {word}" in answer:
            return PointMark(id, Verdict.CONTRADICTED, f"not {word}")
        if f"maybe {word}" in answer:
            return PointMark(id, Verdict.PARTIAL, f"maybe {word}", unsure=True)
        if word in answer:
            return PointMark(id, Verdict.MET, word)
    return PointMark(id, Verdict.MISSED)
