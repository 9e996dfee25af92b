"""One line in which the learner predicts or answers with a value; Enter or Esc leaves it and keeps what was typed."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding
from textual.message import Message
from textual.widgets import Input


class ValueField(Input):
    """An input without a frame, on the line of its `>`."""

    BINDINGS = [
        Binding("escape", "leave", "done", id="value.leave", tooltip="Leave the field; the value is kept.")
    ]

    @dataclass
    class Left(Message):
        """The learner has left the field."""

        field: ValueField

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, compact=True, select_on_focus=False)

    def type_late(self, character: str) -> None:
        """Take a character that was typed before the field had the focus."""
        self.insert_text_at_cursor(character)

    def action_leave(self) -> None:
        """Give the value to the screen, which takes the focus away."""
        self.post_message(self.Left(self))

    async def action_submit(self) -> None:
        """Enter is leaving too."""
        self.action_leave()
