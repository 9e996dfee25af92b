"""What the learner is asked, in one language: a question, a follow-up to it, or a story, with all that marks the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Language
from llmcore_tui.errors import UnknownName
from llmcore_tui.interview import story
from llmcore_tui.interview.sentences import first_sentence
from llmcore_tui.interview.standing import MISSED
from llmcore_tui.study.filled import Filled
from llmcore_tui.study.revealed import ShownMisconception, ShownPoint

if TYPE_CHECKING:
    from llmcore_tui.content.card import Misconception, Point
    from llmcore_tui.content.claim import DemoLink
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.content.interview import InterviewQuestion
    from llmcore_tui.grading.mark import Mark
    from llmcore_tui.grading.rubric import Rubric

MOST_FOLLOW_UPS = 2
FOLLOW_UP_MINUTES = 1.0


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing to answer; texts are Markdown with formulas between `$`."""

    question: str
    """The id of the question, of a follow-up's too."""
    follow_up: str
    """The point that was missed; empty for the question itself."""
    module: str
    module_title: str
    ask: str
    minutes: float
    """Suggested, as if spoken."""
    hint: str
    """Empty where there is none."""
    points: tuple[ShownPoint, ...]
    misconceptions: Mapping[str, ShownMisconception]
    weights: Mapping[str, float]
    rubric: Rubric | None
    """None for a story, which is not marked by points of a deck."""
    demo: DemoLink | None


class Prompts:
    """Makes the prompts of one interview."""

    def __init__(self, deck: Deck, language: Language) -> None:
        self.language: Language = language
        self._deck = deck
        self._made: dict[tuple[str, str], Prompt | None] = {}

    def of(self, question_id: str, follow_up: str = "") -> Prompt | None:
        """A question, or what is asked when a point of it was missed; None where the deck has it no more."""
        key = (question_id, follow_up)
        if key not in self._made:
            told = story.find(question_id)
            self._made[key] = self._story(told, follow_up) if told else self._of_deck(question_id, follow_up)
        return self._made[key]

    def follow_ups(self, question_id: str, mark: Mark | None) -> tuple[str, ...]:
        """The points, at most two, of which the missing is followed up: must points and heavier ones first."""
        if mark is None:
            return ()
        missed = {point.id for point in mark.points if point.verdict in MISSED}
        if story.find(question_id):
            return tuple(part for part in story.ASK_FIRST if part in missed)[:MOST_FOLLOW_UPS]
        if mark.coverage is None or (question := self._question(question_id)) is None:
            return ()
        asked = {each.when_missed for each in question.follow_ups}
        found = [point for point in question.points if point.id in missed and point.id in asked]
        found.sort(key=lambda point: (not point.must, -point.weight))
        return tuple(point.id for point in found)[:MOST_FOLLOW_UPS]

    def _of_deck(self, question_id: str, point: str) -> Prompt | None:
        from llmcore_tui.study import rubric

        question = self._question(question_id)
        if question is None:
            return None
        text = Filled(question.id, question.numbers, self._deck.numbers, self.language)
        title = self._deck.module(question.module).title.of(self.language)
        if not point:
            problem = text.of(question.model_answer.problem)
            return Prompt(
                question=question.id,
                follow_up="",
                module=question.module,
                module_title=title,
                ask=text.of(question.ask),
                minutes=question.minutes,
                hint=first_sentence(problem),
                points=_points(question.points, text),
                misconceptions=_misconceptions(question.misconceptions, text),
                weights={each.id: each.weight for each in question.points},
                rubric=rubric.of_question(self._deck, question, self.language),
                demo=question.demo,
            )
        follow_up = next((each for each in question.follow_ups if each.when_missed == point), None)
        if follow_up is None:
            return None
        return Prompt(
            question=question.id,
            follow_up=point,
            module=question.module,
            module_title=title,
            ask=text.of(follow_up.ask),
            minutes=FOLLOW_UP_MINUTES,
            hint="",
            points=_points(follow_up.points, text),
            misconceptions={},
            weights={each.id: each.weight for each in follow_up.points},
            rubric=rubric.of_follow_up(self._deck, question, follow_up, self.language),
            demo=question.demo,
        )

    def _story(self, told: story.Story, part: str) -> Prompt | None:
        parts: list[story.StarPart] = [each for each in story.STAR if part in ("", each)]
        if not parts:
            return None
        ask = story.FOLLOW_UPS[parts[0]] if part else told.ask
        return Prompt(
            question=told.id,
            follow_up=part,
            module=story.MODULE,
            module_title=story.MODULE_TITLE.of(self.language),
            ask=ask.of(self.language),
            minutes=FOLLOW_UP_MINUTES if part else story.MINUTES,
            hint="" if part else story.HINT.of(self.language),
            points=tuple(ShownPoint(each, False, story.SAYS[each].of(self.language)) for each in parts),
            misconceptions={},
            weights={},
            rubric=None,
            demo=None,
        )

    def _question(self, question_id: str) -> InterviewQuestion | None:
        try:
            return self._deck.question(question_id)
        except UnknownName:
            return None


def _points(points: tuple[Point, ...], text: Filled) -> tuple[ShownPoint, ...]:
    return tuple(ShownPoint(point.id, point.must, text.of(point.say)) for point in points)


def _misconceptions(found: tuple[Misconception, ...], text: Filled) -> dict[str, ShownMisconception]:
    return {each.id: ShownMisconception(text.of(each.says), text.of(each.fix)) for each in found}
