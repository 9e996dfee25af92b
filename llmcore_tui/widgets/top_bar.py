"""The first line of a screen: what it is on the left, where one stands on the right."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget


class TopBar(Widget):
    """One line, both ends aligned to the edges; the left end gives way when the line is too narrow."""

    DEFAULT_CSS = """
    TopBar { height: 1; width: 1fr; padding: 0 1; background: $surface; color: $text-muted; }
    """

    left: reactive[str] = reactive("")
    right: reactive[str] = reactive("")

    def render(self) -> Text:
        """Both ends, the left one clipped to the cells that are free."""
        width = self.content_size.width
        free = max(0, width - cell_len(self.right) - 2)
        left = self.left if cell_len(self.left) <= free else set_cell_size(self.left, max(0, free - 1)) + "…"
        gap = max(1, width - cell_len(left) - cell_len(self.right))
        return Text.assemble((left, "bold"), " " * gap, self.right, no_wrap=True, end="")
