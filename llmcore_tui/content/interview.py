"""An interview question: spoken, marked by points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NewType

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.content.card import Citation, Misconception, ModuleId, Point
from llmcore_tui.content.claim import DemoLink, Slot

QuestionId = NewType("QuestionId", str)


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """A three-minute answer in its four timed parts."""

    problem: Bilingual
    """30 seconds."""
    mechanism: Bilingual
    """60 seconds, with the formula."""
    run: Bilingual
    """60 seconds: what the run shows."""
    engineering: Bilingual
    """30 seconds."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What an interviewer asks when a point was missed."""

    when_missed: str
    """The id of a point of the question."""
    ask: Bilingual
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class InterviewQuestion:
    """One interview question as its file states it."""

    id: QuestionId
    module: ModuleId
    as_of: str
    ask: Bilingual
    minutes: float
    model_answer: ModelAnswer
    points: tuple[Point, ...]
    sources: tuple[Citation, ...]
    misconceptions: tuple[Misconception, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    demo: DemoLink | None = None
    numbers: Mapping[str, Slot] = field(default_factory=dict)
