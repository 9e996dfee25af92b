"""Everything that the open decks hold, with its place: what a check goes through."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.content.index import rows
from llmcore_tui.content.index.index import Index
from llmcore_tui.content.index.rows import Row
from llmcore_tui.content.located import Located, LocatedCourse, Studied
from llmcore_tui.content.plan import Plan
from llmcore_tui.content.read.document import Place
from llmcore_tui.content.record_kind import RecordKind

_STUDIED: Mapping[RecordKind, Callable[[Row], Studied]] = {
    RecordKind.CARD: rows.card,
    RecordKind.ITEM: rows.item,
    RecordKind.QUESTION: rows.question,
}
_COURSES: Mapping[RecordKind, Callable[[Row], tuple[Place, Bilingual]]] = {
    RecordKind.AREA: lambda row: (("title",), rows.area(row).title),
    RecordKind.MODULE: lambda row: (("title",), rows.module(row).title),
    RecordKind.LEVEL: lambda row: (("title",), rows.level(row).title),
    RecordKind.TERM: lambda row: (("means",), rows.term(row).means),
}


def studied(decks: Sequence[Index]) -> Iterator[Located]:
    """Cards, quiz items and interview questions, deck by deck and module by module: a large deck is never whole in memory."""
    for number, index in enumerate(decks):
        for kind, make in _STUDIED.items():
            for module in sorted(index.counts(kind)):
                for row in index.rows(kind, module):
                    yield Located(make(row), index.deck, row.file, tuple(json.loads(row.place)), number == 0)


def plans(decks: Sequence[Index]) -> Iterator[tuple[Path, str, Plan]]:
    """Plans with their deck's folder and their file."""
    for index in decks:
        for row in index.rows(RecordKind.PLAN):
            yield index.deck, row.file, rows.plan(row)


def courses(decks: Sequence[Index]) -> Iterator[LocatedCourse]:
    """Areas, modules, levels and terms, each with the text that a learner sees."""
    for index in decks:
        for kind, text in _COURSES.items():
            for row in index.rows(kind):
                place = tuple(json.loads(row.place))
                yield LocatedCourse(kind, row.name, text(row), index.deck / row.file, place)
