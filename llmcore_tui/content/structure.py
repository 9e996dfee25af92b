"""What must hold between the files and decks that are open together, or the program could not work on them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from llmcore_tui.content.card import ModuleId
from llmcore_tui.content.index import rows
from llmcore_tui.content.index.index import Index
from llmcore_tui.content.index.rows import Row
from llmcore_tui.content.problem import Problem
from llmcore_tui.content.record_kind import RecordKind

_UNIQUE = (
    RecordKind.MODULE,
    RecordKind.CARD,
    RecordKind.ITEM,
    RecordKind.QUESTION,
    RecordKind.PLAN,
    RecordKind.LEVEL,
    RecordKind.SOURCE,
)


def structure(decks: Sequence[Index]) -> list[Problem]:
    """Ids that two decks have, modules and areas that nobody defines, and modules that require each other in a ring."""
    return [*_collisions(decks), *_module_problems(decks), *_homeless(decks), *_unknown_modules(decks)]


def remembered_structure(decks: Sequence[Index], fingerprint: str) -> list[Problem]:
    """The same, looked up while no file has changed."""
    last = decks[-1]
    known = json.loads(last.note("together") or "{}")
    if known.get("fingerprint") != fingerprint:
        found = [
            (each.severity, str(each.file), each.line, each.key, each.message) for each in structure(decks)
        ]
        known = {"fingerprint": fingerprint, "problems": found}
        last.remember("together", json.dumps(known))
    return [
        Problem(severity, Path(file), line, key, message)
        for severity, file, line, key, message in known["problems"]
    ]


def _collisions(decks: Sequence[Index]) -> Iterator[Problem]:
    for position, later in enumerate(decks):
        for earlier in decks[:position]:
            for kind in _UNIQUE:
                for row in _shared(later, earlier, kind):
                    if kind is RecordKind.SOURCE and _body(earlier, row) == row.body:
                        continue  # two decks may list one source
                    yield _problem(
                        later, row, row.name, f"there is a {kind} of this id in the deck {earlier.deck} too"
                    )


def _shared(later: Index, earlier: Index, kind: RecordKind) -> list[Row]:
    """The records of `later` whose ids `earlier` has too, asking the larger deck about the smaller one's."""
    if sum(later.counts(kind).values()) <= sum(earlier.counts(kind).values()):
        names = [row.name for row in earlier.among(kind, [name for name, _, _ in later.names(kind)])]
    else:
        names = [name for name, _, _ in earlier.names(kind)]
    return later.among(kind, names)


def _body(deck: Index, row: Row) -> str:
    same = deck.row(RecordKind(row.kind), row.name)
    return same.body if same else ""


def _module_problems(decks: Sequence[Index]) -> Iterator[Problem]:
    from llmcore_tui.content import prerequisites

    areas = {row.name for deck in decks for row in deck.rows(RecordKind.AREA)}
    stated = [(deck, row, rows.module(row)) for deck in decks for row in deck.rows(RecordKind.MODULE)]
    modules = {module.id: module for _, _, module in stated}
    ring = prerequisites.cycle(modules)
    for deck, row, module in stated:
        if module.area not in areas:
            yield _problem(deck, row, f"{row.name}.area", f"is {module.area!r}, which is no area")
        for required in module.requires:
            if required not in modules:
                yield _problem(deck, row, f"{row.name}.requires", f"names {required!r}, which is no module")
        if ring and module.id == ring[0]:
            yield _problem(deck, row, f"{row.name}.requires", f"goes in a ring: {' -> '.join(ring)}")


def _homeless(decks: Sequence[Index]) -> Iterator[Problem]:
    """The first record of each module that nobody defines."""
    modules = {row.name for deck in decks for row in deck.rows(RecordKind.MODULE)}
    for deck in decks:
        for kind in (RecordKind.CARD, RecordKind.ITEM, RecordKind.QUESTION):
            for module in sorted(set(deck.counts(kind)) - modules):
                row = deck.rows(kind, module)[0]
                yield Problem(
                    "error",
                    deck.deck / row.file,
                    1,
                    "module",
                    f"is {module!r}, which no modules.yaml defines",
                )


def _unknown_modules(decks: Sequence[Index]) -> Iterator[Problem]:
    modules = {ModuleId(row.name) for deck in decks for row in deck.rows(RecordKind.MODULE)}
    for deck in decks:
        for row in deck.rows(RecordKind.PLAN):
            for unknown in dict.fromkeys(each for each in rows.plan(row).modules if each not in modules):
                yield _problem(deck, row, "days", f"names {unknown!r}, which is no module")
        for row in deck.rows(RecordKind.LEVEL):
            for unknown in (each for each in rows.level(row).modules if each not in modules):
                yield _problem(deck, row, f"{row.name}.modules", f"names {unknown!r}, which is no module")


def _problem(deck: Index, row: Row, key: str, message: str) -> Problem:
    return Problem("error", deck.deck / row.file, row.line, key, message)
