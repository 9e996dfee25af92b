"""The report of `llmcore check`, as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llmcore_tui.content.problem import Problem
    from llmcore_tui.lab.check import Report

_MOST_CHANGES = 20


def as_json(report: Report) -> dict[str, Any]:
    """As docs/json.md has it; the counts are whole numbers."""
    return {
        "ok": report.ok,
        **asdict(report.counts),
        "problems": [
            {
                "severity": problem.severity,
                "file": _near(problem.file),
                "line": problem.line,
                "key": problem.key,
                "message": problem.message,
            }
            for problem in report.problems
        ],
    }


def as_text(report: Report) -> Iterator[str]:
    """The demos with their CPU time, what an update wrote, the problems, and the sum of it."""
    yield from _demos(report)
    yield from _written(report)
    yield from (_line(problem) for problem in report.problems)
    if report.problems:
        yield ""
    counts = report.counts
    errors = sum(problem.severity == "error" for problem in report.problems)
    yield (
        f"{counts.cards} cards in {counts.modules - counts.planned} of {counts.modules} modules, "
        f"{counts.claims} claims, {counts.quotes} quotes, {counts.demos} demos, {counts.anchors} anchors; "
        f"{counts.from_memory} from memory, {counts.stale} stale."
    )
    warnings = len(report.problems) - errors
    yield (
        f"{_many(errors, 'error')}, {_many(warnings, 'warning')}." if report.problems else "Everything holds."
    )


def _demos(report: Report) -> Iterator[str]:
    ran = [demo for demo in report.demos if demo.ran]
    if not ran:
        return
    width = max(len(demo.name) for demo in ran)
    yield f"{'demo':{width}}  {'ran':10}  {'CPU s':>5}  {'aim':>3}  anchors  flags"
    for demo in ran:
        wrong = sum(problem.severity == "error" for problem in demo.problems)
        mark = f"  {_many(wrong, 'error')}" if wrong else ""
        yield (
            f"{demo.name:{width}}  {demo.ran:10}  {demo.seconds:5.2f}  {demo.aim:3g}"
            f"  {demo.anchors:7}  {demo.flags:5}{mark}"
        )
    yield ""


def _written(report: Report) -> Iterator[str]:
    for change in report.changes[:_MOST_CHANGES]:
        before = "new" if change.before is None else f"{change.before:.10g}"
        after = "removed" if change.after is None else f"{change.after:.10g}"
        yield f"locked {change.id}: {before} -> {after}"
    if len(report.changes) > _MOST_CHANGES:
        yield f"… and {len(report.changes) - _MOST_CHANGES} more"
    if report.new_ids:
        yield f"{len(report.new_ids)} new in ids.lock"
    if report.changes or report.new_ids:
        yield ""


def _line(problem: Problem) -> str:
    where = f"{_near(problem.file)}:{problem.line}" if problem.line else _near(problem.file)
    return f"{problem.severity}: {where}: {problem.key + ': ' if problem.key else ''}{problem.message}"


def _near(file: Path) -> str:
    """The path from here where the file is below, else all of it."""
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
