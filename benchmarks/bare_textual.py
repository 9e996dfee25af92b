"""A bare Textual app with the widgets of the Study screen and a question's text in them, and nothing else."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, Static, TextArea

from frames import leave_after_first_frame

TEXTS = ("ask", "parts", "prompt", "prediction-text", "hint", "revealed", "summary")
QUESTION = "What do you trade when you move one parameter from its lowest value to its highest, and why?"


class BareScreen(Screen[None]):
    """A line above, a line below, a page with texts and fields between."""

    CSS = "#top, #bottom { height: 1; } #page { height: 1fr; padding: 1 3; } Static { height: auto; }"

    def compose(self) -> ComposeResult:
        """The same number of the same widgets."""
        yield Static("top", id="top")
        with VerticalScroll(id="page"):
            for name in TEXTS:
                yield Static(QUESTION if name == "ask" else "", id=name)
            yield TextArea(id="answer")
            yield Input(id="given")
            yield Input(id="predicted")
        yield Static("bottom", id="bottom")


class BareApp(App[None]):
    """One mode, one screen."""

    MODES = {"bare": BareScreen}  # noqa: RUF012

    async def on_mount(self) -> None:
        """Show the screen."""
        await self.switch_mode("bare")


if __name__ == "__main__":
    leave_after_first_frame(BareApp(), "bare")
