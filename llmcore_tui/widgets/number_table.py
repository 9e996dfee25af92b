"""A run's numbers, each beside what it becomes with the idea off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.lab.result import Estimate, NotReached, NotRun, Value
from llmcore_tui.render.number import written
from llmcore_tui.render.width import cells, pad

if TYPE_CHECKING:
    from llmcore_tui.lab.run import Run

OFF = Bilingual("idea off", "关闭该想法")
MISSING = {NotReached: Bilingual("not reached", "未达到"), NotRun: Bilingual("not computed", "未计算")}
ALREADY_OFF = Bilingual("the idea is off", "该想法已关闭")


class NumberTable:
    """A renderable: name, value, value with the idea off, aligned in cells; in a narrow place without errors and budgets."""

    def __init__(self, run: Run, language: Language) -> None:
        self.run = run
        self.language: Language = language

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """One number a line under a heading."""
        rows = self._rows(errors=True)
        if _width(rows) > options.max_width:
            rows = self._rows(errors=False)
        names, values, _ = (max((cells(row[column]) for row in rows), default=0) for column in range(3))
        if self.run.off_result is not None:
            already = self.run.off_set == self.run.set
            heading = (ALREADY_OFF if already else OFF).of(self.language)
            yield Text(pad(heading, min(options.max_width, _width(rows)), "right"), style="dim", no_wrap=True)
        for key, on, off in rows:
            line = Text.assemble(
                (pad(key, names), "dim"), "  ", (pad(on, values, "right"), "bold"), "  ", off
            )
            line.no_wrap = True
            line.truncate(options.max_width, overflow="ellipsis")
            yield line

    def _rows(self, *, errors: bool) -> list[tuple[str, str, str]]:
        run = self.run
        off = run.off_twin.numbers if run.off_twin is not None else {}

        def said(numbers: Mapping[str, Value], key: str) -> str:
            if key not in numbers:
                return ""
            value = numbers[key]
            if isinstance(value, NotReached | NotRun) and not errors:
                return MISSING[type(value)].of(self.language)
            plain = value.value if isinstance(value, Estimate) and not errors else value
            return written(plain, run.demo.numbers[key].unit, self.language)

        return [(key, said(run.result.numbers, key), said(off, key)) for key in run.result.numbers]


def _width(rows: Sequence[tuple[str, str, str]]) -> int:
    return sum(max((cells(row[column]) for row in rows), default=0) for column in range(3)) + 4
