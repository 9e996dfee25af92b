"""The last line of a screen: the keys that do something now, in the learner's language."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

Entry = tuple[str, str]
"""A key as it is written, and what it is called."""


class KeyLine(Widget):
    """Keys and their names on one line; those that do not fit are left out, from the end, and `?` lists them all."""

    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; width: 1fr; padding: 0 1; background: $surface; color: $text-muted; }
    """

    entries: reactive[Sequence[Entry]] = reactive(())

    def render(self) -> Text:
        """The entries that fit, the last one (help) always among them."""
        if not self.entries:
            return Text("")
        *others, last = self.entries
        free = self.content_size.width - _cells(last)
        line = Text(no_wrap=True, end="")
        for entry in others:
            free -= _cells(entry) + 2
            if free < 0:
                break
            _write(line, entry)
            line.append("  ")
        _write(line, last)
        return line


def _cells(entry: Entry) -> int:
    return cell_len(entry[0]) + 1 + cell_len(entry[1])


def _write(line: Text, entry: Entry) -> None:
    line.append(entry[0], style="bold")
    line.append(f" {entry[1]}")
