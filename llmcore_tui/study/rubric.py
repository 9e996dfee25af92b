"""The rubric of a card, of an interview question, or of a follow-up: its texts with every slot filled, in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import LANGUAGES, Bilingual, Language
from llmcore_tui.grading.rubric import Criterion, Rubric, WrongClaim
from llmcore_tui.study.filled import Filled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmcore_tui.content.card import Card, Misconception, Point
    from llmcore_tui.content.claim import Setting
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.content.interview import FollowUp, InterviewQuestion


class RubricWriter:
    """Fills the texts of one record; what the learner is told is in `language`, what counts is in both."""

    def __init__(
        self,
        deck: Deck,
        record: Card | InterviewQuestion,
        language: Language,
        draw: Mapping[str, Setting] | None = None,
    ) -> None:
        self._language: Language = language
        self._texts = {
            each: Filled(record.id, record.numbers, deck.numbers, each, draw or {}) for each in LANGUAGES
        }

    def card(self, card: Card) -> Rubric:
        """Its points, with its brief and its answer as the texts that a copy would come from."""
        return self._rubric(card.ask, card.points, card.misconceptions, [[card.brief, card.answer]])

    def question(self, question: InterviewQuestion) -> Rubric:
        """Its points, with its model answer."""
        answer = question.model_answer
        parts = [answer.problem, answer.mechanism, answer.run, answer.engineering]
        return self._rubric(question.ask, question.points, question.misconceptions, [parts])

    def follow_up(self, follow_up: FollowUp) -> Rubric:
        """The points of a follow-up; it has no model answer."""
        return self._rubric(follow_up.ask, follow_up.points, (), [])

    def _rubric(
        self,
        ask: Bilingual,
        points: Iterable[Point],
        misconceptions: Iterable[Misconception],
        references: Iterable[Iterable[Bilingual]],
    ) -> Rubric:
        return Rubric(
            question=self._both(ask),
            points=tuple(self._criterion(point) for point in points),
            wrong_claims=tuple(self._wrong_claim(each) for each in misconceptions),
            references=tuple(
                "\n".join(self._texts[each].of(part) for part in parts)
                for parts in map(tuple, references)
                for each in LANGUAGES
            ),
        )

    def _criterion(self, point: Point) -> Criterion:
        say = self._own(point.say)
        others = (*self._both(point.say), *point.accept.en, *point.accept.zh)
        return Criterion(point.id, say, tuple(dict.fromkeys((say, *others))), point.must, point.weight)

    def _wrong_claim(self, each: Misconception) -> WrongClaim:
        return WrongClaim(each.id, self._own(each.says), self._own(each.fix), self._both(each.says))

    def _own(self, text: Bilingual) -> str:
        return self._texts[self._language].of(text)

    def _both(self, text: Bilingual) -> tuple[str, ...]:
        return tuple(self._texts[each].of(text) for each in LANGUAGES)


def of_card(deck: Deck, card: Card, language: Language, draw: Mapping[str, Setting] | None = None) -> Rubric:
    """The rubric of a card; `draw`: the drawn values of a generated question."""
    return RubricWriter(deck, card, language, draw).card(card)


def of_question(deck: Deck, question: InterviewQuestion, language: Language) -> Rubric:
    """The rubric of an interview question."""
    return RubricWriter(deck, question, language).question(question)


def of_follow_up(deck: Deck, question: InterviewQuestion, follow_up: FollowUp, language: Language) -> Rubric:
    """The rubric of one of a question's follow-ups."""
    return RubricWriter(deck, question, language).follow_up(follow_up)
