"""Driving a session line by line. The same steps through here and through a screen leave the same events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Literal

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.errors import InputError
from llmcore_tui.study.plain import words
from llmcore_tui.study.plain.command import Command, numbered, read_question, read_revealed
from llmcore_tui.study.plain.marked import marked_lines
from llmcore_tui.study.plain.prose import Page
from llmcore_tui.study.plain.question import question_lines
from llmcore_tui.study.plain.revealed import rating_line, revealed_lines
from llmcore_tui.study.plain.run import plot_line, run_lines
from llmcore_tui.study.plain.summary import summary_lines
from llmcore_tui.study.question import Question
from llmcore_tui.study.runner import LiveRun
from llmcore_tui.study.session import Session, Stage
from llmcore_tui.study.unusable import said

Ask = Callable[[str], str | None]
"""Shows a prompt and gives the line that was typed; None at the end of input."""
Say = Callable[[Iterable[str]], None]
Next = Literal["stay", "card", "end"]
"""What to do after a command: ask again, show the current card anew, or stop."""

END_OF_TEXT = "."
"""A line of its own that ends a text of several lines."""
WAIT_SECONDS = 0.2


class PlainStudy:
    """One session in a terminal, a pipe or a test."""

    def __init__(self, session: Session, page: Page, *, ask: Ask, say: Say) -> None:
        self._session = session
        self._page = replace(page, language=session.language)
        self._ask = ask
        self._say = say

    def run(self) -> None:
        """Ask until nothing is left or the learner stops, then say what it came to."""
        question = self._session.next()
        while question is not None:
            self._show(question)
            if self._one_card() == "end":
                break
            question = self._session.question
        self._say(summary_lines(self._session.summary(), self._page))

    def _show(self, question: Question) -> None:
        self._say(["", *question_lines(question, self._page)])
        if self._session.stage is Stage.REVEALED:
            self._show_answer()

    def _one_card(self) -> Next:
        while True:
            self._show_new_mark()
            line = self._ask(self._prompt())
            if line is None:
                return "end"
            after = self._do(line)
            if after != "stay":
                return after

    def _prompt(self) -> str:
        question = self._session.question
        if self._session.stage is Stage.REVEALED or question is None:
            return self._word(words.RATE_MARKED if self._session.is_marked else words.RATE)
        if question.takes in ("option", "number"):
            return self._word(words.CHOOSE if question.takes == "option" else words.NUMBER)
        predict = self._word(words.PREDICTS) if question.prediction else ""
        return self._word(words.PROMPT).format(predict=predict)

    def _do(self, line: str) -> Next:
        question = self._session.question
        assert question is not None, "a card is in front of the learner"
        try:
            if self._session.stage is Stage.REVEALED:
                return self._after_answer(read_revealed(line))
            predicts = question.prediction is not None
            return self._before_answer(read_question(line, question.takes, predicts=predicts), question)
        except InputError as error:
            self._say([said(error, self._page.language)])
            return "stay"

    def _before_answer(self, command: Command, question: Question) -> Next:
        match command.key:
            case "":
                return self._reveal()
            case "t" | "answer":
                return self._answer(command.text, question)
            case "p" | "predict":
                return self._predict(command.text)
            case "h":
                hint = self._session.show_hint()
                self._say(
                    self._page.prose(hint, self._word(words.HINT)) if hint else [self._word(words.NO_HINT)]
                )
                return "stay"
            case "?":
                return self._help(words.HELP_ASKED)
            case _:
                return self._always(command)

    def _after_answer(self, command: Command) -> Next:
        match command.key:
            case "1" | "2" | "3" | "4":
                self._session.rate(int(command.key))
                return self._next()
            case "":
                return self._enter_alone()
            case "o":
                return self._overrule(command.text)
            case "p":
                return self._plot()
            case "?":
                return self._help(words.HELP_REVEALED)
            case _:
                return self._always(command)

    def _always(self, command: Command) -> Next:
        match command.key:
            case "q":
                return "end"
            case "d":
                return self._run_demo()
            case "u":
                return self._undo()
            case "s" | "b":
                return self._put_away(command.key)
            case "e" | "n":
                return self._remark(command)
            case "x":
                return self._switch_language()
        self._say([self._word(words.UNKNOWN).format(key=command.text or command.key)])
        return "stay"

    def _next(self) -> Next:
        self._session.next()
        return "card"

    def _answer(self, text: str, question: Question) -> Next:
        if not text:
            text = (
                self._code(question) if question.takes == "code" else self._ask(self._word(words.TYPE)) or ""
            )
        self._session.answer(text)
        if text.strip():
            self._say([self._word(words.KEPT)])
        return self._reveal() if question.takes in ("option", "number") and text.strip() else "stay"

    def _code(self, question: Question) -> str:
        self._say([self._word(words.CODE).format(end=END_OF_TEXT)])
        if question.code is not None:
            self._say(self._page.typed(question.code.starter, "#"))
        lines = []
        while (line := self._ask("")) is not None and line.strip() != END_OF_TEXT:
            lines.append(line)
        return "\n".join(lines)

    def _predict(self, text: str) -> Next:
        text = text or self._ask(self._word(words.PREDICT)) or ""
        if text.strip():
            prediction = self._session.predict(text)
            self._say([self._word(words.PREDICTED).format(shown=prediction.shown)])
        else:
            self._session.skip_prediction()
        return "stay"

    def _reveal(self) -> Next:
        self._session.reveal()
        self._show_answer()
        return "stay"

    def _show_answer(self) -> None:
        revealed = self._session.revealed
        assert revealed is not None, "the answer was asked for"
        if revealed.pending:
            self._say([self._word(words.RUNNING)])
            self._session.wait()
            revealed = self._session.revealed or revealed
        self._say([*revealed_lines(revealed, self._page), rating_line(revealed, self._page)])

    def _enter_alone(self) -> Next:
        live = self._session.live_mark
        if live is None or not live.done:  # one that has arrived is said before the next prompt
            self._say([self._word(words.STILL_READING if live else words.RATE_FIRST)])
        return "stay"

    def _overrule(self, typed: str) -> Next:
        text = typed or self._ask(self._word(words.POINT))
        if text is None:
            return "end"
        if not text.strip():
            self._say([self._word(words.NO_POINT)])
            return "stay"
        self._session.overrule(numbered(text))
        self._show_marked()
        return "stay"

    def _show_marked(self) -> None:
        revealed = self._session.revealed
        if revealed is not None and revealed.marked is not None:
            self._say([*marked_lines(revealed.marked, self._page), rating_line(revealed, self._page)])

    def _show_new_mark(self) -> None:
        """Say the model's mark, once it has arrived, in place of the one that was said."""
        live = self._session.live_mark
        if live is not None and live.done:
            self._show_marked()

    def _finished_run(self) -> LiveRun | None:
        """The card's run once it has ended; None where there is none."""
        run = self._session.run()
        if run is None:
            self._say([self._word(words.NO_DEMO)])
        elif not run.done:
            self._say([self._word(words.RUNNING)])
            while not run.wait(WAIT_SECONDS):
                pass
        return run

    def _run_demo(self) -> Next:
        run = self._finished_run()
        if run is not None:
            self._say(run_lines(run.run, self._page) if run.run else [run.problem])
        return "stay"

    def _plot(self) -> Next:
        run = self._finished_run()
        if run is not None:
            said = plot_line(run.run, self._page) if run.run else run.problem
            self._say([said or self._word(words.NO_PLOT)])
        return "stay"

    def _undo(self) -> Next:
        if self._session.undo() is None:
            self._say([self._word(words.NOTHING_TO_UNDO)])
            return "stay"
        self._say([self._session.last_undone])
        return "card"

    def _put_away(self, key: str) -> Next:
        if key == "s":
            self._session.suspend()
        else:
            self._session.bury()
        self._say([self._word(words.SUSPENDED if key == "s" else words.BURIED)])
        return self._next()

    def _remark(self, command: Command) -> Next:
        is_flag = command.key == "e"
        text = command.text or self._ask(self._word(words.FLAG if is_flag else words.NOTE))
        if text is None:
            return "end"
        (self._session.flag if is_flag else self._session.note)(text)
        self._say([self._word(words.FLAGGED if is_flag else words.NOTED)])
        return "stay"

    def _switch_language(self) -> Next:
        self._session.language = "en" if self._session.language == "zh" else "zh"
        self._page = replace(self._page, language=self._session.language)
        return "card"

    def _help(self, first: Iterable[Bilingual]) -> Next:
        self._say(self._word(line) for line in (*first, *words.HELP_ALWAYS))
        return "stay"

    def _word(self, text: Bilingual) -> str:
        return text.of(self._page.language)
