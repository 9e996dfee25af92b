"""A line that the learner typed: a single letter is a command, anything else may be an answer."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from llmcore_tui.study.question import Takes

ALONE = frozenset("dhusbqx?")
"""Commands that take nothing after them."""
WITH_TEXT = frozenset("tpen")
"""Commands that take the rest of the line, or ask for it."""
_OVERRULE = "o"
_TYPED = frozenset({"option", "number"})


@dataclass(frozen=True, slots=True)
class Command:
    """What a line means."""

    key: str
    """A letter, a digit 1 to 4, `?`, empty for Enter alone, or `answer` and `predict` for a text by itself."""
    text: str = ""


def read_question(line: str, takes: Takes, *, predicts: bool) -> Command:
    """What a line typed under a question means."""
    text = line.strip()
    if (command := _letter(text)) is not None:
        return command
    if not text:
        return Command("")
    if takes in _TYPED:
        return Command("answer", text)
    if predicts and _is_number_like(text):
        return Command("predict", text)
    if len(text) > 1 or not text.isascii() or (takes == "gap" and not text.islower()):
        return Command("answer", text)
    return Command("unknown", text)


def read_revealed(line: str) -> Command:
    """What a line typed under an answer means."""
    text = line.strip()
    if text in {"1", "2", "3", "4"}:
        return Command(text)
    if text[:1] == _OVERRULE and not text[1:].strip().isalpha():
        return Command(_OVERRULE, text[1:].strip())
    return _letter(text) or Command("" if not text else "unknown", text)


def numbered(text: str) -> int:
    """The number of a point that was typed; 0, which no point has, where it is none."""
    digits = unicodedata.normalize("NFKC", text).strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 3 else 0


def _letter(text: str) -> Command | None:
    if text in ALONE or text in WITH_TEXT:
        return Command(text)
    letter, space, rest = text.partition(" ")
    if letter in WITH_TEXT and space and rest.strip():
        return Command(letter, rest.strip())
    return None


def _is_number_like(text: str) -> bool:
    """Whether it begins as a number does; a full-width or Chinese beginning counts."""
    return text[0].isdigit() or (text[0] in "-−－+.~≈约" and any(char.isdigit() for char in text[:6]))
