"""Adding the ids that are new to a deck's `ids.lock`; nothing is ever taken out of it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from llmcore_tui.content.lock import IDS
from llmcore_tui.content.read.locks import used_ids

_HEAD = "# Every id ever used, one a line. A retired one stays: `old.id -> new.id`, or `old.id -> nothing`.\n"


def add_new(folder: Path, present: Iterable[str]) -> list[str]:
    """Append the ids of a deck that its lock does not have, and say which; the file changes as a whole or not at all."""
    file = folder / IDS
    text = file.read_text(encoding="utf-8") if file.exists() else _HEAD
    known = set(used_ids(file)[0].used) if file.exists() else set()
    if new := sorted(set(present) - known):
        lines = text if text.endswith("\n") or not text else text + "\n"
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        draft.write_text(lines + "".join(f"{own}\n" for own in new), encoding="utf-8")
        draft.replace(file)
    return new
