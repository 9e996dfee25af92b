"""What the learner typed cannot be used, said in their language."""

from __future__ import annotations

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.errors import InputError


class Unusable(InputError):
    """An answer, a number or a choice that cannot be read; the learner is asked again."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.says = Bilingual(en, zh)


def said(error: InputError, language: Language) -> str:
    """The one line that a learner reads."""
    return error.says.of(language) if isinstance(error, Unusable) else str(error)
