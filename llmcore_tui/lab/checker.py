"""The parts of a check over the decks that are open together, each giving the problems it finds."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.content.card import Card
from llmcore_tui.content.code_task import CodeTask
from llmcore_tui.content.deck import Deck
from llmcore_tui.content.ids_lock import add_new
from llmcore_tui.content.located import Lines, Located, Studied
from llmcore_tui.content.lock import NUMBERS, LockedNumber, locked_number
from llmcore_tui.content.problem import Problem
from llmcore_tui.content.quiz import QuizItem
from llmcore_tui.content.read.locks import numbers
from llmcore_tui.content.rules.demos import Declared
from llmcore_tui.content.rules.note import Note, Notes
from llmcore_tui.content.slots import formulas_in
from llmcore_tui.content.texts import texts
from llmcore_tui.content.tolerance import Tolerance
from llmcore_tui.errors import DemoError, LlmcoreError
from llmcore_tui.lab.bench import Bench
from llmcore_tui.lab.check_code import code_notes
from llmcore_tui.lab.check_demo import DemoReport, FormulaProblem, check_demo, declaration_problems
from llmcore_tui.lab.check_record import (
    UPDATE,
    check_claim,
    claims,
    draw_notes,
    format_notes,
    lock_notes,
    setting_notes,
)
from llmcore_tui.lab.code_answer import CodeVerdict
from llmcore_tui.lab.count import Counts, count
from llmcore_tui.lab.demo import Demo
from llmcore_tui.lab.number_lock import Change, merged, write_numbers
from llmcore_tui.lab.trust import is_trusted

OnStep = Callable[[str, int, int], None]
T = TypeVar("T")
R = TypeVar("R")


class Checker:
    """One check over the open decks."""

    def __init__(
        self,
        deck: Deck,
        bench: Bench,
        formula_problem: FormulaProblem,
        *,
        module: str | None = None,
        on_step: OnStep = lambda _what, _done, _total: None,
    ) -> None:
        self.deck = deck
        self.bench = bench
        self.formula_problem = formula_problem
        self.module = deck.module(module).id if module else None
        self.on_step = on_step
        self.lines = Lines()
        self.located = [each for each in deck.located() if self.module in (None, each.record.module)]
        self.claimed: dict[Path, dict[str, tuple[LockedNumber, Tolerance]]] = {
            folder: {} for folder in deck.folders
        }
        self.locked = {folder: lock_of(folder) for folder in deck.folders}

    def demos(self) -> tuple[list[DemoReport], list[Problem]]:
        """Every demo's proofs, and what cannot be read or may not run."""
        problems: list[Problem] = []
        readable: list[Demo] = []
        for folder in self.deck.folders:
            found, refused = self._readable(folder)
            problems += refused
            if found and not is_trusted(folder):
                problems.append(_untrusted(folder))
                problems += (p for demo in found for p in declaration_problems(demo, self.formula_problem))
                continue
            readable += found
        check = partial(check_demo, runner=self.bench.runner, formula_problem=self.formula_problem)
        reports = self._each("demos", check, readable)
        return reports, problems + [problem for report in reports for problem in report.problems]

    def declarations(self) -> tuple[list[DemoReport], list[Problem]]:
        """What can be said of the demos without running them."""
        problems: list[Problem] = []
        reports: list[DemoReport] = []
        for folder in self.deck.folders:
            found, refused = self._readable(folder)
            problems += refused
            for demo in found:
                problems += declaration_problems(demo, self.formula_problem)
                reports.append(DemoReport(demo.name, "", 0.0, 0.0, len(demo.anchors), len(demo.flags), ()))
        return reports, problems

    def texts(self) -> Iterator[Problem]:
        """Formulas, formats and values that cannot be shown or used; without running anything."""
        for located in self.located:
            for note in (
                *self._formula_notes(located.record),
                *format_notes(located.record),
                *setting_notes(located.record, self._find(located)),
            ):
                yield self._problem(located, note)

    def numbers(self) -> list[Problem]:
        """Every claim and the corners of every draw computed anew, every code task tried."""
        return [problem for found in self._each("cards", self._numbers, self.located) for problem in found]

    def locks(self) -> Iterator[Problem]:
        """What the locks lack, and what they hold of demos that have changed and of claims that are no more."""
        for located in self.located:
            for note in lock_notes(located.record, self._find(located), self.locked[located.folder]):
                yield self._problem(located, note)
        for folder, lock in self.locked.items():
            yield from self._stale(folder, lock)

    def update(self) -> tuple[list[Change], list[str]]:
        """Write the locks of the decks where something changed."""
        changes: list[Change] = []
        new_ids: list[str] = []
        # A file that cannot be read has claims that are not seen: then nothing is taken out of a lock.
        is_whole = self.module is None and not self.deck.problems()
        for folder in self.deck.folders:
            before = self.locked[folder]
            after = merged(before, self.claimed[folder], whole=is_whole)
            changes += write_numbers(folder, before, after)
            new_ids += add_new(folder, [each.record.id for each in self.located if each.folder == folder])
        return changes, new_ids

    def is_wanted(self, problem: Problem) -> bool:
        """Whether a problem belongs to what is checked: the module's own files, where one module was asked for."""
        return self.module is None or problem.file.stem == self.module

    def counts(self, today: date) -> Counts:
        """What there is."""
        demos = [demo for folder in self.deck.folders for demo in self._readable(folder)[0]]
        modules = [each for each in self.deck.modules().values() if self.module in (None, each.id)]
        return count([each.record for each in self.located], modules, demos, today)

    def declared(self) -> dict[str, Declared]:
        """The flags and numbers of every demo, for the lint."""
        library = self.bench.library
        found: dict[str, Declared] = {}
        for name in library.names():
            try:
                demo = library.demo(name)
            except DemoError:
                continue
            found[name] = Declared([flag.name for flag in demo.flags], list(demo.numbers))
        return found

    def _readable(self, folder: Path) -> tuple[list[Demo], list[Problem]]:
        wanted = self.deck.module(self.module).demos if self.module else None
        found: list[Demo] = []
        problems: list[Problem] = []
        for name, file in self.bench.library.files(folder).items():
            if wanted is not None and name not in wanted:
                continue
            try:
                found.append(self.bench.library.read(file))
            except DemoError as error:
                problems.append(_unreadable(file, error))
        return found, problems

    def _find(self, located: Located) -> Callable[[str], Demo]:
        return partial(self.bench.library.demo, deck=located.folder)

    def _problem(self, located: Located, note: Note) -> Problem:
        return self.lines.problem(located, note.severity, note.place, note.message)

    def _formula_notes(self, record: Studied) -> Notes:
        latex = {formula: place for place, text in texts(record) for formula in _formulas(text)}
        if isinstance(record, Card) and record.formula:
            latex[record.formula] = ("formula",)
        for formula, place in latex.items():
            if why := self.formula_problem(formula):
                yield Note(place, f"${formula}$ cannot be shown in the terminal: {why}")

    def _numbers(self, located: Located) -> list[Problem]:
        notes: list[Note] = []
        record, find, lock = located.record, self._find(located), self.locked[located.folder]
        for claim in claims(record):
            checked = check_claim(claim, find, self.bench.runner, lock.get(claim.id))
            notes += [checked.note] if checked.note else []
            now = checked.computed or lock.get(claim.id)
            if now is not None and not checked.is_absent:
                self.claimed[located.folder][claim.id] = (now, claim.within)
        notes += draw_notes(record, find, self.bench.runner)
        task = record.code if isinstance(record, Card | QuizItem) else None
        if task is not None and located.builtin:
            notes += code_notes(task, self.bench.cache, partial(self._judge, located.folder))
        return [self._problem(located, note) for note in notes]

    def _judge(self, folder: Path, task: CodeTask, source: str) -> CodeVerdict:
        return self.bench.worker(folder).submit_code(task, source).result()

    def _stale(self, folder: Path, lock: dict[str, LockedNumber]) -> Iterator[Problem]:
        mine = (each.record for each in self.located if each.folder == folder)
        claimed = {claim.id for record in mine for claim in claims(record)}
        of_old = Counter(
            lock[name].demo for name in claimed & lock.keys() if not self._is_current(folder, lock[name])
        )
        for demo, number in sorted(of_old.items()):
            message = f"{number} numbers are of another version of the demo {demo}; {UPDATE}"
            yield Problem("error", folder / NUMBERS, 0, demo, message)
        gone = sorted(lock.keys() - claimed) if self.module is None else []
        if gone:
            message = f"{len(gone)} numbers are claimed by no text; `llmcore check --update` removes them"
            yield Problem("error", folder / NUMBERS, 0, gone[0], message)

    def _is_current(self, folder: Path, locked: LockedNumber) -> bool:
        try:
            demo = self.bench.library.demo(locked.demo, folder)
        except LlmcoreError:
            return True  # said where the claim is
        return self.bench.runner.hash_of(demo) == locked.demo_hash

    def _each(self, what: str, work: Callable[[T], R], items: list[T]) -> list[R]:
        """Two or more at a time: the work waits for children."""
        done: list[R] = []
        with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2)) as pool:
            for result in pool.map(work, items):
                done.append(result)
                self.on_step(what, len(done), len(items))
        return done


def lock_of(folder: Path) -> dict[str, LockedNumber]:
    """A deck's lock; empty where there is none or it cannot be read, which the lint tells."""
    file = folder / NUMBERS
    entries = numbers(file)[0] if file.exists() else {}
    return {name: number for name, entry in entries.items() if (number := locked_number(entry)) is not None}


def _formulas(text: Bilingual) -> Iterator[str]:
    yield from formulas_in(text.en)
    yield from formulas_in(text.zh)


def _unreadable(file: Path, error: DemoError) -> Problem:
    """The problem at the line that the error names."""
    place, _, message = error.message.removeprefix(str(file)).lstrip(":").partition(": ")
    return Problem("error", file, int(place) if place.isdigit() else 1, "", message or error.message)


def _untrusted(folder: Path) -> Problem:
    message = f"these demos were not run: trust them with `llmcore demo --trust --deck {folder}`."
    return Problem("warning", folder / "demos", 0, "", message)
