"""Where the learner types an answer in their own words; Esc leaves it and keeps what was typed."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding
from textual.message import Message
from textual.widgets import TextArea


class AnswerField(TextArea):
    """A text area of a few lines, wrapping softly, in which every letter is text."""

    BINDINGS = [
        Binding("escape", "leave", "done", id="answer.leave", tooltip="Leave the field; the answer is kept.")
    ]

    @dataclass
    class Left(Message):
        """The learner has left the field."""

        field: AnswerField

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, soft_wrap=True, compact=True, tab_behavior="focus")

    def type_late(self, character: str) -> None:
        """Take a character that was typed before the field had the focus."""
        self.insert(character)

    def action_leave(self) -> None:
        """Give the text to the screen, which takes the focus away."""
        self.post_message(self.Left(self))
