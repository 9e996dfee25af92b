"""Several ways to say one thing, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from llmcore_tui.content.bilingual import Language


@dataclass(frozen=True, slots=True)
class Wordings:
    """What counts as having said something, as practitioners put it; either language may be empty."""

    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()

    def of(self, language: Language) -> tuple[str, ...]:
        """The wordings in one language."""
        return self.zh if language == "zh" else self.en
