"""The answer: brief, formula, the computed number, the points beside what was typed, then the whole of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.render import formula, plot
from llmcore_tui.render.safe import safe
from llmcore_tui.render.width import cells
from llmcore_tui.widgets.computed_line import computed_line, run_line
from llmcore_tui.widgets.marked_view import MarkedView
from llmcore_tui.widgets.prose import Prose

if TYPE_CHECKING:
    from llmcore_tui.study.revealed import Revealed

SIDE_BY_SIDE = 90
"""Cells from which the typed answer stands beside the points; below, above them."""
PLOT_HEIGHT = 14

YOURS = Bilingual("your answer", "你的回答")
POINTS = Bilingual("say these (● must)", "要点（● 必须说到）")
OFTEN = Bilingual("often said, but", "常见误区")
NEXT = Bilingual("they go on to", "面试官常接着问")
READ = Bilingual("read", "读于")
RIGHT = Bilingual("right", "正确")
WRONG = Bilingual("not right", "不正确")


class RevealedView:
    """A renderable in the order in which a learner reads: the line to say, its number, own words, then the details."""

    def __init__(self, revealed: Revealed, language: Language, *, plot: bool) -> None:
        self.revealed = revealed
        self.language: Language = language
        self.plot = plot

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The blocks with one empty line between them."""
        for index, block in enumerate(self._blocks(options.max_width, color=not console.no_color)):
            if index:
                yield Text("")
            yield block

    def _blocks(self, width: int, *, color: bool) -> Iterator[RenderableType]:
        revealed, language = self.revealed, self.language
        if revealed.check is not None:
            yield self._check()
        if self.plot and revealed.run is not None and revealed.run.result.series:
            yield Group(*self._numbers(width))
            drawn = plot.plot(revealed.run.result.series, width, PLOT_HEIGHT, color=color, language=language)
            yield Text.from_ansi(drawn, no_wrap=True)
            yield Prose(revealed.brief, style="bold")
        else:
            yield Prose(revealed.brief, style="bold")
            yield from self._formula(width)
            if revealed.computed is not None or revealed.judged is not None:
                yield Group(*self._numbers(width))
        yield from self._points(width)
        if revealed.answer:
            yield Prose(revealed.answer)
        yield from self._misconceptions()
        yield Group(*self._footnotes())

    def _check(self) -> Text:
        check = self.revealed.check
        assert check is not None
        if check.right is None:
            return Text(safe(check.says), style="dim")
        sign, word, style = ("✓", RIGHT, "green") if check.right else ("✗", WRONG, "yellow")
        return Text.assemble((f"{sign} {word.of(self.language)}", f"bold {style}"), f"  {safe(check.says)}")

    def _formula(self, width: int) -> Iterator[RenderableType]:
        if self.revealed.formula:
            art = formula.art(self.revealed.formula, min(width, formula.WIDEST))
            indent = max(0, (width - max(map(cells, art), default=0)) // 2)
            yield Padding(Text("\n".join(art), no_wrap=True, style="cyan"), (0, 0, 0, min(indent, 6)))

    def _numbers(self, width: int) -> Iterator[RenderableType]:
        revealed = self.revealed
        yield computed_line(revealed, self.language, width)
        if revealed.computed is not None:
            yield Text(safe(revealed.computed.reading), style="dim")
        if revealed.run_says:
            yield Prose(revealed.run_says)
        yield run_line(revealed, self.language)

    def _points(self, width: int) -> Iterator[RenderableType]:
        revealed = self.revealed
        typed = (
            Group(Text(YOURS.of(self.language), style="dim"), Text(safe(revealed.typed)))
            if revealed.typed
            else None
        )
        points = self._point_list()
        if typed is None or points is None:
            yield from filter(None, (typed, points))
        elif width < SIDE_BY_SIDE:
            # What was marked quotes the answer, which may be long: the verdicts come first.
            yield from (typed, points) if revealed.marked is None else (points, typed)
        else:
            columns = Table.grid(expand=True, padding=(0, 2, 0, 0))
            columns.add_column(ratio=1)
            columns.add_column(ratio=1)
            columns.add_row(typed, points)
            yield columns

    def _point_list(self) -> RenderableType | None:
        revealed = self.revealed
        if revealed.marked is not None:
            return MarkedView(revealed.marked, self.language)
        if not revealed.points:
            return None
        return Group(
            Text(POINTS.of(self.language), style="dim"),
            *(Prose(point.say, mark="● " if point.must else "○ ") for point in revealed.points),
        )

    def _misconceptions(self) -> Iterator[RenderableType]:
        for said in self.revealed.misconceptions:
            yield Group(
                Text(OFTEN.of(self.language), style="dim"),
                Prose(said.says, mark="✗ ", style="dim"),
                Prose(said.fix, mark="→ "),
            )

    def _footnotes(self) -> Iterator[RenderableType]:
        revealed = self.revealed
        for source in revealed.sources:
            yield Text(f"{safe(source.text)} · {READ.of(self.language)} {safe(source.read)}", style="dim")
        if revealed.neighbours:
            yield Text(f"{NEXT.of(self.language)}: {safe(' · '.join(revealed.neighbours))}", style="dim")
