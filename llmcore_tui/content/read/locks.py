"""The two lock files: JSON and lines, each entry plain enough to keep in the index."""

from __future__ import annotations

import json
import re
from pathlib import Path

from llmcore_tui.content.lock import NOTHING, UsedIds, locked_number
from llmcore_tui.content.problem import Problem

LARGEST_BYTES = 256 * 2**20

_LINE = re.compile(r"(?P<old>[a-z0-9_.-]+)(\s*->\s*(?P<new>[a-z0-9_.-]+))?")


def numbers(file: Path) -> tuple[dict[str, object], list[Problem]]:
    """The slots of `numbers.lock.json` as they stand there."""
    try:
        text = _text(file)
        whole = json.loads(text)
    except _UnreadableError as error:
        return {}, [Problem("error", file, 0, "", str(error))]
    except json.JSONDecodeError as error:
        return {}, [Problem("error", file, error.lineno, "", f"is not JSON: {error.msg}; {_REPAIR}")]
    except (ValueError, RecursionError):
        return {}, [Problem("error", file, 0, "", f"is not JSON; {_REPAIR}")]
    slots = whole.get("slots") if isinstance(whole, dict) else None
    if not isinstance(slots, dict):
        return {}, [Problem("error", file, 1, "slots", f"is missing; {_REPAIR}")]
    problems = [
        Problem("error", file, 0, name, f"is not a locked number; {_REPAIR}")
        for name, entry in slots.items()
        if locked_number(entry) is None
    ]
    return {name: entry for name, entry in slots.items() if locked_number(entry) is not None}, problems


_REPAIR = "`llmcore check --update` writes it anew"


def retired(file: Path) -> tuple[dict[str, object], list[Problem]]:
    """The retired ids of `ids.lock` with what replaces each, None for nothing."""
    ids, problems = used_ids(file)
    return dict(ids.retired), problems


def used_ids(file: Path) -> tuple[UsedIds, list[Problem]]:
    """All of `ids.lock`."""
    try:
        lines = _text(file).splitlines()
    except _UnreadableError as error:
        return UsedIds(), [Problem("error", file, 0, "", str(error))]
    used: dict[str, int] = {}
    gone: dict[str, str | None] = {}
    problems = []
    for number, line in enumerate(lines, start=1):
        if not (entry := line.split("#")[0].strip()):
            continue
        match = _LINE.fullmatch(entry)
        if match is None:
            problems.append(
                Problem("error", file, number, "", f"wants an id, or `old.id -> new.id`, not {entry[:60]!r}")
            )
            continue
        if (old := match["old"]) in used:
            problems.append(Problem("error", file, number, old, f"is there twice, first in line {used[old]}"))
        used.setdefault(old, number)
        if match["new"]:
            gone[old] = None if match["new"] == NOTHING else match["new"]
    return UsedIds(tuple(used), gone), problems


class _UnreadableError(Exception):
    """The file cannot be read as text."""


def _text(file: Path) -> str:
    if file.exists() and not file.is_file():
        raise _UnreadableError("is not a file that can be read")
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST_BYTES + 1)
        if len(data) > LARGEST_BYTES:
            raise _UnreadableError("is too large")
        return data.decode("utf-8")
    except OSError as error:
        raise _UnreadableError(f"cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise _UnreadableError(f"is not UTF-8 text: {error.reason}") from None
