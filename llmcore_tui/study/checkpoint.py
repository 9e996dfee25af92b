"""A plan's checkpoints: what a day asks for, how far the learner is, and what is missing, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.render.number import percent
from llmcore_tui.study.quiz_choice import modules_of

if TYPE_CHECKING:
    from llmcore_progress import CheckpointRule, CheckpointState, Part, Progress
    from llmcore_tui.content.plan import Day

_NAMES = {
    "quiz": Bilingual("quiz", "测验"),
    "predictions": Bilingual("predictions", "预测"),
    "cards": Bilingual("cards", "卡片"),
    "timed": Bilingual("timed answers", "限时回答"),
}
_QUIZ = Bilingual(
    "a quiz of the day with {need} right in a round of five or more (best so far {have}): llmcore quiz --day {day}",
    "当天的测验，一轮至少五题、答对 {need}（目前最好 {have}）：llmcore quiz --day {day}",
)
_PREDICTION = Bilingual("1 more prediction within tolerance", "1 次容差内的预测")
_PREDICTIONS = Bilingual("{left} more predictions within tolerance", "{left} 次容差内的预测")
_CARD = Bilingual("1 more card rated good or easy", "1 张评为“良好”或“轻松”的卡片")
_CARDS = Bilingual("{left} more cards rated good or easy", "{left} 张评为“良好”或“轻松”的卡片")
_ANSWER = Bilingual(
    "1 more timed three-minute answer: llmcore interview --plan-day {day} --mode real",
    "1 次三分钟限时回答：llmcore interview --plan-day {day} --mode real",
)
_ANSWERS = Bilingual(
    "{left} more timed three-minute answers: llmcore interview --plan-day {day} --mode real",
    "{left} 次三分钟限时回答：llmcore interview --plan-day {day} --mode real",
)


@dataclass(frozen=True, slots=True)
class CheckpointPart:
    """One thing that a checkpoint asks for."""

    name: str
    """quiz, predictions, cards, timed."""
    title: str
    have: float
    need: float
    have_text: str
    need_text: str
    met: bool
    needs_interview: bool
    """Only a mock interview can meet it."""
    missing: str
    """What is still to do, in words; empty when it is met."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where the learner stands at a day's checkpoint."""

    day: int
    met: bool
    parts: tuple[CheckpointPart, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """What is still to do, a sentence each."""
        return tuple(part.missing for part in self.parts if part.missing)


def rule(day: Day) -> CheckpointRule | None:
    """What the day asks for; None for a day without a checkpoint."""
    from llmcore_progress import CheckpointRule

    asks = day.checkpoint
    if asks is None:
        return None
    return CheckpointRule(
        day=day.day,
        modules=modules_of(day),
        cards=day.cards,
        quiz=asks.quiz,
        predictions=asks.predictions,
        cards_needed=asks.cards,
        timed=asks.timed,
    )


def checkpoint(progress: Progress, day: Day, language: Language) -> Checkpoint | None:
    """The day's checkpoint as it stands; None for a day without one."""
    asks = rule(day)
    if asks is None:
        return None
    state = progress.checkpoint(asks)
    return Checkpoint(state.day, state.met, tuple(_parts(state, language)))


def is_open(progress: Progress, day: Day) -> bool:
    """Whether a day's checkpoint wants something; asks first for what is quickly counted."""
    asks = rule(day)
    if asks is None:
        return False
    only = replace(asks, quiz=0.0, predictions=0, cards_needed=0, timed=0)
    return not (
        progress.checkpoint(replace(asks, predictions=0, timed=0)).met
        and progress.checkpoint(replace(only, predictions=asks.predictions)).met
        and progress.checkpoint(replace(only, timed=asks.timed)).met
    )


def _parts(state: CheckpointState, language: Language) -> Iterator[CheckpointPart]:
    for part in state.parts:
        shown = percent if part.name == "quiz" else "{:g}".format
        yield CheckpointPart(
            name=part.name,
            title=_NAMES[part.name].of(language),
            have=part.have,
            need=part.need,
            have_text=shown(part.have),
            need_text=shown(part.need),
            met=part.met,
            needs_interview=part.needs_interview,
            missing="" if part.met else _missing(part, state.day, language),
        )


def _missing(part: Part, day: int, language: Language) -> str:
    if part.name == "quiz":
        return _QUIZ.of(language).format(need=percent(part.need), have=percent(part.have), day=day)
    forms = {
        "predictions": (_PREDICTION, _PREDICTIONS),
        "cards": (_CARD, _CARDS),
        "timed": (_ANSWER, _ANSWERS),
    }
    left = round(part.need - part.have)
    return forms[part.name][left != 1].of(language).format(left=left, day=day)
