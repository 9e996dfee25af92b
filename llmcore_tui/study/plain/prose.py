"""A learner's text as lines: Markdown and formulas written out, one paragraph a line; the terminal wraps them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from llmcore_tui.content.bilingual import Language
from llmcore_tui.render.formula import inline
from llmcore_tui.render.markdown import plain
from llmcore_tui.render.safe import safe

UNWRAPPED = 100_000
_DRAWN = " ─"
_WIDE = ("：", "？", "（")


@dataclass(frozen=True, slots=True)
class Page:
    """How lines are written."""

    language: Language
    width: int = UNWRAPPED
    """Columns that rows of lists are cut to; prose is wrapped where it is said."""

    def prose(self, text: str, label: str = "") -> list[str]:
        """The lines of a Markdown text without the blank and the drawn ones, the first after its label."""
        lines = [line for line in plain(text, UNWRAPPED) if line.strip(_DRAWN)]
        if not label:
            return lines
        return [after(label, lines[0].lstrip()), *lines[1:]] if lines else []

    def formula(self, latex: str) -> str:
        """A formula on one line."""
        return inline(latex)

    def typed(self, text: str, label: str) -> list[str]:
        """What somebody typed, as it is."""
        first, *rest = safe(text).splitlines() or [""]
        return [after(label, first), *rest]

    def aside(self, text: str) -> str:
        """A remark in the language's brackets."""
        return f"（{text}）" if self.language == "zh" else f"({text})"

    def listed(self, words: Iterable[str]) -> str:
        """Words one after the other, as the language separates them."""
        return ("、" if self.language == "zh" else ", ").join(words)


def after(label: str, text: str) -> str:
    """A text after its label; full-width punctuation needs no space."""
    is_tight = label.endswith(_WIDE) or text.startswith(_WIDE)
    return f"{label}{text}" if is_tight else f"{label} {text}"
