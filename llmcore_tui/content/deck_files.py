"""Which files a deck has, as the disk has them: looked at whenever a deck opens, while few of them are read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class DeckFile(NamedTuple):
    """A file of a deck as the disk has it."""

    name: str
    """Relative to the deck, with forward slashes."""
    mtime_ns: int
    bytes: int


_SINGLE = {
    "cards/modules.yaml",
    "cards/sources.yaml",
    "cards/glossary.yaml",
    "cards/literals.yaml",
    "cards/ids.lock",
    "cards/numbers.lock.json",
    "quizzes/levels.yaml",
}
_FOLDERS = ("cards", "quizzes/items", "quizzes/interviews", "quizzes/plans")


def files_of(deck: Path) -> list[DeckFile]:
    """Every file of a deck that holds content, by name."""
    found = [entry for folder in _FOLDERS for entry in _yaml_in(deck, folder, deep=folder == "cards")]
    for name in _SINGLE:
        try:
            stat = (deck / name).stat()
        except OSError:
            continue
        found.append(DeckFile(name, stat.st_mtime_ns, stat.st_size))
    return sorted(found, key=lambda each: each.name)


def _yaml_in(deck: Path, folder: str, *, deep: bool) -> Iterator[DeckFile]:
    try:
        entries = list(os.scandir(deck / folder))
    except OSError:
        return
    for entry in entries:
        name = f"{folder}/{entry.name}"
        if entry.name.startswith(".") or name in _SINGLE:
            continue
        if entry.name.endswith(".yaml"):
            try:
                stat = entry.stat()
            except OSError:
                yield DeckFile(name, 0, 0)  # a dangling link: reading it will say so
            else:
                yield DeckFile(name, stat.st_mtime_ns, stat.st_size)
        elif deep and entry.is_dir():
            yield from _yaml_in(deck, name, deep=False)
