"""What the report of an interview says, in one language, before it is lines, Markdown, HTML or JSON.

What the learner typed is data: renderers escape it. Texts of questions and points are Markdown with `$formulas$`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from llmcore_tui.content.bilingual import Language
from llmcore_tui.interview.past import Trend
from llmcore_tui.interview.setup import Mode
from llmcore_tui.interview.shown import ShownAnswer, ShownQuestion
from llmcore_tui.interview.speech import Counted, Pace


@dataclass(frozen=True, slots=True)
class ModuleCoverage:
    """How much was said on one module."""

    module: str
    title: str
    answers: int
    coverage: float | None
    """Mean of its marked answers, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A point that was missed or contradicted, and what to say."""

    question: str
    point: str
    must: bool
    say: str
    sign: str


@dataclass(frozen=True, slots=True)
class CardToStudy:
    """A card that was queued."""

    card: str
    ask: str
    """Empty where the deck has the card no more."""
    point: str
    say: str
    """The point it is queued for."""


@dataclass(frozen=True, slots=True)
class ReportedQuestion:
    """A question with its answer, its follow-ups and the pace of the answer."""

    shown: ShownQuestion
    pace: Pace | None

    @property
    def answers(self) -> tuple[ShownAnswer, ...]:
        """The answer and those to the follow-ups."""
        return self.shown.answers


@dataclass(frozen=True, slots=True)
class Report:
    """All of it."""

    session: str
    language: Language
    made: datetime
    on: date
    """The learner's day it began on."""
    mode: Mode
    is_story: bool
    has_ended: bool
    asked: int
    answered: int
    marked_by: tuple[str, ...]
    """Who marked it, each once: `marked offline`, `marked by MODEL`."""
    coverage: float | None
    """Mean of the marked answers to the questions themselves, 0 to 1."""
    modules: tuple[ModuleCoverage, ...]
    questions: tuple[ReportedQuestion, ...]
    unanswered: tuple[str, ...]
    """What else would have been asked."""
    missed: tuple[Missed, ...]
    habits: tuple[Counted, ...]
    trend: Trend
    cards: tuple[CardToStudy, ...]
    timed: int
    """Answers that count as timed."""
