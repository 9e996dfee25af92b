"""`llmcore check`: the content's lint, every demo's proofs and every claim computed anew, held against the locks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from llmcore_tui.content.deck import Deck
from llmcore_tui.content.lint import lint
from llmcore_tui.content.problem import Problem
from llmcore_tui.lab.bench import Bench
from llmcore_tui.lab.check_demo import DemoReport, FormulaProblem
from llmcore_tui.lab.checker import Checker, OnStep
from llmcore_tui.lab.count import Counts
from llmcore_tui.lab.number_lock import Change


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found."""

    counts: Counts
    problems: tuple[Problem, ...]
    demos: tuple[DemoReport, ...] = ()
    changes: tuple[Change, ...] = ()
    """Locked numbers that an update wrote."""
    new_ids: tuple[str, ...] = ()
    """Ids that an update added to `ids.lock`."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; warnings are counted, but do not fail."""
        return not any(problem.severity == "error" for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be checked, and how far a demo may go."""

    today: date
    cache: Path
    module: str | None = None
    """One module only, with its demos."""
    fast: bool = False
    """Run nothing: texts, declarations, and whether the locks fit them."""
    update: bool = False
    """Write the locks first."""
    seconds: float = 60
    memory_mb: int = 4096


def check(
    open_deck: Callable[[], Deck],
    formula_problem: FormulaProblem,
    wanted: Wanted,
    on_step: OnStep = lambda _what, _done, _total: None,
) -> Report:
    """Check the decks that `open_deck` opens; it is called again after an update has written their locks."""
    deck = open_deck()
    changes: list[Change] = []
    new_ids: list[str] = []
    with Bench(deck.folders, wanted.cache, seconds=wanted.seconds, memory_mb=wanted.memory_mb) as bench:

        def checker() -> Checker:
            return Checker(deck, bench, formula_problem, module=wanted.module, on_step=on_step)

        if wanted.update:
            first = checker()
            first.numbers()
            changes, new_ids = first.update()
            deck.close()
            deck = open_deck()
        second = checker()
        if wanted.fast:
            reports, problems = second.declarations()
        else:
            reports, problems = second.demos()
            problems += second.numbers()
        problems += [*second.texts(), *second.locks()]
        found = lint(deck, wanted.today, second.declared())
        problems += [problem for problem in found if second.is_wanted(problem)]
        counts = second.counts(wanted.today)
    deck.close()
    return Report(counts, _in_order(problems), tuple(reports), tuple(changes), tuple(new_ids))


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, errors first, then by place."""
    return tuple(
        sorted(
            dict.fromkeys(problems),
            key=lambda each: (each.severity != "error", str(each.file), each.line, each.key, each.message),
        )
    )
