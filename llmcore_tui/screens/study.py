"""Study: one card at a time. Question, own answer, prediction, then the answer with its computed number, then a rating."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.events import Key, ScreenResume
from textual.message import Message

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.errors import InputError
from llmcore_tui.keymap import bindings, entries, keys_of
from llmcore_tui.screens.answering import AnsweringScreen
from llmcore_tui.screens.demo_wanted import DemoWanted
from llmcore_tui.screens.overruling import Overruling
from llmcore_tui.screens.shown_errors import shown_errors
from llmcore_tui.study.session import Session, Stage
from llmcore_tui.widgets.key_line import KeyLine
from llmcore_tui.widgets.progress_bar import progress_bar
from llmcore_tui.widgets.prose import Prose
from llmcore_tui.widgets.study_page import StudyPage
from llmcore_tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from llmcore_tui.study.question import Question
    from llmcore_tui.study.revealed import Revealed

RATINGS = {1: "study.again", 2: "study.hard", 3: "study.good", 4: "study.easy"}
ASKED_KEYS = (
    "study.reveal",
    "study.type",
    "study.predict",
    "study.hint",
    "study.undo",
    "study.bury",
    "study.flag",
    "app.help",
)
REVEALED_KEYS = ("study.plot", "study.copy", "study.demo", "app.help")
MARKED_KEYS = ("study.overrule", *REVEALED_KEYS)
A_MOMENT = 0.1
"""Seconds after a session's first question at which its demo starts, so that nobody waits for that to read it."""

WHEN_REVEALED = ("plot", "copy", "rate")
WHEN_ASKED = ("type_answer", "predict", "hint")

OF = Bilingual("{position} of {total}", "第 {position} / {total} 张")
COPIED = Bilingual("The answer is copied.", "答案已复制。")
NO_HINT = Bilingual("This card has no hint.", "这张卡没有提示。")
NO_DEMO = Bilingual("This card has no demo.", "这张卡没有演示。")
NOTHING_TO_UNDO = Bilingual("There is nothing to take back in this session.", "本次学习里没有可撤销的操作。")
WHAT_IS_WRONG = Bilingual("What is wrong with this card?", "这张卡哪里有错？")
YOUR_NOTE = Bilingual("Your private note on this card", "你给这张卡的私人笔记")
TODAY = Bilingual("today", "今日")


class StudyScreen(AnsweringScreen):
    """Drives a `Session`; everything that is remembered happens there."""

    AUTO_FOCUS = ""
    CSS_PATH = "study.tcss"
    BINDINGS = bindings(
        "study.reveal",
        "study.type",
        "study.predict",
        "study.plot",
        "study.hint",
        "study.demo",
        *RATINGS.values(),
        "study.overrule",
        "study.undo",
        "study.bury",
        "study.suspend",
        "study.flag",
        "study.note",
        "study.copy",
        "page.up",
        "page.down",
    )

    @dataclass
    class RunArrived(Message):
        """The demo of the current card has finished in the worker."""

    @dataclass
    class MarkArrived(Message):
        """The model's mark of the answer is there, or why there is none."""

    def __init__(
        self, new_session: Callable[[], Session], language: Language, remapped: Mapping[str, str]
    ) -> None:
        super().__init__(language, remapped)
        self.new_session = new_session
        self.overruling = Overruling()
        self.shows_plot = False

    def compose(self) -> ComposeResult:
        """A line above, a line below, the page between."""
        yield TopBar()
        yield StudyPage()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin at once."""
        self.begin()

    @on(ScreenResume)
    def begin_again(self) -> None:
        """A finished session is followed by a new one when the learner comes back."""
        if self.session is not None and self.session.stage is Stage.OVER:
            self.begin()

    def on_unmount(self) -> None:
        """Keep what is half typed, and stop what still runs."""
        if self.session is not None:
            with shown_errors(self):
                if self.session.stage is Stage.ASKED and self.half_typed.strip():
                    self.session.keep_draft(self.half_typed)
                self.session.close()

    def begin(self) -> None:
        """Open a session and show its first card."""
        if self.session is not None:
            self.session.close()
        self.session = self.new_session()
        self.session.language = self.language
        self.session.next(start=False)
        self.show()
        self.call_after_refresh(self.set_timer, A_MOMENT, self.session.start_run)

    def speak(self, language: Language) -> None:
        """Show everything in the other language."""
        self.language = language
        if self.session is not None:
            self.session.language = language
            self.show(keep=True)

    # What is on the screen

    def show(self, *, keep: bool = False) -> None:
        """Draw the stage the session is in; `keep` leaves what is half typed."""
        session, page = self._session, self.page
        question, revealed = session.question, session.revealed
        if not keep:
            self.shows_plot = False
            self.half_typed = ""
            self.set_focus(None)
            page.clear()
        if session.stage is Stage.OVER or question is None:
            page.finish(session.summary(), self.language)
        elif revealed is not None:
            page.reveal(revealed, self.language, plot=self.shows_plot)
        else:
            page.ask(question, self.language)
        self._show_place(question)
        self._show_keys(question, revealed)
        self.refresh_bindings()

    def _show_place(self, question: Question | None) -> None:
        bar = self.query_one(TopBar)
        if question is None:
            bar.left, bar.right = "llmcore", progress_bar(1, 1)
            return
        place = OF.of(self.language).format(position=question.position, total=question.total)
        bar.left = f"{question.module} · {question.kind_name}"
        bar.right = f"{place}   {progress_bar(question.position - 1, question.total)}"

    def _show_keys(self, question: Question | None, revealed: Revealed | None) -> None:
        line = self.query_one(KeyLine)
        if revealed is not None and revealed.marked is not None and self.overruling.waits:
            line.entries = self.overruling.entries(len(revealed.marked.points), self.language)
        elif revealed is not None:
            ratings = [
                (
                    key,
                    f"{name} {revealed.previews.get(rating, '')}".rstrip()
                    + ("*" if rating == revealed.suggested else ""),
                )
                for rating, (key, name) in zip(RATINGS, self._entries(*RATINGS.values()), strict=True)
            ]
            line.entries = [*ratings, *self._entries(*(MARKED_KEYS if revealed.marked else REVEALED_KEYS))]
        elif question is not None:
            line.entries = self._entries(*(id for id in ASKED_KEYS if _is_live(id, question)))
        else:
            line.entries = [("space", TODAY.of(self.language)), *self._entries("study.undo", "app.help")]

    def _entries(self, *ids: str) -> list[tuple[str, str]]:
        return [entry for _, entry in entries(ids, self.language, self.remapped)]

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key does something only at the stage it belongs to."""
        if self.session is None:
            return False
        stage = self.session.stage
        if action == "overrule":
            return stage is Stage.REVEALED and self.session.is_marked
        if action in WHEN_REVEALED:
            return stage is Stage.REVEALED
        if action in WHEN_ASKED:
            return stage is Stage.ASKED
        if action in ("bury", "suspend", "flag", "note", "demo"):
            return stage is not Stage.OVER
        if action == "reveal":
            return stage is not Stage.REVEALED
        return True

    def on_key(self, event: Key) -> None:
        """`o` and the digit after it work in the order they were typed; a digit alone is a rating."""
        session = self._session
        if session.stage is Stage.REVEALED and session.is_marked and self._overrule_by(event):
            event.stop()
            event.prevent_default()

    def _overrule_by(self, event: Key) -> bool:
        if event.key in keys_of("study.overrule", self.remapped):
            self.action_overrule()
            return True
        if not self.overruling.waits:
            return False
        number = self.overruling.number(event)
        if number:
            self._overrule(number)
        self.show(keep=True)
        return number is not None

    def _overrule(self, number: int) -> None:
        with shown_errors(self):
            try:
                self._session.overrule(number)
            except InputError as error:
                self._say(error)

    def action_overrule(self) -> None:
        """Wait for the digit of a point."""
        self.overruling.begin()
        session = self._session
        self._show_keys(session.question, session.revealed)

    def action_reveal(self) -> None:
        """Show the answer; when the session is over, go back to Today."""
        session = self._session
        if session.stage is Stage.OVER:
            self.app.switch_mode("today")
            return
        if not self._keep_answer():
            return
        session.reveal()
        if (run := session.run()) is not None:
            run.add_done(self._announce_run)
        if (mark := session.live_mark) is not None:
            mark.add_done(self._announce_mark)
        self.show()

    def action_hint(self) -> None:
        """Show the hint."""
        hint = self._session.show_hint()
        self.page.hint(Prose(hint) if hint else NO_HINT.of(self.language))

    def action_plot(self) -> None:
        """Show or hide the curve."""
        self.shows_plot = not self.shows_plot
        self.show(keep=True)
        self.page.scroll_home(animate=False)

    def action_scroll_page(self, direction: int) -> None:
        """Scroll by half a page, which keeps the line that was read last in view."""
        self.page.scroll_relative(y=direction * max(1, self.page.size.height // 2), animate=False)

    def action_rate(self, rating: int) -> None:
        """Rate the card and go on."""
        self._session.rate(rating)
        self._session.next()
        self.show()

    def action_undo(self) -> None:
        """Take the last step back."""
        session = self._session
        if session.undo() is None:
            self.notify(NOTHING_TO_UNDO.of(self.language))
            return
        self.notify(session.last_undone, timeout=3)
        self.show()

    def action_bury(self) -> None:
        """Put the card off until tomorrow."""
        self._session.bury()
        self._session.next()
        self.show()

    def action_suspend(self) -> None:
        """Stop showing the card."""
        self._session.suspend()
        self._session.next()
        self.show()

    def action_flag(self) -> None:
        """Ask what is wrong with the card."""
        from llmcore_tui.screens.one_line import OneLineScreen

        question = self._session.question
        if question is not None:
            self.app.push_screen(OneLineScreen(WHAT_IS_WRONG.of(self.language), question.flagged), self._flag)

    def _flag(self, reason: str | None) -> None:
        if reason is not None and reason.strip():
            with shown_errors(self):
                self._session.flag(reason.strip())

    def action_note(self) -> None:
        """Ask for a private note."""
        from llmcore_tui.screens.one_line import OneLineScreen

        question = self._session.question
        if question is not None:
            self.app.push_screen(OneLineScreen(YOUR_NOTE.of(self.language), question.note), self._note)

    def _note(self, text: str | None) -> None:
        if text is not None:
            with shown_errors(self):
                self._session.note(text.strip())

    def action_copy(self) -> None:
        """Copy the answer to the clipboard of the terminal."""
        revealed = self._session.revealed
        if revealed is not None:
            self.app.copy_to_clipboard(f"{revealed.brief}\n\n{revealed.answer}")
            self.notify(COPIED.of(self.language), timeout=2)

    def action_demo(self) -> None:
        """Open the card's demo in the lab; a prediction must be made before."""
        question = self._session.question
        link = question.card.demo if question is not None else None
        if link is None:
            self.notify(NO_DEMO.of(self.language))
            return
        if self._session.stage is Stage.ASKED:
            self._session.run()
        self.post_message(DemoWanted(link.name, dict(link.set)))

    def _announce_run(self) -> None:
        """Called in the run's own thread."""
        self.post_message(self.RunArrived())

    def _announce_mark(self) -> None:
        """Called in the marker's own thread."""
        self.post_message(self.MarkArrived())

    @on(RunArrived)
    @on(MarkArrived)
    def show_what_arrived(self) -> None:
        """The number that was just computed takes the place of the locked one, the model's mark that of the offline one."""
        if self._session.stage is Stage.REVEALED:
            self.show(keep=True)


def _is_live(id: str, question: Question) -> bool:
    """Whether the key does anything for this question."""
    if id == "study.predict":
        return question.prediction is not None
    return bool(question.hint) if id == "study.hint" else True
