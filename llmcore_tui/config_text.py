"""Change one value in the text of a TOML file and leave everything else, comments included, as it is.

Each change is read back: where anything but that value would move, nothing is written.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from llmcore_tui.errors import ConfigError

_HEADER = re.compile(r"\s*\[")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def put(text: str, table: str, key: str, value: Any, *, file: Path) -> str:
    """The text with `key` set to `value`, in `[table]` or, where that is empty, at the top."""
    lines = text.splitlines()
    if table and not any(_header_of(line) == table for line in lines):
        lines += [*([""] if lines else []), f"[{table}]"]
    start, end = _section(lines, table)
    if (span := _span(lines, start, end, key)) is not None:
        lines[slice(*span)] = [entry(key, value) + _comment(lines[slice(*span)])]
    else:
        while end > start and not lines[end - 1].strip():
            end -= 1
        lines.insert(end, entry(key, value))
    return _verified(text, "".join(f"{line}\n" for line in lines), table, key, file)


def take_out(text: str, table: str, key: str, *, file: Path) -> str:
    """The text without `key`; the same text where it has none."""
    lines = text.splitlines()
    span = _span(lines, *_section(lines, table), key)
    if span is None:
        return text
    del lines[span[0] : span[1]]
    return _verified(text, "".join(f"{line}\n" for line in lines), table, key, file)


def entry(key: str, value: Any) -> str:
    """`key = value` in TOML; JSON's text of strings, numbers, booleans and lists is TOML's as well."""
    name = key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)
    return f"{name} = {json.dumps(value, ensure_ascii=False, default=str)}"


def _header_of(line: str) -> str | None:
    found = re.match(r"\s*\[\s*([^][]+?)\s*]", line)
    return found[1] if found else None


def _section(lines: list[str], table: str) -> tuple[int, int]:
    """The first line of a table's entries and the line after its last; both the end where there is none."""
    start = (
        next((at + 1 for at, line in enumerate(lines) if _header_of(line) == table), len(lines))
        if table
        else 0
    )
    end = next((at for at in range(start, len(lines)) if _HEADER.match(lines[at])), len(lines))
    return start, end


def _span(lines: list[str], start: int, end: int, key: str) -> tuple[int, int] | None:
    """The first line of an entry and the line after its last: a list may go on over several."""
    begins = re.compile(rf"""\s*(["']?){re.escape(key)}\1\s*=""")
    first = next((at for at in range(start, end) if begins.match(lines[at])), None)
    if first is None:
        return None
    return first, next(
        (after for after in range(first + 1, end + 1) if _parses(lines[first:after])), first + 1
    )


def _parses(lines: list[str]) -> bool:
    try:
        tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError:
        return False
    return True


def _comment(lines: list[str]) -> str:
    """The comment at the end of an entry on one line, with the space before it."""
    line = lines[0] if len(lines) == 1 else ""
    for at in (place.start() for place in re.finditer(r"\s*#", line)):
        if _parses([line[:at]]):
            return line[at:]
    return ""


def _verified(old: str, new: str, table: str, key: str, file: Path) -> str:
    try:
        same = _others(old, table, key) == _others(new, table, key)
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        hint = "`llmcore config edit` opens it."
        raise ConfigError(f"{file}: {key} cannot be changed without touching the rest.", hint)
    return new


def _others(text: str, table: str, key: str) -> dict[str, Any]:
    """Everything the text says but the one value."""
    found = tomllib.loads(text)
    inner = found.setdefault(table, {}) if table else found
    inner.pop(key, None)
    return found
