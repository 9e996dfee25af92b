"""Options to choose from, and functions to write."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from llmcore_tui.content.card import Option
from llmcore_tui.content.code_task import Case, CodeTask, Plain
from llmcore_tui.content.read.fields import Fields, Found
from llmcore_tui.content.tolerance import Tolerance

if TYPE_CHECKING:
    from llmcore_tui.content.read.document import Place

_FUNCTION = re.compile(r"[a-z_][a-z0-9_]*")


def right(fields: Fields, *, explained: bool) -> Option:
    """The right option; `explained`: it must say why."""
    return _option(fields.record("right"), explained=explained)


def wrong(fields: Fields, *, most: int) -> tuple[Option, ...]:
    """The wrong options, each with its reason."""
    read = tuple(_option(each, explained=True) for each in fields.records("wrong"))
    if not fields.has("wrong"):
        fields.raw("wrong")
    elif not 2 <= len(read) <= most:
        fields.note("wrong", f"has {len(read)}; a choice has 2 to {most} wrong answers")
    return read


def code(fields: Fields) -> CodeTask:
    """A function to write with its hidden cases."""
    record = fields.record("code")
    function = record.text("function")
    if function and not _FUNCTION.fullmatch(function):
        record.note("function", f"is {function!r}, which is no name of a function")
    task = CodeTask(
        function=function,
        signature=record.text("signature"),
        starter=record.text("starter"),
        cases=tuple(_case(each) for each in record.records("cases")),
        solution=record.text("solution"),
    )
    if not record.has("cases"):
        record.raw("cases")
    elif not task.cases:
        record.note("cases", "is empty; an answer is judged by cases")
    record.close()
    return task


def _option(record: Fields, *, explained: bool) -> Option:
    why = record.bilingual("why") if explained else record.optional_bilingual("why")
    option = Option(say=record.bilingual("say"), why=why)
    record.close()
    return option


def _case(record: Fields) -> Case:
    args = tuple(_plain(value, place, record.found) for place, value in record.elements("args"))
    if not record.has("args"):
        record.raw("args")
    gives = _plain(record.raw("gives"), (*record.place, "gives"), record.found)
    within = record.within("within") if record.has("within") else Tolerance()
    record.close()
    return Case(args=args, gives=gives, within=within)


def _plain(value: object, place: Place, found: Found) -> Plain:
    if isinstance(value, list):
        return [_plain(each, (*place, index), found) for index, each in enumerate(value)]
    if isinstance(value, dict):
        return {key: _plain(each, (*place, key), found) for key, each in value.items()}
    if isinstance(value, date):
        found.add(place, "is a date; put it in quotes")
        return None
    return value if isinstance(value, (bool, int, float, str)) else None
