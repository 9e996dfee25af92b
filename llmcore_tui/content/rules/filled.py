"""Slots: every one that is used is declared, every one declared is used, in both languages alike."""

from __future__ import annotations

import re

from llmcore_tui.content.bilingual import LANGUAGES
from llmcore_tui.content.interview import InterviewQuestion
from llmcore_tui.content.located import Studied
from llmcore_tui.content.rules.note import Note, Notes
from llmcore_tui.content.slots import formulas_in, slots_in, stray_brace, without_formulas
from llmcore_tui.content.texts import texts

RESULT = "result"
_HIDDEN_FLAGS = {"seed"}
"""Drawn flags that a question need not show."""
_OF_A_PREDICTION = {"on", "off"}
"""What the lock calls the number that a learner predicts, with the idea on and off."""
_ASKING = {"ask", "hint"}
_DOLLAR = re.compile(r"(?<!\\)\$")


def filled(record: Studied) -> Notes:
    """The rules of slots for one record."""
    declared, drawn = _declared(record), _drawn(record)
    used: set[str] = set()
    for place, both in texts(record):
        slots = {language: slots_in(both.of(language)) for language in LANGUAGES}
        used |= slots["en"] | slots["zh"]
        if slots["en"] != slots["zh"]:
            yield Note(place, f"has other slots in en than in zh: {_braced(slots['en'] ^ slots['zh'])}")
        for language in LANGUAGES:
            yield from _text(both.of(language), (*place, language), declared)
        for slot in sorted((slots["en"] | slots["zh"]) - declared):
            yield Note(place, f"has the slot {_braced({slot})}, which numbers and vary do not have")
        if place[0] in _ASKING and RESULT in declared & slots["en"]:
            yield Note(place, "gives the result away")
    for slot in sorted(declared - used - drawn - {RESULT}):
        yield Note(("numbers", slot), "is used in no text")
    shown = slots_in(record.ask.en)
    for flag in sorted(drawn - shown - _HIDDEN_FLAGS):
        yield Note(("vary", flag), "is drawn but not shown in ask")
    for slot in sorted(set(record.numbers) & {*drawn, RESULT}):
        yield Note(("numbers", slot), "has the name of a drawn value or of the result")
    if record.demo is not None and record.demo.predict is not None:
        for slot in sorted(set(record.numbers) & _OF_A_PREDICTION):
            yield Note(
                ("numbers", slot),
                "has the name under which the lock keeps the predicted number; call it otherwise",
            )


def _text(text: str, place: tuple[str | int, ...], declared: set[str]) -> Notes:
    if around := stray_brace(text):
        yield Note(place, f"has a brace that belongs to no slot: {around!r}; write {{{{ or }}}} for a brace")
    if _DOLLAR.search(without_formulas(text)):
        yield Note(place, r"has a $ that opens or closes no formula; write \$ for a dollar")
    for formula in formulas_in(text):
        if inside := {slot for slot in declared if f"{{{slot}}}" in formula}:
            yield Note(
                place, f"has {_braced(inside)} inside a formula, where slots are not filled", "warning"
            )


def _declared(record: Studied) -> set[str]:
    asked = not isinstance(record, InterviewQuestion) and record.result is not None
    return {*record.numbers, *_drawn(record), *([RESULT] if asked else [])}


def _drawn(record: Studied) -> set[str]:
    return set() if isinstance(record, InterviewQuestion) else set(record.vary)


def _braced(slots: set[str]) -> str:
    return ", ".join(f"{{{slot}}}" for slot in sorted(slots))
