"""Lab: turn a demo's flags, see its numbers and what they become with the idea off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.errors import LlmcoreError
from llmcore_tui.keymap import bindings, entries
from llmcore_tui.lab.demo import Demo, demos_in, read_demo
from llmcore_tui.lab.result import Estimate, Series
from llmcore_tui.lab.turn import sweep_values, turned
from llmcore_tui.render import formula, plot
from llmcore_tui.screens.one_line import OneLineScreen
from llmcore_tui.screens.shown_errors import shown_errors
from llmcore_tui.screens.source import SourceScreen
from llmcore_tui.study.runner import LiveRun, Runner
from llmcore_tui.widgets.flag_list import FlagList, written
from llmcore_tui.widgets.key_line import KeyLine
from llmcore_tui.widgets.number_table import NumberTable
from llmcore_tui.widgets.prose import Prose
from llmcore_tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from llmcore_tui.lab.declaration import FlagValue
    from llmcore_tui.lab.run import Run
    from llmcore_tui.screens.demo_wanted import DemoWanted
    from llmcore_tui.study.opened import Opened

PAUSE = 0.25
"""Seconds after the last turn of a flag before the demo runs."""
SWEEP = 11
LOWEST_PLOT, HIGHEST_PLOT = 9, 18
KEYS = (
    "lab.lower",
    "lab.raise",
    "lab.set",
    "lab.sweep",
    "lab.source",
    "lab.default",
    "lab.next",
    "lab.previous",
    "app.back",
    "app.help",
)

LAB = Bilingual("lab", "实验")
RUNNING = Bilingual("running … {progress}", "运行中 … {progress}")
SWEEPING = Bilingual("sweeping {flag}: {done} of {total}", "正在扫描 {flag}：{done} / {total}")
RAN = Bilingual("{ran}, {seconds:.2f} s of CPU", "{ran}，CPU {seconds:.2f} 秒")
KINDS = {
    "formula": Bilingual("computed by formula", "由公式算出"),
    "simulation": Bilingual("simulated", "由模拟得出"),
    "training": Bilingual("trained", "由训练得出"),
}
NO_SWEEP = Bilingual("This flag has no range to sweep.", "这个参数没有可扫描的范围。")
VALUE = Bilingual("{flag}: {accepts}", "{flag}：{accepts}")
NO_DEMOS = Bilingual("This deck has no demos.", "这个卡组没有演示。")


class LabScreen(Screen[None]):
    """Owns the flags' values and which run is the newest; runs happen in the worker."""

    AUTO_FOCUS = ""
    CSS_PATH = "lab.tcss"
    BINDINGS = [
        *bindings(
            "lab.lower",
            "lab.raise",
            "lab.set",
            "lab.default",
            "lab.sweep",
            "lab.source",
            "lab.next",
            "lab.previous",
        ),
        Binding("up,k", "cursor(-1)", "up", id="lab.up", tooltip="The flag above."),
        Binding("down,j", "cursor(1)", "down", id="lab.down", tooltip="The flag below."),
    ]

    @dataclass
    class Arrived(Message):
        """A run has ended, in its own thread."""

        live: LiveRun

    def __init__(
        self,
        opened: Opened,
        runner: Runner,
        language: Language,
        remapped: Mapping[str, str],
        wanted: DemoWanted | None,
    ) -> None:
        """`wanted`: what is shown first, in place of the first demo there is."""
        super().__init__()
        self.wanted = wanted
        self.saw = opened.saw
        self.runner = runner
        self.language: Language = language
        self.remapped = remapped
        self.files = {
            name: file for folder in opened.deck.folders for name, file in demos_in(folder / "demos").items()
        }
        self.demo: Demo | None = None
        self.settings: dict[str, FlagValue] = {}
        self.live: LiveRun | None = None
        self.last_run: Run | None = None
        self.sweep: list[FlagValue] = []
        self.swept: list[tuple[FlagValue, Run]] = []
        self.pause: Timer | None = None

    def compose(self) -> ComposeResult:
        """Flags on the left, numbers on the right, the curve and the sentence below."""
        yield TopBar()
        with VerticalScroll(id="lab-page", can_focus=False):
            with Horizontal(id="desk"):
                yield FlagList(id="flags")
                yield Static(id="numbers")
            yield Static(id="flag-help")
            yield Static(id="run-state")
            yield Static(id="curve")
            yield Static(id="says")
            yield Static(id="lab-formula")
        yield KeyLine()

    def on_mount(self) -> None:
        """Show the demo that a card has asked for, or the first."""
        self.set_interval(0.5, self._show_progress)
        if self.wanted is not None:
            self.open_demo(self.wanted.demo, self.wanted.set)
        elif self.files:
            self.open_demo(next(iter(self.files)), {})
        else:
            self.query_one("#says", Static).update(NO_DEMOS.of(self.language))
        self._show_keys()

    def on_unmount(self) -> None:
        """Stop what still runs."""
        if self.live is not None:
            self.live.cancel()

    def open_demo(self, name: str, set: Mapping[str, FlagValue]) -> None:
        """Show a demo with these flags and run it."""
        try:
            self.demo = read_demo(self.files[name])
            self.settings = self.demo.settings(set)
        except (KeyError, LlmcoreError) as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self.last_run, self.swept, self.sweep = None, [], []
        self._draw()
        self._run()

    def speak(self, language: Language) -> None:
        """Show everything in the other language."""
        self.language = language
        self._draw()
        self._show_keys()

    # Runs

    def _run(self) -> None:
        if self.demo is None:
            return
        if self.live is not None:
            self.live.cancel()
        live = LiveRun(self.runner, self.demo, self.settings)
        self.live = live
        live.add_done(lambda: self._announce(live))
        self._show_progress()

    def _announce(self, live: LiveRun) -> None:
        """Called in the run's own thread."""
        self.post_message(self.Arrived(live))

    @on(Arrived)
    def take(self, event: Arrived) -> None:
        """Show the newest run; an older one that ends late is dropped."""
        live = event.live
        if live is not self.live:
            return
        if live.run is None:
            self.sweep = []
            self.query_one("#run-state", Static).update(Text(f"! {live.problem}", style="yellow"))
            return
        self.last_run = live.run
        with shown_errors(self):
            self.saw(live.run)
        if self.sweep:
            self._sweep_on(live.run)
        else:
            self._draw()

    def _run_soon(self) -> None:
        if self.pause is not None:
            self.pause.stop()
        self.swept, self.sweep = [], []
        self.pause = self.set_timer(PAUSE, self._run)
        self._draw()

    def _sweep_on(self, run: Run) -> None:
        flag = self.query_one("#flags", FlagList).flag
        assert flag is not None
        self.swept.append((self.sweep.pop(0), run))
        if self.sweep:
            self.settings = {**self.settings, flag.name: self.sweep[0]}
            self._run()
        self._draw()

    # What is on the screen

    def _draw(self) -> None:
        demo = self.demo
        if demo is None:
            return
        bar = self.query_one(TopBar)
        bar.left = f"{LAB.of(self.language)} · {demo.name}"
        bar.right = demo.title.of(self.language)
        self.query_one("#flags", FlagList).show(demo, self.settings, self.language)
        art = (
            Text("\n".join(formula.art(demo.formula)), no_wrap=True, style="cyan")
            if demo.formula
            else Text("")
        )
        self.query_one("#lab-formula", Static).update(Padding(art, (1, 0, 0, 2)))
        self._show_flag_help()
        if self.last_run is not None:
            self._show_run(self.last_run)

    def _show_flag_help(self) -> None:
        flag = self.query_one("#flags", FlagList).flag
        text = "" if flag is None else f"{flag.name}: {flag.help.of(self.language)}"
        self.query_one("#flag-help", Static).update(Text(text, style="dim"))

    def _show_run(self, run: Run) -> None:
        self.query_one("#numbers", Static).update(NumberTable(run, self.language))
        ran = KINDS[run.result.ran].of(self.language)
        state = RAN.of(self.language).format(ran=ran, seconds=run.seconds)
        self.query_one("#run-state", Static).update(Text(state, style="dim"))
        self.query_one("#says", Static).update(Prose(run.says.of(self.language)))
        series = self._swept_series() if len(self.swept) > 1 else tuple(run.result.series)
        width = max(30, self.query_one("#lab-page").content_size.width - 2)
        curve = self.query_one("#curve", Static)
        curve.display = bool(series)
        if series:
            drawn = plot.plot(
                series, width, self._plot_height(), color=not self.app.no_color, language=self.language
            )
            curve.update(Text.from_ansi(drawn, no_wrap=True))

    def _plot_height(self) -> int:
        """What the flags, the sentence and the two bars leave, within reason."""
        flags = len(self.demo.flags) if self.demo is not None else 0
        return max(LOWEST_PLOT, min(HIGHEST_PLOT, self.size.height - flags - 10))

    def _swept_series(self) -> tuple[Series, ...]:
        flag = self.query_one("#flags", FlagList).flag
        assert flag is not None
        key, number = next(iter(self.swept[0][1].demo.numbers.items()))
        points = [(value, run.result.numbers[key]) for value, run in self.swept]
        pairs = [
            (float(value), float(at.value if isinstance(at, Estimate) else at))
            for value, at in points
            if isinstance(value, int | float) and isinstance(at, int | float | Estimate)
        ]
        return (Series(number.en, number.zh, [x for x, _ in pairs], [y for _, y in pairs], flag.name, key),)

    def _show_progress(self) -> None:
        live = self.live
        if live is None or live.done:
            return
        done = f"{live.progress[0]}/{live.progress[1]}" if live.progress else ""
        text = RUNNING.of(self.language).format(progress=done)
        if self.sweep and (flag := self.query_one("#flags", FlagList).flag) is not None:
            total = len(self.sweep) + len(self.swept)
            text = SWEEPING.of(self.language).format(flag=flag.name, done=len(self.swept), total=total)
        self.query_one("#run-state", Static).update(Text(text, style="dim"))

    def _show_keys(self) -> None:
        self.query_one(KeyLine).entries = [entry for _, entry in entries(KEYS, self.language, self.remapped)]

    # Keys

    def action_cursor(self, by: int) -> None:
        """Move to another flag."""
        self.query_one("#flags", FlagList).move(by)
        self._show_flag_help()

    def action_lower(self) -> None:
        """Turn the flag down."""
        self._turn(-1)

    def action_higher(self) -> None:
        """Turn the flag up."""
        self._turn(1)

    def _turn(self, direction: int) -> None:
        flag = self.query_one("#flags", FlagList).flag
        if flag is not None:
            self.settings = {**self.settings, flag.name: turned(flag, self.settings[flag.name], direction)}
            self._run_soon()

    def action_set(self) -> None:
        """Ask for the flag's value."""
        flag = self.query_one("#flags", FlagList).flag
        if flag is None:
            return

        def take(text: str | None) -> None:
            if text is None:
                return
            try:
                self.settings = {**self.settings, flag.name: flag.parse(text)}
            except LlmcoreError as error:
                self.notify(str(error), severity="warning", markup=False)
                return
            self._run_soon()

        prompt = VALUE.of(self.language).format(flag=flag.name, accepts=flag.accepts)
        self.app.push_screen(OneLineScreen(prompt, written(self.settings[flag.name])), take)

    def action_default(self) -> None:
        """Every flag back to its default."""
        if self.demo is not None:
            self.settings = self.demo.settings()
            self._run_soon()

    def action_sweep(self) -> None:
        """Run over the flag's range and draw the first number over it."""
        flag = self.query_one("#flags", FlagList).flag
        values = sweep_values(flag, SWEEP) if flag is not None else []
        if flag is None or len(values) < 2:
            self.notify(NO_SWEEP.of(self.language))
            return
        self.swept, self.sweep = [], values
        self.settings = {**self.settings, flag.name: values[0]}
        self._run()

    def action_source(self) -> None:
        """Read the demo's source."""
        if self.demo is not None:
            self.app.push_screen(SourceScreen(self.demo.file))

    def action_next_demo(self) -> None:
        """The next demo by name."""
        self._go(1)

    def action_previous_demo(self) -> None:
        """The demo before this one."""
        self._go(-1)

    def _go(self, by: int) -> None:
        names = list(self.files)
        if self.demo is not None and names:
            self.open_demo(names[(names.index(self.demo.name) + by) % len(names)], {})
