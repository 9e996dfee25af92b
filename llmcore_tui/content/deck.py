"""The decks that are open together: the built-in one first, then the learner's own, as one collection."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from llmcore_tui.content.card import CardId, ModuleId
from llmcore_tui.content.index import rows
from llmcore_tui.content.index.index import Index
from llmcore_tui.content.locked import LockedNumbers
from llmcore_tui.content.record_kind import STUDIED, RecordKind
from llmcore_tui.content.structure import remembered_structure
from llmcore_tui.errors import InputError, UnknownName

if TYPE_CHECKING:
    from llmcore_tui.content.card import Card
    from llmcore_tui.content.glossary import Literal, Term
    from llmcore_tui.content.index.refresh import OnFile
    from llmcore_tui.content.index.rows import Row
    from llmcore_tui.content.interview import InterviewQuestion, QuestionId
    from llmcore_tui.content.level import Level
    from llmcore_tui.content.located import Located, LocatedCourse, Studied
    from llmcore_tui.content.lock import LockedNumber
    from llmcore_tui.content.module import Area, Module
    from llmcore_tui.content.plan import Plan
    from llmcore_tui.content.problem import Problem
    from llmcore_tui.content.quiz import ItemId, QuizItem
    from llmcore_tui.content.read.document import Place
    from llmcore_tui.content.source import Source

DEFAULT_PLAN = "14-day"


class Entry(NamedTuple):
    """What the scheduler knows of a card."""

    card: CardId
    module: ModuleId
    position: int
    """The place in the order in which new cards come: by module along the plan, then as files have them."""
    family: str


class Deck:
    """All content that is open. Opening reads only files that changed; each record is read when it is asked for."""

    def __init__(self, indexes: Sequence[Index]) -> None:
        self._indexes = tuple(indexes)
        self._asked: dict[str, Module] = {}
        """The modules that were asked for one by one, so that showing one card does not read all of them."""

    @classmethod
    def open(
        cls, folders: Sequence[Path], cache: Path, *, strict: bool = True, on_file: OnFile | None = None
    ) -> Deck:
        """Open the decks in `folders`, the built-in one first, with their indexes under `cache`.

        `strict` raises ContentError at the first thing that is wrong with a file; otherwise only what is sound is there,
        and `problems()` says the rest. `on_file` hears how many of how many changed files are read.
        """
        for folder in folders:
            if not (folder / "cards").is_dir():
                raise InputError(
                    f"There is no deck at {folder}: it has no folder cards.",
                    f"`llmcore deck new {folder}` makes one.",
                )
        deck = cls(
            [Index(folder, cache, on_file) for folder in dict.fromkeys(each.resolve() for each in folders)]
        )
        if strict and (problem := next(iter(deck.problems()), None)):
            raise problem.error()
        return deck

    def close(self) -> None:
        """Let go of the indexes."""
        for index in self._indexes:
            index.close()

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders of the decks, the built-in one first."""
        return tuple(index.deck for index in self._indexes)

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever a file of a deck does."""
        parts = "\n".join(f"{index.deck} {index.fingerprint}" for index in self._indexes)
        return hashlib.blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def problems(self) -> list[Problem]:
        """What is wrong within the files and between them, deck by deck."""
        found = [problem for index in self._indexes for problem in index.problems()]
        return found + remembered_structure(self._indexes, self.fingerprint)

    @cached_property
    def _modules(self) -> dict[ModuleId, Module]:
        found: dict[ModuleId, Module] = {}
        for row in self._all(RecordKind.MODULE):
            if row.name not in found:
                found[ModuleId(row.name)] = self._module(row)
        return found

    @cached_property
    def _written(self) -> set[str]:
        """The modules that have cards."""
        return {module for index in self._indexes for module in index.counts(RecordKind.CARD)}

    def _module(self, row: Row) -> Module:
        return replace(rows.module(row), planned=row.name not in self._written)

    def modules(self) -> Mapping[ModuleId, Module]:
        """Every module by its id, in the order of the decks' `modules.yaml`."""
        return self._modules

    def module(self, name: str) -> Module:
        """One module; UnknownName names the nearest."""
        if name not in self._asked:
            if (row := self._find(RecordKind.MODULE, name)) is None:
                raise UnknownName("module", name, self._modules)
            self._asked[name] = self._module(row[1])
        return self._asked[name]

    def areas(self) -> list[Area]:
        """The areas, each once."""
        found: dict[str, Area] = {}
        for row in self._all(RecordKind.AREA):
            found.setdefault(row.name, rows.area(row))
        return list(found.values())

    def card(self, card_id: str) -> Card:
        """One card; UnknownName names the nearest of its module."""
        return rows.card(self._one(RecordKind.CARD, card_id, "card"))

    def item(self, item_id: str) -> QuizItem:
        """One quiz item; UnknownName names the nearest of its module."""
        return rows.item(self._one(RecordKind.ITEM, item_id, "quiz item"))

    def question(self, question_id: str) -> InterviewQuestion:
        """One interview question; UnknownName names the nearest of its module."""
        return rows.question(self._one(RecordKind.QUESTION, question_id, "interview question"))

    def has_card(self, card_id: str) -> bool:
        """Whether there is such a card."""
        return self._find(RecordKind.CARD, card_id) is not None

    def card_ids(self, module: str | None = None) -> list[CardId]:
        """The ids of all cards, or of a module's, in the order of the files."""
        return [CardId(name) for name in self._names(RecordKind.CARD, module)]

    def item_ids(self, module: str | None = None) -> list[ItemId]:
        """The ids of all quiz items, or of a module's."""
        from llmcore_tui.content.quiz import ItemId

        return [ItemId(name) for name in self._names(RecordKind.ITEM, module)]

    def question_ids(self, module: str | None = None) -> list[QuestionId]:
        """The ids of all interview questions, or of a module's."""
        from llmcore_tui.content.interview import QuestionId

        return [QuestionId(name) for name in self._names(RecordKind.QUESTION, module)]

    def cards(self, module: str) -> list[Card]:
        """The cards of a module."""
        return [rows.card(row) for row in self._all(RecordKind.CARD, module)]

    def items(self, module: str) -> list[QuizItem]:
        """The quiz items of a module."""
        return [rows.item(row) for row in self._all(RecordKind.ITEM, module)]

    def questions(self, module: str) -> list[InterviewQuestion]:
        """The interview questions of a module."""
        return [rows.question(row) for row in self._all(RecordKind.QUESTION, module)]

    def counts(self, kind: RecordKind = RecordKind.CARD) -> dict[ModuleId, int]:
        """How many cards, or records of another kind, each module has."""
        total: dict[ModuleId, int] = {}
        for index in self._indexes:
            for module, count in index.counts(kind).items():
                total[ModuleId(module)] = total.get(ModuleId(module), 0) + count
        return total

    def counts_by_folder(self) -> list[tuple[Path, dict[RecordKind, int]]]:
        """How many cards, quiz items and interview questions each deck has."""
        return [
            (index.deck, {kind: sum(index.counts(kind).values()) for kind in STUDIED})
            for index in self._indexes
        ]

    def plan(self, name: str) -> Plan:
        """One plan; UnknownName names the nearest."""
        if (row := self._find(RecordKind.PLAN, name)) is None:
            raise UnknownName("plan", name, (row.name for row in self._all(RecordKind.PLAN)))
        return rows.plan(row[1])

    def plans(self) -> list[Plan]:
        """Every plan, the default one first."""
        return sorted(
            (rows.plan(row) for row in self._all(RecordKind.PLAN)), key=lambda plan: plan.name != DEFAULT_PLAN
        )

    def plan_names(self) -> list[str]:
        """The names of all plans, the default one first."""
        return sorted(self._names(RecordKind.PLAN, None), key=lambda name: name != DEFAULT_PLAN)

    def levels(self) -> list[Level]:
        """The levels in their order."""
        return [rows.level(row) for row in self._all(RecordKind.LEVEL)]

    def source(self, cite: str) -> Source:
        """One source; UnknownName names the nearest."""
        if (row := self._find(RecordKind.SOURCE, cite)) is None:
            raise UnknownName("source", cite, (row.name for row in self._all(RecordKind.SOURCE)))
        return rows.source(row[1])

    def sources(self) -> Mapping[str, Source]:
        """Every source by its cite key."""
        return {row.name: rows.source(row) for row in self._all(RecordKind.SOURCE)}

    def glossary(self) -> list[Term]:
        """The terms of the field."""
        return [rows.term(row) for row in self._all(RecordKind.TERM)]

    def literals(self) -> list[Literal]:
        """The words with digits that prose may use."""
        return [rows.literal(row) for row in self._all(RecordKind.LITERAL)]

    def search(
        self, text: str = "", tag: str = "", module: str | None = None, limit: int | None = None
    ) -> list[CardId]:
        """Cards that have every word of `text` as the start of one of theirs, in either language, the tag and the module.

        A tag is a card's own or its module's. Chinese is found anywhere in a sentence.
        """
        tagged = [
            each.id for each in self._modules.values() if tag and tag.lower() in map(str.lower, each.tags)
        ]
        found: list[CardId] = []
        for index in self._indexes:
            left = None if limit is None else limit - len(found)
            found += [CardId(name) for name in index.search(text, tag, tagged, module, left)]
        return found

    def tags(self) -> dict[str, int]:
        """Every tag of a card, and how many cards have it."""
        total: dict[str, int] = {}
        for index in self._indexes:
            for tag, count in index.tags():
                total[tag] = total.get(tag, 0) + count
        return dict(sorted(total.items()))

    def order(self, plan: str | None = DEFAULT_PLAN) -> list[ModuleId]:
        """All modules in the order in which they are taught along a plan; along none when the deck has no such plan."""
        from llmcore_tui.content import prerequisites

        along = self._find(RecordKind.PLAN, plan) if plan else None
        return prerequisites.order(self.modules(), rows.plan(along[1]) if along else None)

    def entries(self, plan: str | None = DEFAULT_PLAN) -> Iterator[Entry]:
        """Every card for the scheduler's catalogue, in the order in which new cards come."""
        position = 0
        for module in self.order(plan):
            for index in self._indexes:
                for name, _, family in index.names(RecordKind.CARD, module):
                    yield Entry(CardId(name), module, position, family)
                    position += 1

    @property
    def numbers(self) -> Mapping[str, LockedNumber]:
        """The locked value of each slot by `<id>#<slot>`."""
        return LockedNumbers(self._indexes)

    def retired(self) -> Mapping[str, str | None]:
        """Ids that are no longer used, with what replaces each."""
        return {row.name: json.loads(row.body) for row in self._all(RecordKind.RETIRED)}

    def folder_of(self, record: Studied | str) -> Path:
        """The folder of the deck that has a card, quiz item or interview question."""
        return self._with_id(record if isinstance(record, str) else record.id)[0].deck

    def stated(self, record_id: str) -> dict[str, Any]:
        """A card, quiz item or interview question as its file states it, in plain values."""
        stated: dict[str, Any] = json.loads(self._with_id(record_id)[1].body)
        return stated

    def line_of(self, record_id: str, place: Place) -> tuple[Path, int]:
        """File and line of a place within a record, such as `("numbers", "ratio")`; reads the file."""
        from llmcore_tui.content.located import Lines

        index, row = self._with_id(record_id)
        file = index.deck / row.file
        return file, Lines().line(file, (*json.loads(row.place), *place))

    def place_of(self, record_id: str) -> tuple[Path, int]:
        """File and line of a card, quiz item or interview question."""
        index, row = self._with_id(record_id)
        return index.deck / row.file, row.line

    def located(self) -> Iterator[Located]:
        """Every card, quiz item and interview question with its place, deck by deck and module by module."""
        from llmcore_tui.content import locate

        return locate.studied(self._indexes)

    def located_plans(self) -> Iterator[tuple[Path, str, Plan]]:
        """Every plan with its deck's folder and its file."""
        from llmcore_tui.content import locate

        return locate.plans(self._indexes)

    def located_courses(self) -> Iterator[LocatedCourse]:
        """Every area, module, level and term with its texts and its place."""
        from llmcore_tui.content import locate

        return locate.courses(self._indexes)

    def _with_id(self, record_id: str) -> tuple[Index, Row]:
        for kind in STUDIED:
            if found := self._find(kind, record_id):
                return found
        raise self._unknown(RecordKind.CARD, record_id, "card")

    def _one(self, kind: RecordKind, record_id: str, what: str) -> Row:
        if found := self._find(kind, record_id):
            return found[1]
        raise self._unknown(kind, record_id, what)

    def _unknown(self, kind: RecordKind, record_id: str, what: str) -> UnknownName:
        module = record_id.partition(".")[0]
        return UnknownName(what, record_id, self._names(kind, module) or self._modules)

    def _find(self, kind: RecordKind, name: str) -> tuple[Index, Row] | None:
        for index in self._indexes:
            if row := index.row(kind, name):
                return index, row
        return None

    def _all(self, kind: RecordKind, module: str | None = None) -> list[Row]:
        return [row for index in self._indexes for row in index.rows(kind, module)]

    def _names(self, kind: RecordKind, module: str | None) -> list[str]:
        return [name for index in self._indexes for name, _, _ in index.names(kind, module)]
