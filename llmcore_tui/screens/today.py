"""Today: the plan's day, what is due, and one key to begin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.events import ScreenResume
from textual.screen import Screen
from textual.widgets import Static

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.keymap import bindings, entries
from llmcore_tui.widgets.key_line import KeyLine
from llmcore_tui.widgets.today_view import TodayView
from llmcore_tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from llmcore_tui.study.opened import Opened

DAY = Bilingual("day {day} of {days}", "第 {day} / {days} 天")
STREAK = Bilingual(" · {streak} days streak", " · 连续 {streak} 天")
KEYS = ("today.study", "today.interview", "today.lab", "app.language", "app.palette", "app.back", "app.help")


class TodayScreen(Screen[None]):
    """Reads everything anew whenever it is shown."""

    AUTO_FOCUS = ""
    CSS_PATH = "today.tcss"
    BINDINGS = bindings("today.study", "today.interview", "today.lab")

    def __init__(self, opened: Opened, language: Language, remapped: Mapping[str, str]) -> None:
        super().__init__()
        self.opened = opened
        self.language: Language = language
        self.remapped = remapped

    def compose(self) -> ComposeResult:
        """A line above, a line below, one page between."""
        yield TopBar()
        with VerticalScroll(id="today", can_focus=False):
            yield Static(id="today-view")
        yield KeyLine()

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Show what has changed meanwhile."""
        self.show()

    def speak(self, language: Language) -> None:
        """Show everything in the other language."""
        self.language = language
        self.show()

    def show(self) -> None:
        """Draw the day."""
        today = self.opened.today(self.language)
        bar = self.query_one(TopBar)
        bar.left = "llmcore"
        day = DAY.of(self.language).format(day=today.day, days=today.days)
        bar.right = day + (STREAK.of(self.language).format(streak=today.streak) if today.streak > 1 else "")
        self.query_one("#today-view", Static).update(TodayView(today, self.language))
        self.query_one(KeyLine).entries = [entry for _, entry in entries(KEYS, self.language, self.remapped)]

    def action_study(self) -> None:
        """Begin."""
        self.app.switch_mode("study")

    def action_interview(self) -> None:
        """Sit a mock interview."""
        self.app.switch_mode("interview")

    def action_lab(self) -> None:
        """Open the lab."""
        self.app.switch_mode("lab")
