"""`{name}` in a text is a slot; formulas between `$` are left alone, and `{{` is a brace."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from llmcore_tui.errors import LlmcoreError

FORMULA = re.compile(r"(?<!\\)\$\$(?P<block>.+?)(?<!\\)\$\$|(?<!\\)\$(?P<inline>[^$]+?)(?<!\\)\$", re.DOTALL)
"""Mathematics in Markdown; `\\$` is a dollar."""

_PIECE = re.compile(
    rf"(?P<formula>{re.sub(r'[?]P<[a-z]+>', '?:', FORMULA.pattern)})"
    r"|(?P<open>\{\{)|(?P<close>\}\})|\{(?P<slot>[a-z][a-z0-9_]*)\}|(?P<stray>[{}])",
    re.DOTALL,
)


def slots_in(text: str) -> set[str]:
    """The names of the slots of a text."""
    return {match["slot"] for match in _PIECE.finditer(text) if match["slot"]}


def stray_brace(text: str) -> str:
    """The text around the first brace that belongs to no slot, or nothing."""
    for match in _PIECE.finditer(text):
        if match["stray"]:
            return text[max(0, match.start() - 10) : match.end() + 10]
    return ""


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its slots filled and doubled braces made single; LlmcoreError when a value is missing."""

    def piece(match: re.Match[str]) -> str:
        if slot := match["slot"]:
            if slot not in values:
                raise LlmcoreError(f"A text has the slot {{{slot}}} but there is no value for it.")
            return values[slot]
        return "{" if match["open"] else "}" if match["close"] else match[0]

    return _PIECE.sub(piece, text)


def formulas_in(text: str) -> Iterator[str]:
    """The LaTeX of each formula of a text, without its dollars."""
    for match in FORMULA.finditer(text):
        yield (match["block"] or match["inline"]).strip()


def without_formulas(text: str) -> str:
    """The text with each formula replaced by a space."""
    return FORMULA.sub(" ", text)
