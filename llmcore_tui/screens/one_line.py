"""Asks for one line of text over the screen: what is wrong with a card, a note, the value of a flag."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class OneLineScreen(ModalScreen[str | None]):
    """Enter gives the text back, Esc gives None."""

    CSS_PATH = "one_line.tcss"
    BINDINGS = [Binding("escape", "dismiss", "close", id="one_line.close")]

    def __init__(self, prompt: str, value: str = "") -> None:
        super().__init__()
        self.prompt = prompt
        self.value = value

    def compose(self) -> ComposeResult:
        """The question and a field."""
        with Vertical(id="one-line"):
            yield Static(Text(self.prompt))
            yield Input(self.value, id="line", compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the line back."""
        self.dismiss(event.value)
