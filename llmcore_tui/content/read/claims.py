"""Slots, drawn values, results and links to demos."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from llmcore_tui.content.claim import (
    Computed,
    DemoLink,
    Quoted,
    Range,
    ResultSpec,
    Setting,
    Settings,
    Slot,
    Spread,
)
from llmcore_tui.content.read.fields import Fields, Found

if TYPE_CHECKING:
    from llmcore_tui.content.read.document import Place

MOST_DRAWN = 1000
"""Values that one drawn flag may have."""

_FORMAT = re.compile(r"\+?z?,?(\.\d{1,2})?[eEfgG%]")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def name(fields: Fields, key: str) -> str:
    """The name of a demo, of its number or of a flag."""
    return _checked(fields.text(key), (*fields.place, key), fields.found)


def number_format(fields: Fields) -> str:
    """A format specification that cannot fail on a number, or nothing."""
    spec = fields.optional_text("format")
    if spec and not _FORMAT.fullmatch(spec):
        fields.note("format", f"is {spec!r}; it wants a form such as .2f .3g .1e ,.0f or .0%")
        return ""
    return spec


def settings(fields: Fields, key: str) -> Settings:
    """Flags with their values; absent is none."""
    if not fields.has(key):
        return {}
    record = fields.record(key)
    return {
        _checked(flag, (*record.place, flag), record.found): _setting(
            record.raw(flag), (*record.place, flag), record.found
        )
        for flag in record.keys()  # noqa: SIM118  # not a dict
    }


def demo(fields: Fields) -> DemoLink | None:
    """The demo that is run for a card, if any."""
    if not fields.has("demo"):
        return None
    record = fields.record("demo")
    predict = name(record, "predict") if record.has("predict") else None
    link = DemoLink(
        name=name(record, "name"),
        set=settings(record, "set"),
        predict=predict,
        within=record.within("within") if predict or record.has("within") else None,
        predict_ask=record.optional_bilingual("predict_ask"),
    )
    if predict is None and (record.has("within") or record.has("predict_ask")):
        record.found.add(record.place, "says how to predict but not what: it has no predict")
    record.close()
    return link


def numbers(fields: Fields) -> dict[str, Slot]:
    """The computed and quoted slots of a record."""
    if not fields.has("numbers"):
        return {}
    record = fields.record("numbers")
    return {slot: _slot(record.record(slot)) for slot in _slot_names(record)}


def vary(fields: Fields) -> dict[str, Spread]:
    """The drawn flags of a generated question."""
    if not fields.has("vary"):
        return {}
    record = fields.record("vary")
    return {flag: _spread(record, flag) for flag in _slot_names(record)}


def result(fields: Fields) -> ResultSpec:
    """The number that a generated question asks for."""
    record = fields.record("result")
    spec = ResultSpec(
        demo=name(record, "demo"),
        key=name(record, "key"),
        within=record.within("within"),
        set=settings(record, "set"),
        unit=record.optional_text("unit"),
        format=number_format(record),
    )
    record.close()
    return spec


def _slot_names(record: Fields) -> Iterator[str]:
    for slot in record.keys():  # noqa: SIM118  # not a dict
        yield _checked(slot, (*record.place, slot), record.found)


def _checked(word: str, place: Place, found: Found) -> str:
    if word and not _NAME.fullmatch(word):
        found.add(place, f"is called {word!r}; a name has lower-case letters, digits and _")
    return word


def _slot(record: Fields) -> Slot:
    slot = _quoted(record) if record.has("quote") else _computed(record)
    record.close()
    return slot


def _quoted(record: Fields) -> Quoted:
    return Quoted(
        quote=record.number("quote"),
        unit=record.optional_text("unit"),
        cite=record.text("cite"),
        where=record.text("where"),
        format=number_format(record),
    )


def _computed(record: Fields) -> Computed:
    if record.has("over") and record.has("minus"):
        record.note("minus", "cannot stand beside over: a slot is a ratio or a difference")
    return Computed(
        demo=name(record, "demo"),
        key=name(record, "key"),
        within=record.within("within"),
        set=settings(record, "set"),
        over=settings(record, "over") if record.has("over") else None,
        minus=settings(record, "minus") if record.has("minus") else None,
        off=record.flag("off"),
        format=number_format(record),
    )


def _spread(record: Fields, flag: str) -> Spread:
    place = (*record.place, flag)
    value = record.raw(flag)
    if isinstance(value, list):
        if not 2 <= len(value) <= MOST_DRAWN:
            record.found.add(place, f"has {len(value)} values; drawing wants 2 to {MOST_DRAWN}")
        return tuple(_setting(each, (*place, index), record.found) for index, each in enumerate(value))
    if not isinstance(value, dict):
        record.found.add(place, "wants a list of values or {low, high, step}")
        return ()
    bounds = record.record(flag)
    low, high, step = (bounds.number(key) for key in ("low", "high", "step"))
    bounds.close()
    if step <= 0:
        record.found.add((*place, "step"), "wants a step above zero")
    elif not low < high:
        record.found.add(place, "goes from low up to a higher number")
    elif (high - low) / step > MOST_DRAWN:
        record.found.add(place, f"has more than {MOST_DRAWN} values; take a larger step")
    return Range(low, high, step)


def _setting(value: object, place: Place, found: Found) -> Setting:
    if isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, list) and all(type(each) in (int, float) for each in value):
        return tuple(value)
    found.add(place, "wants a number, a word, true or false, or a list of numbers")
    return 0
