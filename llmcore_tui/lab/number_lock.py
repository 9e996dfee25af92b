"""Writing `numbers.lock.json`: sorted, and only where something really changed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmcore_tui.content.lock import NUMBERS, LockedNumber
from llmcore_tui.content.tolerance import Tolerance
from llmcore_tui.lab.versions import versions
from llmcore_tui.lab.wire import settings_as_json

DIGITS = 12
"""Significant digits kept: more than any tolerance needs, fewer than machines differ in."""


@dataclass(frozen=True, slots=True)
class Change:
    """A locked number that was written anew."""

    id: str
    before: float | None
    after: float | None


def merged(
    before: Mapping[str, LockedNumber], now: Mapping[str, tuple[LockedNumber, Tolerance]], *, whole: bool
) -> dict[str, LockedNumber]:
    """The lock with what was computed now; an entry stays as it is while value, demo and flags still hold.

    With `whole`, entries that nothing claims any more are left out.
    """
    kept = {} if whole else dict(before)
    for name, (new, within) in now.items():
        old = before.get(name)
        holds = old is not None and (old.demo, old.demo_hash, old.set) == (new.demo, new.demo_hash, new.set)
        kept[name] = old if old is not None and holds and within.holds(new.value, old.value) else new
    return kept


def write_numbers(
    deck: Path, before: Mapping[str, LockedNumber], after: Mapping[str, LockedNumber]
) -> list[Change]:
    """Write a deck's lock where it differs, and say what changed in it."""
    names = sorted({*before, *after})
    changed = [name for name in names if before.get(name) != after.get(name)]
    if changed:
        slots = {name: _entry(after[name]) for name in sorted(after)}
        text = json.dumps({"versions": versions(), "slots": slots}, indent=1, ensure_ascii=False)
        _write(deck / NUMBERS, text + "\n")
    return [
        Change(
            name, before[name].value if name in before else None, after[name].value if name in after else None
        )
        for name in changed
    ]


def _entry(number: LockedNumber) -> dict[str, Any]:
    return {
        "value": _rounded(number.value),
        "error": None if number.error is None else _rounded(number.error),
        "demo": number.demo,
        "demo_hash": number.demo_hash,
        "set": dict(sorted(settings_as_json(number.set).items())),
    }


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _write(file: Path, text: str) -> None:
    new = file.with_name(f".{file.name}.{os.getpid()}")
    new.write_text(text, encoding="utf-8")
    new.replace(file)
