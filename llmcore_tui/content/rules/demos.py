"""Claims: every demo, flag and number that content names is one there is."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from llmcore_tui.content.card import Card
from llmcore_tui.content.claim import Computed
from llmcore_tui.content.interview import InterviewQuestion
from llmcore_tui.content.located import Studied
from llmcore_tui.content.module import Module
from llmcore_tui.content.read.document import Place
from llmcore_tui.content.rules.note import Note, Notes


@dataclass(frozen=True, slots=True)
class Declared:
    """What a demo says it has."""

    flags: Collection[str]
    numbers: Collection[str]


def demos(record: Studied, module: Module | None, declared: Mapping[str, Declared] | None) -> Notes:
    """The rules of claims for one record; `declared` has every demo there is, None: that is not known here."""
    if isinstance(record, Card) and record.demo is None and module is not None and module.demos:
        yield Note((), f"has no demo, but its module has {', '.join(module.demos)}")
    if declared is None:
        return
    for place, demo, flags, keys in _uses(record):
        if demo not in declared:
            yield Note((*place, "name" if place == ("demo",) else "demo"), _unknown("demo", demo, declared))
            continue
        for key, flag in flags:
            if flag not in declared[demo].flags:
                yield Note((*place, key, flag), _unknown(f"flag of {demo}", flag, declared[demo].flags))
        for key, number in keys:
            if number not in declared[demo].numbers:
                yield Note((*place, key), _unknown(f"number of {demo}", number, declared[demo].numbers))


Use = tuple[Place, str, list[tuple[str, str]], list[tuple[str, str]]]
"""Where a demo is used, which, its flags and numbers, each with the key that names it."""


def _uses(record: Studied) -> Iterable[Use]:
    if link := record.demo:
        keys = [("predict", link.predict)] if link.predict else []
        yield ("demo",), link.name, [("set", flag) for flag in link.set], keys
    for slot, number in record.numbers.items():
        if isinstance(number, Computed):
            stated = {"set": number.set, "over": number.over or {}, "minus": number.minus or {}}
            flags = [(key, flag) for key, settings in stated.items() for flag in settings]
            yield ("numbers", slot), number.demo, flags, [("key", number.key)]
    if not isinstance(record, InterviewQuestion) and (result := record.result):
        yield ("result",), result.demo, [("set", flag) for flag in result.set], [("key", result.key)]
        yield (), result.demo, [("vary", flag) for flag in record.vary], []


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"there is no {what} called {name!r}" + (f"; did you mean {near[0]}?" if near else "")
