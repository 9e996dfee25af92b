"""The terminal program: its modes, its theme, its language, and the worker that every screen shares."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from textual import on
from textual.app import App, SystemCommand
from textual.screen import Screen

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.errors import UnknownName
from llmcore_tui.keymap import APP_KEYS, bindings, explained
from llmcore_tui.screens.demo_wanted import DemoWanted
from llmcore_tui.screens.shown_errors import shown_errors
from llmcore_tui.screens.study import StudyScreen
from llmcore_tui.study.runner import Runner
from llmcore_tui.theme import THEMES

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode

    from llmcore_tui.interview.setup import Setup
    from llmcore_tui.screens.interview import InterviewScreen
    from llmcore_tui.screens.lab import LabScreen
    from llmcore_tui.screens.today import TodayScreen
    from llmcore_tui.study.opened import Opened, Wishes
    from llmcore_tui.study.session import Session

Mode = Literal["today", "study", "interview", "lab"]

A_MOMENT = 0.1
"""Seconds after the first frame at which the worker begins to load what demos need."""

GO = {
    "today": Bilingual("Today: what is due", "今日：到期内容"),
    "study": Bilingual("Study", "学习"),
    "interview": Bilingual("Interview: answer and be asked on", "模拟面试：作答与追问"),
    "lab": Bilingual("Lab: turn a demo's flags", "实验：调整演示参数"),
}
OTHER_LANGUAGE = Bilingual("中文", "English")
NEXT_THEME = Bilingual("Switch between dark and light", "切换深色与浅色")
QUIT = Bilingual("Quit", "退出")


class Runners(Runner, Protocol):
    """What runs demos, started ahead of need and closed at the end."""

    def start(self) -> None:
        """Begin to load what demos need; returns at once."""
        ...

    def close(self) -> None:
        """Stop whatever still runs."""
        ...


@runtime_checkable
class Speaks(Protocol):
    """A screen whose texts can change their language."""

    def speak(self, language: Language) -> None:
        """Show everything in this language."""
        ...


class LlmcoreApp(App[None]):
    """Holds what the screens share; the flow of study is in `study`, drawing in the widgets."""

    TITLE = "llmcore"
    BINDINGS = bindings(*APP_KEYS)

    def __init__(
        self,
        opened: Opened,
        wishes: Wishes,
        *,
        start: Mode = "today",
        interview: Setup | None = None,
        runners: Runners | None = None,
    ) -> None:
        """`interview`: what the Interview screen begins with. `runners`: what runs demos, in place of a worker a deck."""
        # The constructor reads it: without it Textual would first lay out and draw an empty screen of its own.
        self.DEFAULT_MODE = start  # type: ignore[misc]  # Textual has it for the class, here each app has its own
        super().__init__()
        self.opened = opened
        self.language: Language = opened.config.language
        self.remapped = dict(opened.config.keys)
        self.runners: Runners = runners or opened.workers()
        self.start = start
        self.wishes = wishes
        self.interview = interview
        self.lab: LabScreen | None = None
        self.lab_begins: DemoWanted | None = None
        """What the lab shows first."""
        self.lab_left_for: str | None = None
        """Where a learner goes on who leaves the lab."""
        for theme in THEMES:
            self.register_theme(theme)
        if opened.config.theme not in self.available_themes:
            raise UnknownName("theme", opened.config.theme, self.available_themes)
        self.theme = opened.config.theme
        self.set_keymap(self.remapped)
        self.add_mode("today", self._today)
        self.add_mode("study", self._study)
        self.add_mode("interview", self._interview)
        self.add_mode("lab", self._lab)

    # A screen is imported when it is first shown, so that the first one is there sooner.

    def _today(self) -> TodayScreen:
        from llmcore_tui.screens.today import TodayScreen

        return TodayScreen(self.opened, self.language, self.remapped)

    def _study(self) -> StudyScreen:
        def new_session() -> Session:
            return self.opened.session(self.wishes, runner=self.runners)

        return StudyScreen(new_session, self.language, self.remapped)

    def _interview(self) -> InterviewScreen:
        from llmcore_tui.screens.interview import InterviewScreen

        return InterviewScreen(self.opened, self.runners, self.language, self.remapped, self.interview)

    def _lab(self) -> LabScreen:
        from llmcore_tui.screens.lab import LabScreen

        self.lab = LabScreen(self.opened, self.runners, self.language, self.remapped, self.lab_begins)
        return self.lab

    async def on_mount(self) -> None:
        """Show the first screen, then let the worker load what demos need."""
        await self.switch_mode(self.start)
        self.call_after_refresh(self.set_timer, A_MOMENT, self.runners.start)

    def on_unmount(self) -> None:
        """Leave no process behind."""
        self.runners.close()

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Every key ends here, so that what it could not do is said in one line and nothing is torn down."""
        with shown_errors(self):
            return await super().run_action(action, default_namespace, namespaces)
        return True

    def action_help(self) -> None:
        """Every key of this screen."""
        from llmcore_tui.screens.help import HelpScreen

        active = [active.binding for active in self.screen.active_bindings.values()]
        self.push_screen(HelpScreen(explained(active, self.language, self.remapped)))

    def action_switch_language(self) -> None:
        """English to Chinese and back, on every screen that is open."""
        self.language = "zh" if self.language == "en" else "en"
        for stack in self._screen_stacks.values():
            for screen in stack:
                if isinstance(screen, Speaks):
                    screen.speak(self.language)

    def action_leave(self) -> None:
        """From a demo that a card or a question asked for back to it; else to Today, and from Today out."""
        if self.current_mode == "today":
            self.exit()
        elif self.current_mode == "lab" and self.lab_left_for is not None:
            self.switch_mode(self.lab_left_for)
            self.lab_left_for = None
        else:
            self.switch_mode("today")

    @on(DemoWanted)
    async def show_demo(self, event: DemoWanted) -> None:
        """Open the lab at a card's or a question's demo, with its flags."""
        self.lab_left_for = self.current_mode
        if self.lab is None:
            self.lab_begins = event
            await self.switch_mode("lab")
        else:
            await self.switch_mode("lab")
            self.lab.open_demo(event.demo, event.set)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette finds."""
        for mode, text in GO.items():
            yield SystemCommand(text.of(self.language), "", lambda mode=mode: self.switch_mode(mode))
        yield SystemCommand(OTHER_LANGUAGE.of(self.language), "", self.action_switch_language)
        yield SystemCommand(NEXT_THEME.of(self.language), "", self._next_theme)
        yield SystemCommand(QUIT.of(self.language), "", self.exit)

    def _next_theme(self) -> None:
        dark, light = (theme.name for theme in THEMES)
        self.theme = light if self.theme == dark else dark


def run_app(opened: Opened, wishes: Wishes, *, start: Mode = "today", interview: Setup | None = None) -> None:
    """Run the program until the learner leaves it."""
    ready(opened, wishes, start=start, interview=interview).run()


def ready(opened: Opened, wishes: Wishes, *, start: Mode, interview: Setup | None = None) -> LlmcoreApp:
    """The program before it runs, once a process."""
    app = LlmcoreApp(opened, wishes, start=start, interview=interview)
    # What is imported by now stays to the end; a collection would go through all of it, 20 ms, and free nothing.
    gc.freeze()
    return app
