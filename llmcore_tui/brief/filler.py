"""Texts of cards, quiz items and questions with their slots filled, for reading on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from llmcore_tui.content import slots
from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.content.card import Card
from llmcore_tui.content.claim import Setting
from llmcore_tui.content.interview import InterviewQuestion
from llmcore_tui.content.lock import LockedNumber
from llmcore_tui.content.quiz import QuizItem
from llmcore_tui.lab.claim import draw
from llmcore_tui.study.filled import RESULT, Filled

Record = Card | QuizItem | InterviewQuestion


@dataclass(frozen=True, slots=True)
class Filler:
    """Fills texts in one language with the deck's numbers."""

    numbers: Mapping[str, LockedNumber]
    language: Language

    def of(self, record: Record, text: Bilingual | None, drawn: Mapping[str, Setting] | None = None) -> str:
        """The text; that of a generated question with the values it was asked with, or with a draw of its own.

        Empty where it needs the answer of a generated question, which has none on paper.
        """
        if text is None:
            return ""
        said = text.of(self.language)
        if isinstance(record, InterviewQuestion):
            filled = Filled(record.id, record.numbers, self.numbers, self.language)
        elif RESULT in slots.slots_in(said) and record.result is not None:
            return ""
        else:
            values = {**draw(record.vary, record.id), **(drawn or {})}
            filled = Filled(record.id, record.numbers, self.numbers, self.language, values)
        return filled.of(text).strip()
