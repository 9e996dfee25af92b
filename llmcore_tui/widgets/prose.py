"""Learner text, Markdown with formulas between dollars, wrapped to whatever width it is given."""

from __future__ import annotations

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from llmcore_tui.render.markdown import rich_text
from llmcore_tui.render.width import cells


class Prose:
    """A renderable; `mark` stands before the first line and the others are indented under it."""

    def __init__(self, text: str, *, style: str = "", mark: str = "", mark_style: str = "") -> None:
        """`mark_style`: of the mark alone; the text's where it is left out."""
        self.text = text
        self.style = style
        self.mark = mark
        self.mark_style = mark_style or style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The lines that fit the width."""
        indent = cells(self.mark)
        lines = rich_text(self.text, max(10, options.max_width - indent)).split("\n")
        for place, line in enumerate(lines):
            margin = Text(self.mark if place == 0 else " " * indent, style=self.mark_style)
            line.stylize_before(self.style)
            yield Text.assemble(margin, line, no_wrap=True, overflow="ignore")
