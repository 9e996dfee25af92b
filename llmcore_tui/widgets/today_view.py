"""The day at a glance: what it is about, what must be said, its checkpoint, what waits, what is weak."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.text import Text

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.render.markdown import on_one_line
from llmcore_tui.render.plot import sparkline
from llmcore_tui.render.safe import one_line
from llmcore_tui.render.width import NO_BREAK_SPACE, clip, wrap
from llmcore_tui.widgets.prose import Prose

if TYPE_CHECKING:
    from llmcore_tui.study.checkpoint import Checkpoint
    from llmcore_tui.study.today import Today

DAY = Bilingual("Day {day}", "第 {day} 天")
PLANNED = Bilingual("planned: no cards yet", "计划中：还没有卡片")
SAY = Bilingual("Say clearly: ", "必须讲清楚：")
CHECKPOINT = Bilingual("checkpoint", "检查点")
MET = Bilingual("met", "已通过")
WAITING = Bilingual("{due} due", "{due} 张到期")
LEARNING = Bilingual("{learning} learning", "{learning} 张学习中")
NEW = Bilingual("{new} new", "{new} 张新卡")
MINUTES = Bilingual("about {minutes} minutes", "约 {minutes} 分钟")
NOTHING = Bilingual("Nothing is due today.", "今天没有到期的内容。")
FORECAST = Bilingual("next ten days", "未来十天")
WEAK = Bilingual("weak", "薄弱")
OPEN = Bilingual("still open: day {days}", "尚未通过：第 {days} 天")
INTERVIEW = Bilingual(
    "timed answer: llmcore interview --plan-day {day} --mode real",
    "限时回答：llmcore interview --plan-day {day} --mode real",
)
QUIZ = Bilingual("quiz of the day: llmcore quiz --day {day}", "当天测验：llmcore quiz --day {day}")


class TodayView:
    """A renderable of one day, an empty line between its blocks."""

    def __init__(self, today: Today, language: Language) -> None:
        self.today = today
        self.language: Language = language

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The blocks in the order in which they are read."""
        today = self.today
        blocks = (self._day(options.max_width), self._waiting(), self._weak(options.max_width))
        for block in blocks:
            yield from block
            yield Text("")
        if today.open_days:
            yield self._said(OPEN, days=", ".join(map(str, today.open_days)))
        if today.day and not all(module.planned for module in today.modules):
            yield self._said(QUIZ, day=today.day)
            if today.checkpoint and any(p.needs_interview and not p.met for p in today.checkpoint.parts):
                yield self._said(INTERVIEW, day=today.day)

    def _day(self, width: int) -> Iterator[RenderableType]:
        today, language = self.today, self.language
        if not today.day:
            return
        title = f"{DAY.of(language).format(day=today.day)} · {one_line(today.title)}"
        yield Text(title, style="bold")
        if all(module.planned for module in today.modules):
            yield Text(PLANNED.of(language), style="yellow")
        yield Prose(SAY.of(language) + today.must_say)
        if today.checkpoint is not None:
            yield Text("")
            yield from self._checkpoint(today.checkpoint, width)

    def _checkpoint(self, checkpoint: Checkpoint, width: int) -> Iterator[RenderableType]:
        language = self.language
        head = f"{CHECKPOINT.of(language)}  "
        dots = "".join("●" if part.met else "○" for part in checkpoint.parts)
        said = [MET.of(language)] if checkpoint.met else []
        said += [f"{p.title} {p.have_text}/{p.need_text}" for p in checkpoint.parts if not p.met]
        glued = "  ".join([head + dots, *(part.replace(" ", NO_BREAK_SPACE) for part in said)])
        for place, line in enumerate(wrap(glued, width)):
            text = Text(line, style="dim" if not checkpoint.met else "")
            if not place:
                text.stylize("not dim", 0, len(head) + len(dots))
                text.stylize("bold", len(head), len(head) + len(dots))
            yield text

    def _waiting(self) -> Iterator[RenderableType]:
        today, language = self.today, self.language
        if not (today.due or today.learning or today.new):
            yield Text(NOTHING.of(language), style="bold")
        else:
            counts = [WAITING.of(language).format(due=today.due)]
            if today.learning:
                counts.append(LEARNING.of(language).format(learning=today.learning))
            counts.append(NEW.of(language).format(new=today.new))
            line = Text("     ".join(counts), style="bold")
            line.append(f"     {MINUTES.of(language).format(minutes=today.minutes)}", style="dim not bold")
            yield line
        if any(today.forecast):
            yield Text.assemble(
                sparkline(today.forecast), (f"  {FORECAST.of(language)}", "dim"), no_wrap=True
            )

    def _weak(self, width: int) -> Iterator[RenderableType]:
        if not self.today.weak:
            return
        yield Text(WEAK.of(self.language), style="dim")
        for point in self.today.weak:
            text = f"{point.module}: {on_one_line(point.text)}"
            yield Padding(Text(clip(text, max(10, width - 2)), no_wrap=True), (0, 0, 0, 2))

    def _said(self, text: Bilingual, **values: object) -> Text:
        return Text(text.of(self.language).format(**values), style="dim")
