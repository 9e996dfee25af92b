"""Terms of the field in both languages, and the words with digits that prose may use."""

from __future__ import annotations

from dataclasses import dataclass

from llmcore_tui.content.bilingual import Bilingual


@dataclass(frozen=True, slots=True)
class Term:
    """A term, its usual name in each language, and what it means."""

    en: str
    zh: str
    means: Bilingual


@dataclass(frozen=True, slots=True)
class Literal:
    """A word with a digit that may stand in prose, and why."""

    word: str
    why: str
