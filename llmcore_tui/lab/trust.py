"""Which decks' demos the learner has agreed to run, by the hash of everything in their `demos/`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from llmcore_tui import locations
from llmcore_tui.errors import UntrustedDeck
from llmcore_tui.lab.fingerprint import content_hash


def demos_hash(deck_folder: Path) -> str:
    """The hash of all files that a demo of this deck could run or read."""
    folder = deck_folder / "demos"
    return content_hash(folder, list(_files(folder, set())))


def is_builtin(deck_folder: Path) -> bool:
    """Whether this is the deck that comes with the program."""
    return deck_folder.resolve() == locations.builtin_deck().resolve()


def is_trusted(deck_folder: Path) -> bool:
    """Whether the learner agreed to run exactly these demos; always for the built-in deck."""
    return is_builtin(deck_folder) or demos_hash(deck_folder) in _read()


def trust(deck_folder: Path) -> None:
    """Remember that these demos may run; one changed file asks again."""
    trusted = _read() | {demos_hash(deck_folder): str(deck_folder.resolve())}
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(f".{os.getpid()}.new")
    new.write_text(json.dumps({"decks": dict(sorted(trusted.items()))}, indent=1) + "\n", encoding="utf-8")
    new.replace(file)


def require_trust(deck_folder: Path) -> None:
    """Raise UntrustedDeck unless the demos may run."""
    if not is_trusted(deck_folder):
        raise UntrustedDeck(
            f"The demos of {deck_folder} are programs that you have not trusted yet.",
            f"Read them, then: llmcore demo --trust --deck {deck_folder}",
        )


def _file() -> Path:
    return locations.data_folder() / "trusted.json"


def _read() -> dict[str, str]:
    """What is trusted; a file that cannot be read trusts nothing."""
    try:
        decks = json.loads(_file().read_text(encoding="utf-8"))["decks"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {str(digest): str(folder) for digest, folder in decks.items()} if isinstance(decks, dict) else {}


def _files(folder: Path, seen: set[Path]) -> Iterator[Path]:
    """Every regular file below a folder, links followed, each folder once."""
    if not folder.is_dir() or folder.resolve() in seen:
        return
    seen.add(folder.resolve())
    for path in folder.iterdir():
        if path.is_dir():
            # Byte code there is never read: see `child.work`.
            if path.name != "__pycache__":
                yield from _files(path, seen)
        elif path.is_file():
            yield path
