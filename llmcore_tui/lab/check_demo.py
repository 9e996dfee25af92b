"""What is wrong with one demo: its declaration, its proofs, its formula, its sentences, whether it repeats itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path

from llmcore_tui.content.problem import Problem, Severity
from llmcore_tui.errors import DemoError
from llmcore_tui.lab.cache import CachedRunner
from llmcore_tui.lab.demo import Demo
from llmcore_tui.lab.proof import failures
from llmcore_tui.lab.run import Outcome
from llmcore_tui.lab.sentence import fill

FormulaProblem = Callable[[str], str | None]
"""Why LaTeX cannot be shown in a terminal, or None."""

AIM_SECONDS = {"formula": 2.0, "simulation": 2.0, "training": 5.0}
"""CPU at the defaults that a learner should not have to wait longer than."""


@dataclass(frozen=True, slots=True)
class DemoReport:
    """How a demo did."""

    name: str
    ran: str
    """formula, simulation, training; empty where it did not run."""
    seconds: float
    """CPU at the defaults."""
    aim: float
    anchors: int
    flags: int
    problems: tuple[Problem, ...]


def check_demo(demo: Demo, runner: CachedRunner, formula_problem: FormulaProblem) -> DemoReport:
    """Run the demo at its defaults, off, at its anchors and with each flag moved."""
    problems = list(declaration_problems(demo, formula_problem))
    outcome: Outcome | None = None
    try:
        outcome = _repeated(demo, runner)
        problems += [
            _problem(demo, failure.line, failure.key, failure.message) for failure in failures(demo, runner)
        ]
        problems += _text_problems(demo, runner, formula_problem)
    except DemoError as error:
        problems.append(_problem(demo, demo.lines.get("run", 1), "run", str(error)))
    ran = outcome.result.ran if outcome else ""
    aim = AIM_SECONDS.get(ran, 0.0)
    seconds = outcome.seconds if outcome else 0.0
    if seconds > aim:
        message = f"takes {seconds:.1f} s of CPU at its defaults; {aim:g} s is the aim for a {ran}."
        problems.append(_problem(demo, demo.lines.get("run", 1), "run", message, "warning"))
    return DemoReport(demo.name, ran, seconds, aim, len(demo.anchors), len(demo.flags), tuple(problems))


def declaration_problems(demo: Demo, formula_problem: FormulaProblem) -> Iterator[Problem]:
    """What can be said without running the demo."""
    if clash := name_clash(demo.file):
        yield _problem(demo, 1, "", f"the name {demo.name} is {clash}; one of the two would hide the other.")
    if "Source" not in demo.docstring:
        yield _problem(demo, 1, "", "the docstring names no source (`Source: …`).")
    if demo.formula and (why := formula_problem(demo.formula)):
        yield _problem(
            demo, demo.lines.get("FORMULA", 1), "FORMULA", f"cannot be shown in the terminal: {why}."
        )


def name_clash(file: Path) -> str:
    """What else is imported by the name of this file, or nothing."""
    if file.stem in sys.stdlib_module_names:
        return "a module of Python's standard library"
    libraries = [place for place in sys.path if Path(place).name != file.parent.name]
    spec = PathFinder.find_spec(file.stem, libraries)
    return f"what {spec.origin} is imported by" if spec is not None and spec.origin is not None else ""


def _repeated(demo: Demo, runner: CachedRunner) -> Outcome:
    """The run at the defaults; a first one is made twice, and kept only where both gave the same numbers."""
    settings = demo.settings()
    if known := runner.known(demo, settings):
        return known
    first, second = runner.runner(demo, settings), runner.runner(demo, settings)
    if first.result != second.result:
        changed = [key for key, value in first.result.numbers.items() if value != second.result.numbers[key]]
        what = ", ".join(changed) or "curves or tables"
        raise DemoError(f"{demo.name}: the same flags gave another {what} the second time.")
    runner.keep(demo, settings, first)
    return first


def _text_problems(demo: Demo, runner: CachedRunner, formula_problem: FormulaProblem) -> Iterator[Problem]:
    """The sentence and the formula of the runs at the defaults and with the idea off."""
    for settings in (demo.settings(), demo.off_settings(demo.settings())):
        if settings is None:
            continue
        result = runner(demo, settings).result
        try:
            fill(demo.says[result.says], settings, result.numbers)
        except DemoError as error:
            yield _problem(demo, demo.lines.get("SAYS", 1), "SAYS", error.message)
        if result.formula and (why := formula_problem(result.formula)):
            yield _problem(
                demo, demo.lines.get("run", 1), "formula", f"cannot be shown in the terminal: {why}."
            )


def _problem(demo: Demo, line: int, key: str, message: str, severity: Severity = "error") -> Problem:
    return Problem(severity, demo.file, line, key, message.removeprefix(f"{demo.name}: "))
