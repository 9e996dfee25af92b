"""A row of the index, and the record it stands for: its stored plain values read once more by the reader of files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from llmcore_tui.content.card import ModuleId
from llmcore_tui.content.read.fields import Fields, Found
from llmcore_tui.content.read.heading import Heading

if TYPE_CHECKING:
    from llmcore_tui.content.card import Card
    from llmcore_tui.content.glossary import Literal, Term
    from llmcore_tui.content.interview import InterviewQuestion
    from llmcore_tui.content.level import Level
    from llmcore_tui.content.module import Area, Module
    from llmcore_tui.content.plan import Plan
    from llmcore_tui.content.quiz import QuizItem
    from llmcore_tui.content.source import Source

COLUMNS = "kind, records.name, files.name, line, place, module, as_of, body"
FROM = "FROM records JOIN files ON files.id = records.file JOIN bodies ON bodies.record = records.id"
"""Bodies have a table of their own, so that a search that only wants ids passes over few pages."""


class Row(NamedTuple):
    """A record of the index."""

    kind: str
    name: str
    file: str
    """Relative to the deck."""
    line: int
    place: str
    """The keys from the top of the file to the record, as JSON."""
    module: str
    as_of: str
    body: str
    """The record's plain values, as JSON."""


def card(row: Row) -> Card:
    """The card of a row."""
    from llmcore_tui.content.read import cards

    return cards.card(_fields(row), _heading(row))


def item(row: Row) -> QuizItem:
    """The quiz item of a row."""
    from llmcore_tui.content.read import items

    return items.item(_fields(row), _heading(row))


def question(row: Row) -> InterviewQuestion:
    """The interview question of a row."""
    from llmcore_tui.content.read import interviews

    return interviews.question(_fields(row), _heading(row))


def area(row: Row) -> Area:
    """The area of a row."""
    from llmcore_tui.content.read import modules

    return modules.area(_fields(row))


def module(row: Row) -> Module:
    """The module of a row."""
    from llmcore_tui.content.read import modules

    return modules.module(_fields(row))


def plan(row: Row) -> Plan:
    """The plan of a row."""
    from llmcore_tui.content.read import courses

    return courses.plan(_fields(row))


def level(row: Row) -> Level:
    """The level of a row."""
    from llmcore_tui.content.read import courses

    return courses.level(_fields(row))


def source(row: Row) -> Source:
    """The source of a row."""
    from llmcore_tui.content.read import courses

    return courses.source(_fields(row), row.name)


def term(row: Row) -> Term:
    """The term of a row."""
    from llmcore_tui.content.read import courses

    return courses.term(_fields(row))


def literal(row: Row) -> Literal:
    """The allowed word of a row."""
    from llmcore_tui.content.read import courses

    return courses.literal(_fields(row))


def _fields(row: Row) -> Fields:
    return Fields(json.loads(row.body), (), Found())


def _heading(row: Row) -> Heading:
    return Heading(ModuleId(row.module), row.as_of)
