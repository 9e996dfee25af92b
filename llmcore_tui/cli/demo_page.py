"""What `llmcore demo` prints: a run, a sweep, a demo's flags, the list; in the learner's language, also without colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.render import formula as formulas
from llmcore_tui.render import plot
from llmcore_tui.render.markdown import on_one_line
from llmcore_tui.render.number import written
from llmcore_tui.render.safe import one_line, safe
from llmcore_tui.render.width import NO_BREAK_SPACE as _GLUE
from llmcore_tui.render.width import cells, pad, wrap

if TYPE_CHECKING:
    from llmcore_tui.lab.declaration import FlagValue, Number
    from llmcore_tui.lab.demo import Demo
    from llmcore_tui.lab.flag import FlagSpec
    from llmcore_tui.lab.result import Result, Series, Table, Value
    from llmcore_tui.lab.run import Run
    from llmcore_tui.lab.sweep import Swept

PLOT_HEIGHT = 16
WIDEST = 100
_INDENT = "  "
_DIM, _STRONG, _KEY, _TITLE = "dim", "bold", "cyan", "bold"

_RAN = {
    "formula": Bilingual("by formula", "由公式算出"),
    "simulation": Bilingual("simulated", "由模拟得出"),
    "training": Bilingual("trained", "由训练得出"),
}
_SECONDS = Bilingual("{ran} · {seconds:.2f} s of CPU", "{ran} · CPU {seconds:.2f} 秒")
_ON = Bilingual("with the idea", "保留该想法")
_OFF = Bilingual("without: {set}", "去掉：{set}")
_NO_OFF = Bilingual("Nothing to switch off: {why}", "没有可关闭的想法：{why}")
_ALSO = Bilingual("The module {module} also has: {demos}", "模块 {module} 还有：{demos}")
_FLAGS = Bilingual("Flags", "参数")
_NUMBERS = Bilingual("Numbers", "数字")
_IDEA_OFF = Bilingual("Idea off", "关闭该想法")
_ANCHORS = Bilingual("Must reproduce", "必须复现")
_DEFAULT = Bilingual("default {value}", "默认 {value}")
_RANGE = Bilingual("{low} to {high}", "{low} 到 {high}")
_ONLY = Bilingual("only with {set}", "仅当 {set}")
_RUN_IT = Bilingual("Run it: {command}", "运行：{command}")
_COMMON = Bilingual(
    "Also --off, --sweep FLAG=LOW:HIGH:STEP, --save FILE, --json, --source, --no-plot: llmcore demo --help",
    "另有 --off、--sweep FLAG=LOW:HIGH:STEP、--save FILE、--json、--source、--no-plot：llmcore demo --help",
)


class DemoPage:
    """Lines of text for a terminal of a given width."""

    def __init__(self, language: Language, width: int, *, draw: bool, color: bool) -> None:
        self.language: Language = language
        self.width = min(width, WIDEST)
        self.draw = draw
        """Draw curves; otherwise say them in a sentence."""
        self.color = color

    def run(self, run: Run) -> Iterable[Text]:
        """Formula, numbers with the idea on and off, curves, tables and the sentence of what was seen."""
        demo, result = run.demo, run.result
        ran = self._say(_SECONDS, ran=_RAN[result.ran].of(self.language), seconds=run.seconds)
        yield from self._head(demo.title.of(self.language), ran)
        yield from self._formula(result.formula or demo.formula)
        settings = ", ".join(f"{name}{_GLUE}={_GLUE}{self._value(value)}" for name, value in run.set.items())
        for line in wrap(safe(settings), self.width, first=_INDENT, rest=_INDENT):
            yield Text(line, _DIM)
        yield Text()
        off = run.off_result if run.off_set != run.set else None
        yield from self._numbers(demo.numbers, result, off, demo)
        yield from self._curves(result.series)
        for table in result.tables:
            yield from self._table(table)
        yield Text()
        yield from self._paragraph(run.says.of(self.language), _STRONG)

    def sweep(
        self, demo: Demo, flag: FlagSpec, rows: Sequence[Swept], curves: Sequence[Series]
    ) -> Iterable[Text]:
        """A row for each value of the flag, and the curves of the numbers that moved most tellingly."""
        yield from self._head(demo.title.of(self.language), f"--sweep {flag.name}")
        keys = list(demo.numbers)
        texts = [
            [self._value(row.value), *(self._cell(row, key, demo.numbers[key]) for key in keys)]
            for row in rows
        ]
        yield from self._grid([flag.name, *keys], texts)
        for series in curves[:2]:
            yield from self._curves([series])

    def demo(self, demo: Demo, modules: Sequence[str]) -> Iterable[Text]:
        """What a demo declares."""
        yield from self._head(demo.title.of(self.language), " · ".join(modules))
        yield from self._formula(demo.formula)
        for paragraph in safe(demo.docstring).splitlines():
            yield from (Text(line, _DIM) for line in wrap(paragraph, self.width, first=_INDENT, rest=_INDENT))
        yield from self._section(_FLAGS)
        for flag in demo.flags:
            yield from self._flag(flag)
        yield from self._section(_NUMBERS)
        for key, number in demo.numbers.items():
            unit = f" ({number.unit})" if number.unit else ""
            yield Text.assemble(_INDENT, (one_line(key), _KEY), (one_line(unit), _DIM))
            yield from self._paragraph(self._reads(number), _DIM, indent=2)
        yield from self._section(_IDEA_OFF)
        yield from self._paragraph(self._off(demo))
        if demo.anchors:
            yield from self._section(_ANCHORS)
        for anchor in demo.anchors:
            at = self._listed(anchor.set)
            text = f"{anchor.number} = {anchor.value:.10g} ± {anchor.within:g}{f'  ({at})' if at else ''}"
            yield from self._paragraph(text)
            yield from self._paragraph(anchor.source, _DIM, indent=2)
        yield Text()
        yield from self._paragraph(self._say(_RUN_IT, command=f"llmcore demo {demo.name}"))
        yield from self._paragraph(_COMMON.of(self.language), _DIM)

    def others(self, module: str, demos: Sequence[str]) -> Iterable[Text]:
        """The demos of a module beside the one that ran."""
        yield Text()
        yield from self._paragraph(self._say(_ALSO, module=module, demos=", ".join(demos)), _DIM)

    def row(self, name: str, title: str, modules: Sequence[str], widest: int) -> Text:
        """A demo in the list."""
        also = [module for module in modules if module != name]
        return Text.assemble(
            (pad(one_line(name), widest + 2), _KEY),
            one_line(title),
            (f"  ({', '.join(also)})" if also else "", _DIM),
        )

    def _head(self, title: str, aside: str) -> Iterable[Text]:
        title, aside = one_line(title), one_line(aside)
        room = self.width - cells(title) - cells(aside)
        if room >= 2:
            yield Text.assemble((title, _TITLE), " " * room, (aside, _DIM))
        else:
            yield Text(title, _TITLE)
            yield Text(aside, _DIM)

    def _section(self, name: Bilingual) -> Iterable[Text]:
        yield Text()
        yield Text(name.of(self.language), _TITLE)

    def _formula(self, latex: str) -> Iterable[Text]:
        if latex:
            yield Text()
            yield from (Text(_INDENT + line) for line in formulas.art(latex, self.width - len(_INDENT)))
            yield Text()

    def _paragraph(self, text: str, style: str = "", *, indent: int = 1) -> Iterable[Text]:
        space = _INDENT * indent
        for line in wrap(on_one_line(text), self.width, first=space, rest=space):
            yield Text(line, style)

    def _numbers(
        self, numbers: Mapping[str, Number], on: Result, off: Result | None, demo: Demo
    ) -> Iterable[Text]:
        """Two columns of values, each number's reading below it."""
        name_width = max(map(cells, numbers)) + 2
        shown = {key: self._number(on.numbers[key], numbers[key]) for key in numbers}
        column = max(map(cells, [*shown.values(), _ON.of(self.language)])) + 3
        if off is not None:
            head = self._say(_OFF, set=self._listed(demo.off.set))
            yield Text(
                _INDENT + pad("", name_width) + pad(_ON.of(self.language), column) + one_line(head), _DIM
            )
        for key, number in numbers.items():
            line = Text.assemble(_INDENT, (pad(key, name_width), _KEY), (pad(shown[key], column), _STRONG))
            if off is not None:
                line.append(self._number(off.numbers[key], number))
            line.rstrip()
            yield line
            yield from self._paragraph(self._reads(number), _DIM, indent=2)
        if demo.off.why_none:
            yield from self._paragraph(self._say(_NO_OFF, why=demo.off.why_none), _DIM)

    def _curves(self, series: Sequence[Series]) -> Iterable[Text]:
        if not series:
            return
        group = plot.groups(series)[0]
        yield Text()
        if self.draw:
            width = self.width - len(_INDENT)
            drawn = plot.plot(group, width, PLOT_HEIGHT, color=self.color, language=self.language)
            yield from (Text(_INDENT) + line for line in Text.from_ansi(drawn).split("\n"))
        else:
            yield from self._paragraph(plot.describe(group, self.language))

    def _table(self, table: Table) -> Iterable[Text]:
        yield Text()
        yield Text(_INDENT + one_line(Bilingual(table.en, table.zh).of(self.language)), _DIM)
        rows = [[cell if isinstance(cell, str) else written(cell) for cell in row] for row in table.rows]
        yield from self._grid([str(column) for column in table.columns], rows)

    def _grid(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[Text]:
        """Right-aligned columns; those that do not fit beside each other go below, under the first column again."""
        grid = [[one_line(cell) for cell in row] for row in [columns, *rows]]
        widths = [max(cells(row[place]) for row in grid if place < len(row)) for place in range(len(columns))]
        for start, end in _blocks(widths, self.width - len(_INDENT)):
            if start > 1:
                yield Text()
            places = [0, *range(start, end)]
            for number, row in enumerate(grid):
                line = "  ".join(
                    pad(row[place], widths[place], "right") for place in places if place < len(row)
                )
                yield Text(_INDENT + line, _DIM if number == 0 else "")

    def _flag(self, flag: FlagSpec) -> Iterable[Text]:
        option = f"{flag.option}/--no-{flag.option[2:]}" if flag.type == "bool" else flag.option
        parts = [] if flag.type == "bool" else [flag.accepts]
        if flag.low is not None and flag.high is not None:
            parts.append(self._say(_RANGE, low=f"{flag.low:g}", high=f"{flag.high:g}"))
        elif flag.low is not None or flag.high is not None:
            parts.append(f"≥ {flag.low:g}" if flag.low is not None else f"≤ {flag.high:g}")
        parts.append(self._say(_DEFAULT, value=self._value(flag.default)))
        if flag.live:
            live = ", ".join(
                f"{name}={'|'.join(map(self._value, values))}" for name, values in flag.live.items()
            )
            parts.append(self._say(_ONLY, set=live))
        yield Text.assemble(_INDENT, (option, _KEY), "  ", (one_line(" · ".join(parts)), _DIM))
        yield from self._paragraph(flag.help.of(self.language), indent=2)

    def _off(self, demo: Demo) -> str:
        if not demo.off.set:
            return self._say(_NO_OFF, why=demo.off.why_none)
        arrows = {"up": "↑", "down": "↓", "changes": "≠"}
        moves = ", ".join(f"{key} {arrows[direction]}" for key, direction in demo.off.moves.items())
        return f"{self._listed(demo.off.set)}   {moves}"

    def _reads(self, number: Number) -> str:
        return number.zh if self.language == "zh" else number.en

    def _number(self, value: Value, number: Number) -> str:
        return one_line(written(value, number.unit, self.language))

    def _cell(self, row: Swept, key: str, number: Number) -> str:
        return self._number(row.numbers[key], number) if key in row.numbers else "–"

    def _listed(self, settings: Mapping[str, FlagValue]) -> str:
        return ", ".join(f"{name} = {self._value(value)}" for name, value in settings.items())

    def _value(self, value: FlagValue) -> str:
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

    def _say(self, text: Bilingual, **values: object) -> str:
        return text.of(self.language).format(**values)


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
