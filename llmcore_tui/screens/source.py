"""A demo's source to read beside the paper."""

from __future__ import annotations

from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widgets import TextArea

from llmcore_tui.render.safe import safe


class SourceScreen(ModalScreen[None]):
    """The file, read-only, over the whole screen."""

    BINDINGS = [Binding("escape,q,s", "dismiss", "close", id="source.close", priority=True)]
    CSS = "#source { width: 100%; height: 100%; background: $background; }"

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file = file

    def compose(self) -> ComposeResult:
        """A text area that cannot be typed into."""
        text = safe(self.file.read_text(encoding="utf-8"))
        yield TextArea(text, id="source", read_only=True, show_line_numbers=True, compact=True)
