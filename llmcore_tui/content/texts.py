"""Every text of a record that a learner sees, with its key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.content.card import Card, Misconception, Option, Point
from llmcore_tui.content.claim import DemoLink
from llmcore_tui.content.interview import FollowUp, InterviewQuestion, ModelAnswer
from llmcore_tui.content.quiz import QuizItem

Keyed = tuple[tuple[str | int, ...], Bilingual]
_PARTS = (Point, Misconception, Option, DemoLink, FollowUp, ModelAnswer)


def texts(record: Card | QuizItem | InterviewQuestion) -> Iterator[Keyed]:
    """The texts of a card, item or question in the order of its fields."""
    yield from _texts(record, ())


def _texts(value: object, place: tuple[str | int, ...]) -> Iterator[Keyed]:
    if isinstance(value, Bilingual):
        yield place, value
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            yield from _texts(each, (*place, index))
    elif isinstance(value, (Card, QuizItem, InterviewQuestion, *_PARTS)):
        for each in fields(value):
            yield from _texts(getattr(value, each.name), (*place, each.name))
