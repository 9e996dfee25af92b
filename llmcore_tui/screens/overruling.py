"""`o`, then the digit of a point: the learner's own verdict in place of the marker's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual, Language

if TYPE_CHECKING:
    from textual.events import Key

    from llmcore_tui.widgets.key_line import Entry

WHICH = Bilingual("which point?", "哪个要点？")
NONE = Bilingual("none", "不改判")


class Overruling:
    """Whether the next digit names a point; without this it would be a rating."""

    def __init__(self) -> None:
        self.waits = False

    def begin(self) -> None:
        """`o` was typed."""
        self.waits = True

    def number(self, event: Key) -> int | None:
        """The point that was named; 0 for `escape`, None for a key that means something else. Any key ends the waiting."""
        self.waits = False
        character = event.character or ""
        if event.key == "escape":
            return 0
        return int(character) if character and character in "123456789" else None

    def entries(self, points: int, language: Language) -> list[Entry]:
        """What the last line of the screen says meanwhile."""
        digits = f"1-{points}" if points > 1 else "1"
        return [(digits, WHICH.of(language)), ("esc", NONE.of(language))]
