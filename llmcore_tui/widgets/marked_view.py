"""A marked answer: how much of it was said, then every point with its verdict and the words that decided it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.text import Text

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.grading.mark import Verdict
from llmcore_tui.render.safe import one_line, safe
from llmcore_tui.render.width import cells
from llmcore_tui.study import mark_text
from llmcore_tui.widgets.prose import Prose

if TYPE_CHECKING:
    from llmcore_tui.study.marked_answer import MarkedAnswer, MarkedPoint

STYLES = {
    Verdict.MET: "bold green",
    Verdict.PARTIAL: "bold yellow",
    Verdict.MISSED: "bold yellow",
    Verdict.CONTRADICTED: "bold red",
}
LEGEND = Bilingual("● must", "● 必说")
HOW = Bilingual("o, then a number: your own verdict", "按 o 再按编号：改判")


class MarkedView:
    """A renderable; signs and words say all that colour says."""

    def __init__(self, marked: MarkedAnswer, language: Language) -> None:
        self.marked = marked
        self.language: Language = language

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The coverage in words, what was noticed, the points, the misconceptions."""
        marked = self.marked
        yield Text.assemble((marked.counted, "bold"), (f" · {one_line(marked.marked_by)}", "dim"))
        for flag in marked.flags:
            yield Text(f"! {safe(flag)}", style="yellow")
        for point in marked.points:
            yield from self._point(point)
        yield from self._wrong()
        yield Text(f"{LEGEND.of(self.language)} · {HOW.of(self.language)}", style="dim")

    def _point(self, point: MarkedPoint) -> Iterator[RenderableType]:
        mark = f"{'●' if point.must else '○'} {point.number} {point.sign} "
        yield Prose(self._after(point.word, point.say), mark=mark, mark_style=STYLES[point.verdict])
        quoted = f"“{one_line(point.evidence)}”" if point.evidence else ""
        if below := " · ".join(filter(None, (quoted, point.remark))):
            yield Padding(Text(below, style="dim"), (0, 0, 0, cells(mark)))

    def _wrong(self) -> Iterator[RenderableType]:
        for said in self.marked.wrong:
            yield Prose(
                self._after(mark_text.SAID_WRONG.of(self.language), said.says),
                mark="! ",
                mark_style=STYLES[Verdict.CONTRADICTED],
            )
            yield Padding(Text(f"“{one_line(said.evidence)}”", style="dim"), (0, 0, 0, 2))
            yield Prose(said.fix, mark="→ ")

    def _after(self, word: str, text: str) -> str:
        """A text after its word; full-width punctuation needs no space."""
        return f"{word}{text}" if self.language == "zh" else f"{word} {text}"
