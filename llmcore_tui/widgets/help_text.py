"""The keys of a screen as a table with what each is for."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from llmcore_tui.render.width import cells, pad, wrap

Row = tuple[str, str, str]
"""A key as it is written, what it is called, what it is for."""


class HelpText:
    """A renderable: keys, names and reasons in three aligned columns, reasons wrapped under themselves."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """One line a key, more where the reason is long."""
        key_width = max(cells(key) for key, _, _ in self.rows)
        name_width = max(cells(name) for _, name, _ in self.rows)
        for key, name, why in self.rows:
            indent = key_width + name_width + 4
            first, *rest = wrap(why, max(10, options.max_width - indent))
            yield Text.assemble(
                (pad(key, key_width), "bold"), "  ", pad(name, name_width), "  ", (first, "dim")
            )
            for line in rest:
                yield Text(" " * indent + line, style="dim")
