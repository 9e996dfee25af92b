"""All that can be said against the content of the open decks without running a demo or drawing a formula."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from llmcore_tui.content.card import Card, ModuleId
from llmcore_tui.content.deck import Deck
from llmcore_tui.content.located import Lines, Located
from llmcore_tui.content.problem import Problem
from llmcore_tui.content.read.document import named
from llmcore_tui.content.record_kind import RecordKind
from llmcore_tui.content.rules import alike, prose
from llmcore_tui.content.rules.cited import STALE_MONTHS, cited, is_stale
from llmcore_tui.content.rules.demos import Declared, demos
from llmcore_tui.content.rules.filled import filled
from llmcore_tui.content.rules.ids import ids
from llmcore_tui.content.rules.layout import misplaced, passed_over
from llmcore_tui.content.rules.minimums import minimums
from llmcore_tui.content.rules.note import Note, Notes
from llmcore_tui.content.rules.options import options
from llmcore_tui.content.rules.plans import plans
from llmcore_tui.content.rules.points import points


def lint(deck: Deck, today: date, declared: Mapping[str, Declared] | None = None) -> list[Problem]:
    """Every problem of a deck opened with `strict=False`, by file and line; `declared` has the flags and numbers of all demos."""
    lint = _Lint(deck, today, declared)
    problems = [*lint.broken, *lint.records(), *lint.files(), *lint.courses(), *lint.modules()]
    return sorted(problems, key=lambda each: (str(each.file), each.line, each.key, each.message))


class _Lint:
    """One run over the decks."""

    def __init__(self, deck: Deck, today: date, declared: Mapping[str, Declared] | None) -> None:
        self._deck = deck
        self._today = today
        self._declared = declared
        self.broken = deck.problems()
        self._lines = Lines()
        self._modules = deck.modules()
        self._sources = deck.sources()
        self._allowed = frozenset(literal.word for literal in deck.literals())
        self._stale: dict[Path, str] = {}
        self._places: set[tuple[str, str, str]] = set()
        self._asks: dict[ModuleId, list[Located]] = {}
        self._ids: dict[Path, set[str]] = {folder: set() for folder in deck.folders}

    def records(self) -> Iterator[Problem]:
        """Problems of single cards, items and questions, and what `modules` needs to know of them."""
        for located in self._deck.located():
            self._ids[located.folder].add(located.record.id)
            if is_stale(located.record.as_of, self._today):
                self._stale[located.file] = located.record.as_of
            module = self._modules.get(located.record.module)
            if located.builtin and module is not None:
                self._places.add((located.name, module.id, module.area))
            if isinstance(located.record, Card):
                self._asks.setdefault(located.record.module, []).append(located)
            for note in self._notes(located):
                yield self._lines.problem(located, note.severity, note.place, note.message)

    def _notes(self, located: Located) -> Notes:
        record = located.record
        yield from filled(record)
        yield from prose.prose(record, located.builtin, self._allowed)
        yield from demos(record, self._modules.get(record.module), self._declared)
        yield from cited(record, self._sources, self._modules, self._today)
        yield from options(record)
        yield from points(record, located.builtin)

    def files(self) -> Iterator[Problem]:
        """Files that are old or not where they belong, and what `ids.lock` says."""
        for file, as_of in self._stale.items():
            message = f"is {as_of}, more than {STALE_MONTHS} months ago; read it again"
            yield Problem("warning", file, self._lines.line(file, ("as_of",)), "as_of", message)
        yield from misplaced(self._deck.folders[0], self._places)
        for folder in self._deck.folders:
            yield from passed_over(folder)
            whole = not any(problem.file.is_relative_to(folder) for problem in self.broken)
            builtin = folder == self._deck.folders[0]
            yield from ids(folder, self._ids[folder], builtin=builtin, whole=whole)

    def courses(self) -> Iterator[Problem]:
        """Problems of plans, and of the texts and demos of what orders and explains the cards."""
        yield from self._titles()
        cards = {own for each in self._ids.values() for own in each}
        for folder, name, plan in self._deck.located_plans():
            notes = list(plans(plan, self._modules, cards))
            for index, day in enumerate(plan.days):
                place = ("days", index, "must_say")
                notes += [
                    *prose.languages(day.must_say, place),
                    *prose.digits(day.must_say, place, self._allowed),
                ]
            for note in [*prose.languages(plan.title, ("title",)), *notes]:
                file = folder / name
                yield Problem(
                    note.severity,
                    file,
                    self._lines.line(file, note.place),
                    named(note.place, None),
                    note.message,
                )

    def _titles(self) -> Iterator[Problem]:
        for located in self._deck.located_courses():
            key, text = located.text
            notes = list(prose.languages(text, (*located.place, *key)))
            if located.kind is RecordKind.MODULE:
                place = (*located.place, "demos")
                notes += [
                    Note(place, f"names {demo!r}, which is no demo") for demo in self._missing(located.id)
                ]
            for note in notes:
                line = self._lines.line(located.file, note.place)
                name = named(("", 0, *note.place[2:]), {"": [{"id": located.id}]})
                yield Problem(note.severity, located.file, line, name, note.message)

    def _missing(self, name: str) -> list[str]:
        """Demos that a written module names and nobody has."""
        module = self._modules[ModuleId(name)]
        if self._declared is None or module.planned:
            return []
        return [demo for demo in module.demos if demo not in self._declared]

    def modules(self) -> Iterator[Problem]:
        """What modules of the built-in deck lack, and cards that ask the same."""
        for module, cards in self._asks.items():
            asks = [(str(located.record.id), located.record.ask) for located in cards]
            by_id = {str(located.record.id): located for located in cards}
            same = set(alike.same(asks))
            for own, other in sorted(same):
                yield self._lines.problem(by_id[own], "error", ("ask",), f"asks the same as {other}")
            for own, other in sorted(set(alike.near(asks)) - same):
                yield self._lines.problem(by_id[own], "warning", ("ask",), f"asks nearly the same as {other}")
            if cards[0].builtin:
                yield from self._minimums(module, cards)

    def _minimums(self, module: ModuleId, cards: list[Located]) -> Iterator[Problem]:
        kinds = Counter(located.record.kind for located in cards if isinstance(located.record, Card))
        items = self._deck.counts(RecordKind.ITEM).get(module, 0)
        questions = self._deck.counts(RecordKind.QUESTION).get(module, 0)
        for lack in minimums(kinds, items, questions):
            yield Problem("error", cards[0].file, 1, module, lack)
