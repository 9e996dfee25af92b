"""What each of a deck's files holds: its records, and all that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

from llmcore_tui.content.problem import Problem
from llmcore_tui.content.read import cards, courses, document, interviews, items, locks, modules
from llmcore_tui.content.read.document import Document, Place, named
from llmcore_tui.content.read.fields import Fields, Found
from llmcore_tui.content.read.heading import Heading, heading
from llmcore_tui.content.record_kind import RecordKind


@dataclass(frozen=True, slots=True)
class Record:
    """One sound record of a file: enough to find it, and its plain values to make it again."""

    kind: RecordKind
    id: str
    plain: object
    place: Place = ()
    line: int = 0
    module: str = ""
    as_of: str = ""
    value: object = None


@dataclass(slots=True)
class Contents:
    """The sound records of a file and its problems, by line."""

    records: list[Record] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(deck: Path, name: str) -> Contents:
    """Read one file of a deck."""
    if name == "cards/numbers.lock.json":
        return _locked(RecordKind.NUMBER, *locks.numbers(deck / name))
    if name == "cards/ids.lock":
        return _locked(RecordKind.RETIRED, *locks.retired(deck / name))
    return contents(document.read(deck / name), name)


def contents(read: Document, name: str) -> Contents:
    """The records of a YAML file, by its name in the deck."""
    found = Found()
    records: list[Record] = []
    if read.value is not None:
        records = list(_records(Fields(read.value, (), found), read, name))
    noted = [
        Problem("error", read.file, read.line(place), named(place, read.value), message)
        for place, message in found.notes
    ]
    return Contents(records, sorted([*read.problems, *noted], key=lambda each: each.line))


def _records(top: Fields, read: Document, name: str) -> Iterator[Record]:
    path = PurePosixPath(name)
    if name == "cards/modules.yaml":
        yield from _listed(top, "areas", RecordKind.AREA, modules.area, read)
        yield from _listed(top, "modules", RecordKind.MODULE, modules.module, read)
    elif name == "cards/sources.yaml":
        yield from _keyed(top, "sources", RecordKind.SOURCE, courses.source, read)
    elif name == "cards/glossary.yaml":
        yield from _listed(top, "terms", RecordKind.TERM, courses.term, read)
    elif name == "cards/literals.yaml":
        yield from _listed(top, "allowed", RecordKind.LITERAL, courses.literal, read)
    elif name == "quizzes/levels.yaml":
        yield from _listed(top, "levels", RecordKind.LEVEL, courses.level, read)
    elif path.parts[:2] == ("quizzes", "plans"):
        yield from _plan(top, path.stem)
        return
    elif path.parts[:2] == ("quizzes", "items"):
        yield from _headed(top, "items", RecordKind.ITEM, "q", items.item, read)
    elif path.parts[:2] == ("quizzes", "interviews"):
        yield from _headed(top, "questions", RecordKind.QUESTION, "i", interviews.question, read)
    else:
        yield from _headed(top, "cards", RecordKind.CARD, "", cards.card, read)
    top.close()


def _headed(
    top: Fields,
    key: str,
    kind: RecordKind,
    mark: str,
    make: Callable[[Fields, Heading], object],
    read: Document,
) -> Iterator[Record]:
    head = heading(top, mark)
    if not top.has(key):
        top.raw(key)

    def of_module(fields: Fields) -> object:
        return make(fields, head)

    for record in _listed(top, key, kind, of_module, read):
        yield Record(
            kind, record.id, record.plain, record.place, record.line, head.module, head.as_of, record.value
        )


def _listed(
    top: Fields, key: str, kind: RecordKind, make: Callable[[Fields], object], read: Document
) -> Iterator[Record]:
    seen: set[str] = set()
    for place, plain in top.elements(key):
        value = top.found.sound(partial(_make, make, plain, place, top.found))
        own = _own_id(plain, kind)
        if own and own in seen:
            top.found.add(place, f"{own} is there a second time")
        elif value is not None:
            yield Record(kind, own, plain, place, read.line(place), value=value)
        seen.add(own)


def _keyed(
    top: Fields, key: str, kind: RecordKind, make: Callable[[Fields, str], object], read: Document
) -> Iterator[Record]:
    if not top.has(key):
        top.raw(key)
    elif top.raw(key) is not None:
        inner = top.record(key)
        for own in inner.keys():  # noqa: SIM118  # not a dict
            place = (*inner.place, own)
            value = top.found.sound(
                partial(_make, partial(_of_key, make, own), inner.raw(own), place, top.found)
            )
            if value is not None:
                yield Record(kind, own, inner.raw(own), place, read.line(place), value=value)


def _make(make: Callable[[Fields], object], plain: object, place: Place, found: Found) -> object:
    return make(Fields(plain, place, found))


def _of_key(make: Callable[[Fields, str], object], own: str, fields: Fields) -> object:
    return make(fields, own)


def _plan(top: Fields, stem: str) -> Iterator[Record]:
    plan = top.found.sound(lambda: courses.plan(top))
    if plan is not None:
        if plan.name != stem:
            top.note("plan", f"is {plan.name!r} in a file called {stem}.yaml; the two are the same name")
        yield Record(RecordKind.PLAN, plan.name, top.value, line=1, value=plan)


def _own_id(plain: object, kind: RecordKind) -> str:
    key = {RecordKind.TERM: "en", RecordKind.LITERAL: "word"}.get(kind, "id")
    own = plain.get(key) if isinstance(plain, dict) else None
    return own.strip() if isinstance(own, str) else ""


def _locked(kind: RecordKind, entries: dict[str, object], problems: list[Problem]) -> Contents:
    return Contents([Record(kind, own, plain) for own, plain in entries.items()], problems)
