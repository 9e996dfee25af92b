"""A learner's text as lines: Markdown and formulas written out, wrapped only where the terminal has a width."""

from __future__ import annotations

from dataclasses import dataclass

from llmcore_tui.content.bilingual import Language
from llmcore_tui.render.formula import inline
from llmcore_tui.render.markdown import plain
from llmcore_tui.render.safe import safe

UNWRAPPED = 100_000
"""Cells to a line where nobody wraps: one thing is one line."""


@dataclass(frozen=True, slots=True)
class Page:
    """How lines are written."""

    language: Language
    width: int = UNWRAPPED

    def prose(self, text: str, label: str = "") -> list[str]:
        """The lines of a Markdown text without the blank ones, the first after its label."""
        lines = [line for line in plain(text, self.width) if line.strip()]
        if not label:
            return lines
        return [f"{label} {lines[0].lstrip()}", *lines[1:]] if lines else []

    def formula(self, latex: str) -> str:
        """A formula on one line."""
        return inline(latex)

    def typed(self, text: str, label: str) -> list[str]:
        """What somebody typed, as it is."""
        first, *rest = safe(text).splitlines() or [""]
        return [f"{label} {first}", *rest]
