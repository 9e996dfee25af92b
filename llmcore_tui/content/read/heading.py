"""What stands at the top of a file of cards, items or questions, and the ids in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from llmcore_tui.content.card import ModuleId
from llmcore_tui.content.read.fields import Fields

_MODULE = re.compile(r"[a-z][a-z0-9_]*")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_WORDS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Heading:
    """The module of a file's records and the month they were true."""

    module: ModuleId
    as_of: str
    mark: str = ""
    """What stands between the module and the words of an id: nothing for cards, `q` for items, `i` for questions."""


def heading(fields: Fields, mark: str = "") -> Heading:
    """Read `module` and `as_of`."""
    as_of = fields.text("as_of")
    if as_of and not _MONTH.fullmatch(as_of):
        fields.note("as_of", f"is {as_of!r}; it wants a month such as 2026-11")
    return Heading(module_id(fields, "module"), as_of, mark)


def module_id(fields: Fields, key: str) -> ModuleId:
    """The id of a module."""
    own = fields.text(key)
    if own and not _MODULE.fullmatch(own):
        fields.note(key, f"is {own!r}; a module's id has lower-case letters, digits and _")
    return ModuleId(own)


def record_id(fields: Fields, heading: Heading) -> str:
    """The id of a record: its module, its mark, and lower-case words joined by dashes."""
    own = fields.text("id")
    start = f"{heading.module}.{heading.mark}." if heading.mark else f"{heading.module}."
    if own and heading.module and not (own.startswith(start) and _WORDS.fullmatch(own[len(start) :])):
        fields.note("id", f"is {own!r}; it wants {start} and lower-case words joined by dashes")
    return own
