"""The parts of a page of text about demos: title, formula, paragraphs, values; for a terminal with or without colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rich.text import Text

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.render import formula as formulas
from llmcore_tui.render.markdown import on_one_line
from llmcore_tui.render.number import written
from llmcore_tui.render.safe import one_line, safe
from llmcore_tui.render.width import NO_BREAK_SPACE as _GLUE
from llmcore_tui.render.width import cells, wrap

if TYPE_CHECKING:
    from llmcore_tui.lab.declaration import FlagValue, Number
    from llmcore_tui.lab.result import Value

WIDEST = 100
"""Columns beyond which lines are tiring to read."""
INDENT = "  "
DIM, STRONG, KEY, TITLE = "dim", "bold", "cyan", "bold"
NO_OFF = Bilingual("Nothing to switch off: {why}", "没有可关闭的：{why}")


class Page:
    """Lines of text for a terminal of a given width, in one language."""

    def __init__(self, language: Language, width: int) -> None:
        self.language: Language = language
        self.width = min(width, WIDEST)

    def head(self, title: str, aside: str) -> Iterable[Text]:
        """The title, with what is said beside it at the right edge where there is room."""
        title, aside = one_line(title), one_line(aside)
        room = self.width - cells(title) - cells(aside)
        if room >= 2:
            yield Text.assemble((title, TITLE), " " * room, (aside, DIM))
        else:
            yield from (Text(line, TITLE) for line in wrap(title, self.width))
            yield from (Text(line, DIM) for line in wrap(aside, self.width))

    def section(self, name: Bilingual) -> Iterable[Text]:
        """A heading."""
        yield Text()
        yield Text(name.of(self.language), TITLE)

    def formula(self, latex: str) -> Iterable[Text]:
        """The drawn formula with air around it."""
        if latex:
            yield Text()
            yield from (Text(INDENT + line) for line in formulas.art(latex, self.width - len(INDENT)))
            yield Text()

    def settings(self, settings: Mapping[str, FlagValue], head: str = "") -> Iterable[Text]:
        """The settings on as few lines as they take, none of them torn apart."""
        glued = ", ".join(
            f"{name}{_GLUE}={_GLUE}{self.value_text(value)}" for name, value in settings.items()
        )
        for line in wrap(head + safe(glued), self.width, first=INDENT, rest=INDENT):
            yield Text(line, DIM)

    def paragraph(self, text: str, style: str = "", *, indent: int = 1) -> Iterable[Text]:
        """Wrapped prose; formulas in it are written on the line."""
        space = INDENT * indent
        for line in wrap(on_one_line(text), self.width, first=space, rest=space):
            yield Text(line, style)

    def reading(self, number: Number) -> str:
        """How to read a number."""
        return number.zh if self.language == "zh" else number.en

    def number_text(self, value: Value, number: Number) -> str:
        """A value with its unit."""
        return one_line(written(value, number.unit, self.language))

    def listed(self, settings: Mapping[str, FlagValue]) -> str:
        """The settings one after the other."""
        return ", ".join(f"{name} = {self.value_text(value)}" for name, value in settings.items())

    def value_text(self, value: FlagValue) -> str:
        """A flag's value."""
        match value:
            case bool():
                return {("en", True): "yes", ("en", False): "no", ("zh", True): "是", ("zh", False): "否"}[
                    self.language, value
                ]
            case float():
                return f"{value:.12g}"
            case tuple():
                return ",".join(f"{item:.12g}" for item in value)
        return str(value)

    def say(self, text: Bilingual, **values: object) -> str:
        """A text with its values, in the learner's language."""
        return text.of(self.language).format(**values)
