"""Ids are for ever: the log of every learner names them, so one that goes must say what replaces it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from llmcore_tui.content.lock import IDS, NOTHING
from llmcore_tui.content.problem import Problem, Severity
from llmcore_tui.content.read.locks import used_ids


def ids(folder: Path, present: Collection[str], *, builtin: bool, whole: bool) -> Iterator[Problem]:
    """What `ids.lock` of a deck says against the ids its files have; a learner's deck need not have one.

    `whole`: every file could be read, so that an id that is not `present` is really gone.
    """
    file = folder / IDS
    if not file.exists():
        if builtin:
            yield _problem(file, "", "is missing; `llmcore check --update` writes it")
        return
    lock, problems = used_ids(file)
    yield from problems
    known = set(lock.used)
    for own in lock.used:
        if own in lock.retired:
            yield from _replacement(file, own, lock.retired[own], present)
        elif whole and own not in present:
            yield _problem(
                file, own, f"is gone from the deck; write `{own} -> its replacement` or `-> {NOTHING}`"
            )
    for own in sorted(set(present) - known):
        message = "is not in ids.lock yet; `llmcore check --update` adds it"
        yield _problem(file, own, message, "error" if builtin else "warning")


def _replacement(file: Path, old: str, new: str | None, present: Collection[str]) -> Iterator[Problem]:
    if old in present:
        yield _problem(file, old, "is retired but still in the deck; a retired id is never used again")
    if new is not None and new not in present:
        yield _problem(file, old, f"is replaced by {new!r}, which is not in the deck")


def _problem(file: Path, key: str, message: str, severity: Severity = "error") -> Problem:
    return Problem(severity, file, 0, key, message)
