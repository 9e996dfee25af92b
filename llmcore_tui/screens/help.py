"""Every key of the screen below, and what it is for."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from llmcore_tui.widgets.help_text import HelpText, Row


class HelpScreen(ModalScreen[None]):
    """A panel over the screen; any of the usual keys closes it."""

    CSS_PATH = "help.tcss"
    BINDINGS = [Binding("escape,q,question_mark,enter,space", "dismiss", "close", id="help.close")]

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__()
        self.rows = rows

    def compose(self) -> ComposeResult:
        """The table of keys."""
        with VerticalScroll(id="help"):
            yield Static(HelpText(self.rows))
