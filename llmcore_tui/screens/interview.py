"""Interview: question, clock, answer, follow-up from what was missed; then the points, then what to say instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.events import Key, ScreenResume
from textual.message import Message
from textual.screen import Screen

from llmcore_progress import ProgressError
from llmcore_tui.brief.markdown import clock
from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.errors import InputError, LlmcoreError
from llmcore_tui.interview.director import Director, Stage
from llmcore_tui.interview.setup import Mode, Setup
from llmcore_tui.keymap import bindings, entries
from llmcore_tui.screens.demo_wanted import DemoWanted
from llmcore_tui.screens.overruling import Overruling
from llmcore_tui.screens.shown_errors import shown_errors
from llmcore_tui.study.unusable import said
from llmcore_tui.widgets.answer_field import AnswerField
from llmcore_tui.widgets.interview_page import InterviewPage
from llmcore_tui.widgets.key_line import KeyLine
from llmcore_tui.widgets.prose import Prose
from llmcore_tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from llmcore_tui.study.opened import Opened
    from llmcore_tui.study.runner import Runner

TICK = 1.0
"""Seconds between two looks at the clock."""
DRAFT = 3
"""Ticks after which what is half typed is put on the disk."""

TITLE = Bilingual("interview", "模拟面试")
SET_UP = Bilingual("A mock interview", "模拟面试")
ABOUT = Bilingual("About: {modules}", "范围：{modules}")
QUESTIONS = Bilingual(
    "Questions: {questions}   (3, 5 or 0 for ten)", "题数：{questions}   （按 3、5，或按 0 选十题）"
)
MODES = (
    Bilingual("s  study: the points after each question", "s  学习模式：每题之后看要点"),
    Bilingual("r  real: all at the end, against the clock", "r  实战模式：限时作答，最后一起看"),
    Bilingual("y  your own projects: situation, task, action, result", "y  项目经历：情境、任务、行动、结果"),
)
GO_ON = Bilingual("g  go on with the one you left ({session})", "g  继续上次没做完的（{session}）")
PLACE = Bilingual("question {position} of {total}", "第 {position} / {total} 题")
TIME = Bilingual("{used} of about {suggested}", "{used} / 建议约 {suggested}")
OVER_TIME = Bilingual("time to come to an end", "可以收尾了")
NO_HINT = Bilingual("There is no hint here.", "这里没有提示。")
NO_DEMO = Bilingual("This question has no demo.", "这道题没有演示。")
NOTHING_TYPED = Bilingual(
    "Nothing is typed; enter again says that you do not know.", "还没有输入；再按 enter 表示不知道。"
)
DONE = Bilingual("What it came to", "结果")
SET_UP_KEYS = ("interview.study", "interview.real", "interview.story", "interview.leave", "app.help")
TYPING = Bilingual("done", "写完")
ASKED_KEYS = ("interview.send", "interview.type", "interview.hint", "interview.leave", "app.help")
SHOWN_KEYS = ("interview.next", "interview.overrule", "interview.demo", "interview.leave", "app.help")
OVER_KEYS = ("interview.leave", "app.help")
OF_STAGE = {
    "send": (Stage.ASKED,),
    "type_answer": (Stage.ASKED,),
    "hint": (Stage.ASKED,),
    "next": (Stage.SHOWN, Stage.HELD),
    "overrule": (Stage.SHOWN,),
    "demo": (Stage.SHOWN,),
}
"""The stages at which an action does something; the set-up has actions of its own."""


class InterviewScreen(Screen[None]):
    """Drives a `Director`; everything that is remembered happens there."""

    AUTO_FOCUS = ""
    CSS_PATH = "interview.tcss"
    BINDINGS = bindings(
        "interview.study",
        "interview.real",
        "interview.story",
        "interview.go_on",
        "interview.few",
        "interview.some",
        "interview.many",
        "interview.send",
        "interview.type",
        "interview.hint",
        "interview.next",
        "interview.overrule",
        "interview.demo",
        "interview.leave",
        "page.up",
        "page.down",
    )

    @dataclass
    class MarkArrived(Message):
        """The model's mark is there, or why there is none."""

    def __init__(
        self,
        opened: Opened,
        runner: Runner,
        language: Language,
        remapped: Mapping[str, str],
        setup: Setup | None = None,
    ) -> None:
        """`setup`: what the command line asked for; without one the screen asks."""
        super().__init__()
        self.opened = opened
        self.runner = runner
        self.language: Language = language
        self.remapped = remapped
        self.setup = setup
        self.director: Director | None = None
        self.overruling = Overruling()
        self.unfinished = ""
        self._ticks = 0
        self._typed = self._kept = ""
        self._said_nothing = False

    def compose(self) -> ComposeResult:
        """A line above, a line below, the page between."""
        yield TopBar()
        yield InterviewPage()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin at once where the set-up says everything, else ask."""
        self.set_interval(TICK, self._tick)
        if self.setup is not None and self.setup.mode is not None:
            self._begin(self.setup)
        else:
            self.show()

    @on(ScreenResume)
    def come_back(self) -> None:
        """What was left is offered again."""
        if self.director is None:
            self.show()

    def on_unmount(self) -> None:
        """Keep what is half typed, and stop what still runs."""
        if self.director is not None:
            with shown_errors(self):
                self._keep()
                self.director.close()

    def speak(self, language: Language) -> None:
        """Show everything in the other language."""
        self.language = language
        if self.director is not None:
            self.director.language = language
        self.show(keep=True)

    @property
    def page(self) -> InterviewPage:
        """What is between the first line and the last."""
        return self.query_one(InterviewPage)

    @property
    def stage(self) -> Stage | None:
        """Where the interview stands; None while it is set up."""
        return self.director.stage if self.director else None

    # What is on the screen

    def show(self, *, keep: bool = False) -> None:
        """Draw the stage the interview is in; `keep` leaves what is half typed."""
        director, page, language = self.director, self.page, self.language
        self.overruling.waits = False
        match self.stage:
            case None:
                self._show_setup()
            case Stage.ASKED if director is not None and director.prompt is not None:
                page.ask(director.prompt, director.asking, language)
                if not keep:
                    page.field.text = self._typed = self._kept = director.draft
                    page.field.move_cursor(page.field.document.end)
                    self._said_nothing = False
                    self.set_focus(page.field)
            case Stage.MARKING:
                self.set_focus(None)
                page.wait(language)
            case Stage.SHOWN if director is not None and director.shown is not None:
                self.set_focus(None)
                page.show(director.shown, language, director.transcript.id)
            case Stage.OVER:
                self.set_focus(None)
                page.tell(self._summary(), title=DONE.of(language))
            case _:
                self.set_focus(None)
        self._show_place()
        self._show_keys()
        self.refresh_bindings()

    def _show_setup(self) -> None:
        language, setup = self.language, self._wanted()
        self.set_focus(None)
        lines = [
            ABOUT.of(language).format(modules=", ".join(setup.modules)),
            QUESTIONS.of(language).format(questions=setup.questions),
            "",
            *(mode.of(language) for mode in MODES),
        ]
        self.unfinished = self._unfinished()
        if self.unfinished:
            lines += ["", GO_ON.of(language).format(session=self.unfinished)]
        self.page.tell(lines, title=SET_UP.of(language))

    def _show_place(self) -> None:
        bar, director = self.query_one(TopBar), self.director
        bar.left = TITLE.of(self.language)
        bar.right = ""
        if director is None or self.stage is Stage.OVER:
            return
        transcript = director.transcript
        place = PLACE.of(self.language).format(position=director.position, total=len(transcript.questions))
        module = (
            director.prompt.module if director.prompt else director.shown.module if director.shown else ""
        )
        bar.left = " · ".join(filter(None, (TITLE.of(self.language), module, place)))
        if self.stage is Stage.ASKED:
            used, suggested = director.elapsed_ms, director.suggested_ms
            time = TIME.of(self.language).format(used=clock(used // 1000), suggested=clock(suggested // 1000))
            bar.right = f"{OVER_TIME.of(self.language)}   {time}" if used > suggested else time

    def _show_keys(self) -> None:
        line = self.query_one(KeyLine)
        shown = self.director.shown if self.director else None
        if self.overruling.waits and shown is not None:
            line.entries = self.overruling.entries(shown.points, self.language)
        elif self.stage is Stage.ASKED and self.focused is not None:
            line.entries = [("esc", TYPING.of(self.language))]
        else:
            ids = {
                None: SET_UP_KEYS,
                Stage.ASKED: ASKED_KEYS,
                Stage.SHOWN: SHOWN_KEYS,
                Stage.HELD: SHOWN_KEYS,
            }
            listed = entries(ids.get(self.stage, OVER_KEYS), self.language, self.remapped)
            line.entries = [entry for _, entry in listed]

    def _summary(self) -> list[str]:
        from llmcore_tui.interview.compose import report
        from llmcore_tui.interview.plain.pages import summary_lines
        from llmcore_tui.interview.transcript import of_log
        from llmcore_tui.study.plain.prose import Page

        opened = self.opened
        assert self.director is not None, "an interview is over"
        past = of_log(opened.progress)
        made = report(self.director.transcript, past, opened.deck, self.language, opened.now())
        return summary_lines(made, Page(self.language))

    # The set-up

    def _wanted(self) -> Setup:
        """What a new interview would be: the command line's wish, else the plan's day."""
        if self.setup is None:
            from llmcore_tui.interview.setup import modules_of

            self.setup = Setup(modules_of(self.opened), marker=self.opened.config.marker)
        return self.setup

    def _unfinished(self) -> str:
        from llmcore_tui.interview.desk import unfinished

        try:
            return unfinished(self.opened).id
        except InputError:
            return ""

    def _begin(self, setup: Setup) -> None:
        from llmcore_tui.interview.desk import directed

        desk = replace(self.opened, config=replace(self.opened.config, language=self.language))
        self.director = directed(desk, setup, runner=self.runner)
        self.director.language = self.language
        self._after()

    def action_questions(self, number: int) -> None:
        """How many questions the new interview has."""
        self.setup = replace(self._wanted(), questions=number)
        self.show()

    def action_begin(self, mode: str) -> None:
        """Draw the questions and ask the first."""
        if mode == "story":
            self._begin(replace(self._wanted(), modules=(), is_story=True, mode="study", session=""))
        else:
            chosen: Mode = "real" if mode == "real" else "study"
            self._begin(replace(self._wanted(), mode=chosen, session=""))

    def action_go_on(self) -> None:
        """Go on with the newest interview that has not ended."""
        self._begin(replace(self._wanted(), session=self.unfinished))

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key does something only at the stage it belongs to."""
        if action in OF_STAGE:
            return self.stage in OF_STAGE[action]
        if action in ("begin", "questions"):
            return self.director is None
        if action == "go_on":
            return self.director is None and bool(self.unfinished)
        return True

    def on_key(self, event: Key) -> None:
        """The digit after `o`; and what was typed before the field had the focus."""
        if self.overruling.waits:
            number = self.overruling.number(event)
            if number is not None:
                event.stop()
                event.prevent_default()
                with shown_errors(self):
                    self._overrule(number)
        elif isinstance(self.focused, AnswerField) and event.is_printable and event.character:
            self.focused.type_late(event.character)
            event.stop()
            event.prevent_default()

    def _overrule(self, number: int) -> None:
        if number and self.director is not None:
            try:
                self.director.overrule(number)
            except InputError as error:
                self.notify(said(error, self.language), severity="warning", markup=False)
        self.show(keep=True)

    @on(AnswerField.Changed)
    def note(self, event: AnswerField.Changed) -> None:
        """What is half typed, also when the field is gone."""
        self._typed = event.text_area.text

    @on(AnswerField.Left)
    def leave_field(self) -> None:
        """The answer stays in the field; the keys of the screen work again."""
        self.set_focus(None)
        self._keep()
        self._show_keys()

    def action_type_answer(self) -> None:
        """Back into the field."""
        self.set_focus(self.page.field)
        self._show_keys()

    def action_hint(self) -> None:
        """Show the hint."""
        if self.director is not None:
            hint = self.director.hint()
            self.page.aside(Prose(hint) if hint else NO_HINT.of(self.language))

    def action_send(self) -> None:
        """Hand the answer in; an empty one only on the second try."""
        director, text = self.director, self.page.field.text
        if director is None:
            return
        if not text.strip() and not self._said_nothing:
            self._said_nothing = True
            self.page.aside(NOTHING_TYPED.of(self.language))
            return
        try:
            director.answer(text)
        except InputError as error:
            self.notify(said(error, self.language), severity="warning", markup=False)
            return
        except (ProgressError, LlmcoreError):
            if director.stage is not Stage.ASKED:
                self._after()
            raise
        self._after()

    def action_next(self) -> None:
        """Leave the points and go on; where the log refused a step, try it again."""
        if self.director is not None:
            if self.stage is Stage.SHOWN:
                self.director.next()
            else:
                self.director.go_on()
            self._after()

    def action_overrule(self) -> None:
        """The next digit names a point."""
        self.overruling.begin()
        self._show_keys()

    def action_demo(self) -> None:
        """Open the question's demo in the lab."""
        shown = self.director.shown if self.director else None
        link = self.opened.deck.question(shown.id).demo if shown is not None and shown.has_demo else None
        if link is None:
            self.notify(NO_DEMO.of(self.language))
        else:
            self.post_message(DemoWanted(link.name, dict(link.set)))

    def action_scroll_page(self, direction: int) -> None:
        """Scroll by half a page, which keeps the line that was read last in view."""
        self.page.scroll_relative(y=direction * max(1, self.page.size.height // 2), animate=False)

    def action_leave(self) -> None:
        """Back to Today, with everything saved; `g` goes on later."""
        if self.director is not None:
            self._keep()
            self.director.leave()
            self.director, self.setup = None, None
        self.app.switch_mode("today")

    # Between the turns

    def _after(self) -> None:
        """Show what came next, and hear of a mark that is on its way."""
        if self.director is not None and self.stage is Stage.MARKING and self.director.live is not None:
            self.director.live.add_done(self._announce_mark)
        self.show()

    def _announce_mark(self) -> None:
        """Called in the marker's own thread."""
        self.post_message(self.MarkArrived())

    @on(MarkArrived)
    def take_mark(self) -> None:
        """Put the mark into the log and go on."""
        if self.director is not None and self.stage is Stage.MARKING:
            with shown_errors(self):
                self.director.settle()
            self._after()

    def _tick(self) -> None:
        """The clock goes on; now and then what is half typed is put on the disk."""
        if self.stage is not Stage.ASKED:
            return
        self._show_place()
        self._ticks += 1
        if self._ticks % DRAFT == 0:
            self._keep()

    def _keep(self) -> None:
        director = self.director
        if director is None or self.stage is not Stage.ASKED or self._typed == self._kept:
            return
        self._kept = self._typed
        director.keep(self._kept)
        if director.draft_problem and self.is_mounted:
            self.page.aside(director.draft_problem)
