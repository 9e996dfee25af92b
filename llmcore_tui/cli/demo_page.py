"""What `llmcore demo` prints of a run and of a sweep; in the learner's language, also without colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.text import Text

from llmcore_tui.cli.page import DIM, INDENT, KEY, NO_OFF, STRONG, Page
from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.lab.result import NotReached, NotRun
from llmcore_tui.render import plot
from llmcore_tui.render.number import written
from llmcore_tui.render.safe import one_line
from llmcore_tui.render.width import cells, pad, wrap

if TYPE_CHECKING:
    from llmcore_tui.lab.declaration import Number
    from llmcore_tui.lab.demo import Demo
    from llmcore_tui.lab.flag import FlagSpec
    from llmcore_tui.lab.result import Result, Series, Table
    from llmcore_tui.lab.run import Run
    from llmcore_tui.lab.sweep import Swept

PLOT_HEIGHT = 16

_RAN = {
    "formula": Bilingual("by formula", "由公式算出"),
    "simulation": Bilingual("simulated", "由模拟得出"),
    "training": Bilingual("trained", "由训练得出"),
}
_SECONDS = Bilingual("{ran} · {seconds:.2f} s of CPU", "{ran} · CPU {seconds:.2f} 秒")
_ON = Bilingual("idea on", "开启")
_OFF = Bilingual("idea off", "关闭")
_NOT_REACHED = Bilingual("not reached", "未达到")
_NOT_RUN = Bilingual("not computed", "未计算")
_ALSO = Bilingual("The module {module} also has: {demos}", "模块 {module} 还有：{demos}")


class DemoPage(Page):
    """A run or a sweep."""

    def __init__(self, language: Language, width: int, *, draw: bool, color: bool) -> None:
        super().__init__(language, width)
        self.draw = draw
        """Draw curves; otherwise say them in a sentence."""
        self.color = color

    def run(self, run: Run) -> Iterable[Text]:
        """Formula, numbers with the idea on and off, curves, tables and the sentence of what was seen."""
        demo, result = run.demo, run.result
        ran = self.say(_SECONDS, ran=_RAN[result.ran].of(self.language), seconds=run.seconds)
        yield from self.head(demo.title.of(self.language), ran)
        yield from self.formula(result.formula or demo.formula)
        off = run.off_twin
        yield from self.settings(run.set)
        if off is not None:
            yield from self.settings(demo.off.set, _OFF.of(self.language) + ": ")
        elif demo.off.why_none:
            yield from self.paragraph(self.say(NO_OFF, why=demo.off.why_none), DIM)
        yield Text()
        yield from self._numbers(demo.numbers, result, off)
        yield from self._curves(result.series)
        for table in result.tables:
            yield from self._table(table)
        yield Text()
        yield from self.paragraph(run.says.of(self.language), STRONG)

    def sweep(
        self, demo: Demo, flag: FlagSpec, rows: Sequence[Swept], curves: Sequence[Series]
    ) -> Iterable[Text]:
        """A row for each value of the flag, and the curves of the numbers that moved most tellingly."""
        yield from self.head(demo.title.of(self.language), f"--sweep {flag.name}")
        keys = list(demo.numbers)
        texts = [
            [self.value_text(row.value), *(self._cell(row, key, demo.numbers[key]) for key in keys)]
            for row in rows
        ]
        yield from self._grid([flag.name, *keys], texts)
        for series in curves[:2]:
            yield from self._curves([series])

    def others(self, module: str, demos: Sequence[str]) -> Iterable[Text]:
        """The demos of a module beside the one that ran."""
        yield Text()
        yield from self.paragraph(self.say(_ALSO, module=module, demos=", ".join(demos)), DIM)

    def _numbers(self, numbers: Mapping[str, Number], on: Result, off: Result | None) -> Iterable[Text]:
        """Two columns of values, each number's reading below it."""
        name_width = max(map(cells, numbers)) + 2
        room = self.width - len(INDENT) - name_width
        shown = {key: self.number_text(on.numbers[key], numbers[key]) for key in numbers}
        widest = max(map(cells, [*shown.values(), _ON.of(self.language)])) + 3
        column = room if off is None else min(widest, room * 2 // 3)
        if off is not None:
            head = pad("", name_width) + pad(_ON.of(self.language), column) + _OFF.of(self.language)
            yield Text(INDENT + head, DIM)
        for key, number in numbers.items():
            left = wrap(shown[key], column - 1)
            right = wrap(self.number_text(off.numbers[key], number), room - column) if off is not None else []
            for place, (one, other) in enumerate(zip_longest(left, right, fillvalue="")):
                name = pad("" if place else key, name_width)
                line = Text.assemble(INDENT, (name, KEY), (pad(one, column), STRONG), other)
                line.rstrip()
                yield line
            yield from self.paragraph(self.reading(number), DIM, indent=2)

    def _curves(self, series: Sequence[Series]) -> Iterable[Text]:
        if not series:
            return
        group = plot.groups(series)[0]
        yield Text()
        if self.draw:
            width = self.width - len(INDENT)
            drawn = plot.plot(group, width, PLOT_HEIGHT, color=self.color, language=self.language)
            yield from (Text(INDENT) + line for line in Text.from_ansi(drawn).split("\n"))
        else:
            yield from self.paragraph(plot.describe(group, self.language))

    def _table(self, table: Table) -> Iterable[Text]:
        yield Text()
        yield Text(INDENT + one_line(Bilingual(table.en, table.zh).of(self.language)), DIM)
        rows = [[cell if isinstance(cell, str) else written(cell) for cell in row] for row in table.rows]
        yield from self._grid([str(column) for column in table.columns], rows)

    def _grid(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[Text]:
        """Right-aligned columns; those that do not fit beside each other go below, under the first column again."""
        grid = [[one_line(cell) for cell in row] for row in [columns, *rows]]
        most = (self.width - len(INDENT)) // 2 - 1
        widths = [
            min(most, max(cells(row[place]) for row in grid if place < len(row)))
            for place in range(len(columns))
        ]
        for start, end in _blocks(widths, self.width - len(INDENT)):
            if start > 1:
                yield Text()
            places = [0, *range(start, end)]
            for number, row in enumerate(grid):
                line = "  ".join(
                    pad(row[place], widths[place], "right") for place in places if place < len(row)
                )
                yield Text(INDENT + line, DIM if number == 0 else "")

    def _cell(self, row: Swept, key: str, number: Number) -> str:
        """A number in a table of many, where a reason would not fit."""
        match row.numbers.get(key):
            case None:
                return "–"
            case NotReached():
                return _NOT_REACHED.of(self.language)
            case NotRun():
                return _NOT_RUN.of(self.language)
            case value:
                return self.number_text(value, number)


def _blocks(widths: Sequence[int], room: int) -> Iterable[tuple[int, int]]:
    """Runs of columns after the first that fit beside it."""
    start = 1
    while start < len(widths):
        used, end = widths[0], start
        while end < len(widths) and (end == start or used + 2 + widths[end] <= room):
            used += 2 + widths[end]
            end += 1
        yield start, end
        start = end
