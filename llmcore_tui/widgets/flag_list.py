"""A demo's flags as lines with a slider; a cursor says which one the arrows turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from llmcore_tui.content.bilingual import Language
from llmcore_tui.lab.turn import place_in_range
from llmcore_tui.render.number import number
from llmcore_tui.render.width import cells, clip, pad

if TYPE_CHECKING:
    from llmcore_tui.lab.declaration import FlagValue
    from llmcore_tui.lab.demo import Demo
    from llmcore_tui.lab.flag import FlagSpec

SLIDER = 8
WIDEST_VALUE = 13


class FlagList(Widget):
    """One flag a line: cursor, name, value, slider; a flag with no effect under the other settings is dim."""

    DEFAULT_CSS = "FlagList { height: auto; width: auto; }"

    cursor: reactive[int] = reactive(0, layout=True)

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.demo: Demo | None = None
        self.settings: Mapping[str, FlagValue] = {}
        self.language: Language = "en"

    def show(self, demo: Demo, settings: Mapping[str, FlagValue], language: Language) -> None:
        """Draw these flags with these values."""
        if self.demo is not demo:
            self.cursor = 0
        self.demo, self.settings, self.language = demo, settings, language
        self.refresh(layout=True)

    @property
    def flag(self) -> FlagSpec | None:
        """The flag under the cursor."""
        if self.demo is None or not self.demo.flags:
            return None
        return self.demo.flags[min(self.cursor, len(self.demo.flags) - 1)]

    def move(self, by: int) -> None:
        """Move the cursor, staying on the list."""
        if self.demo is not None:
            self.cursor = max(0, min(len(self.demo.flags) - 1, self.cursor + by))

    def render(self) -> Text:
        """One flag a line."""
        if self.demo is None:
            return Text("")
        values = {
            flag.name: clip(written(self.settings[flag.name]), WIDEST_VALUE) for flag in self.demo.flags
        }
        name_width = max(map(cells, values))
        value_width = max(map(cells, values.values()))
        lines: list[Text] = []
        for place, flag in enumerate(self.demo.flags):
            style = "bold" if place == self.cursor else "" if flag.is_live(self.settings) else "dim"
            line = Text("▸ " if place == self.cursor else "  ", style=style)
            line.append(pad(flag.name, name_width), style=style)
            line.append(f"  {pad(values[flag.name], value_width, 'right')}  ", style=style)
            line.append(slider(flag, self.settings[flag.name]), style="" if place == self.cursor else "dim")
            lines.append(line)
        return Text("\n", no_wrap=True).join(lines)


def written(value: FlagValue) -> str:
    """A flag's value as it is shown."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ",".join(f"{item:g}" for item in value) or "-"
    return number(value).replace(",", "") if isinstance(value, int | float) else value


def slider(flag: FlagSpec, value: FlagValue) -> str:
    """`◂━━●━━━▸` where the value has a place in a range, nothing where it has none."""
    if flag.type == "bool" or (place := place_in_range(flag, value)) is None:
        return ""
    knob = round(place * (SLIDER - 1))
    return "◂" + "━" * knob + "●" + "━" * (SLIDER - 1 - knob) + "▸"
