"""The demos of all open decks by name; a deck's own go before those of the built-in one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from llmcore_tui.errors import UnknownName
from llmcore_tui.lab.demo import Demo, demos_in, read_demo


class Library:
    """Reads a declaration when it is first asked for, and once."""

    def __init__(self, decks: Sequence[Path]) -> None:
        self.decks = tuple(decks)
        self._files = {deck: demos_in(deck / "demos") for deck in self.decks}
        self._read: dict[Path, Demo] = {}

    def files(self, deck: Path) -> dict[str, Path]:
        """A deck's demos by name."""
        return self._files[deck]

    def names(self) -> list[str]:
        """Every name once, sorted."""
        return sorted({name for files in self._files.values() for name in files})

    def demo(self, name: str, deck: Path | None = None) -> Demo:
        """The demo that `name` means in a deck: its own, else the built-in one, else another deck's."""
        order = sorted(self.decks, key=lambda folder: folder != deck)
        for folder in order:
            if name in self._files[folder]:
                return self.read(self._files[folder][name])
        raise UnknownName("demo", name, self.names())

    def read(self, file: Path) -> Demo:
        """The declaration in a demo's file."""
        if file not in self._read:
            self._read[file] = read_demo(file)
        return self._read[file]


def deck_of(demo: Demo) -> Path:
    """The folder of the deck that a demo belongs to."""
    return demo.file.parent.parent
