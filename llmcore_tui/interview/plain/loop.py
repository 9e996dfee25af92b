"""Driving an interview line by line. The same steps through here and through a screen leave the same events."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from llmcore_progress.errors import ProgressError
from llmcore_tui.brief.markdown import clock
from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.errors import EnvironmentProblem, InputError, LlmcoreError
from llmcore_tui.interview import words as titles
from llmcore_tui.interview.director import WAIT_SECONDS, Director, Stage
from llmcore_tui.interview.plain import words
from llmcore_tui.interview.plain.pages import asked_lines, shown_lines
from llmcore_tui.study.plain.loop import END_OF_TEXT, Ask, Say
from llmcore_tui.study.plain.prose import Page
from llmcore_tui.study.plain.run import run_lines
from llmcore_tui.study.unusable import said

if TYPE_CHECKING:
    from llmcore_tui.interview.shown import ShownQuestion


class PlainInterview:
    """One sitting in a terminal, a pipe or a test."""

    def __init__(self, director: Director, page: Page, *, ask: Ask, say: Say) -> None:
        self._director = director
        self._page = page
        self._ask = ask
        self._say = say
        self._has_said_no_draft = False

    def run(self) -> bool:
        """Ask until the end or until the learner leaves; whether it came to the end."""
        self._begin()
        while self._director.stage is not Stage.OVER:
            if not self._step():
                self._leave()
                break
        if self._director.stage is Stage.OVER:
            return True
        self._tell(words.LEFT, session=self._director.transcript.id)
        return False

    def _begin(self) -> None:
        transcript = self._director.transcript
        answered = sum(transcript.main(question) is not None for question in transcript.questions)
        self._tell(
            words.GOES_ON if transcript.answers else words.BEGUN,
            session=transcript.id,
            mode=titles.MODES[transcript.mode].of(self._page.language),
            questions=len(transcript.questions),
            answered=answered,
        )
        if self._director.stage is Stage.ASKED:
            self._tell(words.HOW, end=END_OF_TEXT)

    def _leave(self) -> None:
        try:
            self._director.leave()
        except (ProgressError, EnvironmentProblem) as error:
            self._say([str(error)])

    def _step(self) -> bool:
        """One answer, one mark or one page of points; False when the learner leaves or the input has ended."""
        match self._director.stage:
            case Stage.MARKING:
                self._tell(words.READING)
                return self._try(self._director.wait)
            case Stage.HELD:
                return self._try(self._director.go_on)
            case Stage.SHOWN:
                return self._show()
            case _:
                return self._answer()

    def _try(self, step: Callable[[], None]) -> bool:
        """Take a step that writes; where the log refuses it, ask whether to try again. False when the learner leaves."""
        try:
            step()
        except (ProgressError, EnvironmentProblem) as error:
            self._say([str(error)])
            line = self._ask(words.AGAIN.of(self._page.language))
            return line is not None and line.strip() != "q"
        return True

    # A question

    def _answer(self) -> bool:
        director, prompt = self._director, self._director.prompt
        assert prompt is not None, "a question is in front of the learner"
        self._say(["", *asked_lines(director, prompt, self._page)])
        lines = director.draft.split("\n") if director.draft else []
        if lines:
            used = clock(round(director.elapsed_ms / 1000))
            self._tell(words.KEPT_BEFORE, used=used)
            self._say(self._page.typed("\n".join(lines), ">"))
        is_empty_twice = has_nudged = False
        while (line := self._ask("")) is not None:
            if not has_nudged and director.elapsed_ms > director.suggested_ms:
                has_nudged = True
                self._tell(words.OVER_TIME, suggested=clock(director.suggested_ms // 1000))
            key = line.strip()
            if key == "q":
                return False
            if key == END_OF_TEXT:
                if not any(each.strip() for each in lines) and not is_empty_twice:
                    is_empty_twice = True
                    self._tell(words.NOTHING_TYPED, end=END_OF_TEXT)
                elif self._give("\n".join(lines)):
                    return True
            elif key in ("h", "?", "c"):
                if key == "c":
                    lines = []
                self._aside(key)
            else:
                lines.append(line)
                self._keep("\n".join(lines))
        return False

    def _aside(self, key: str) -> None:
        match key:
            case "h":
                hint = self._director.hint()
                label = words.HINT.of(self._page.language)
                self._say(self._page.prose(hint, label) if hint else [words.NO_HINT.of(self._page.language)])
            case "c":
                self._keep("")
                self._tell(words.CLEARED)
            case _:
                self._say(text.of(self._page.language) for text in words.HELP_ASKED)

    def _give(self, text: str) -> bool:
        """Hand the answer in; False where it has to be given again, and nothing of it is lost."""
        director = self._director
        used, suggested = director.elapsed_ms, director.suggested_ms
        try:
            director.answer(text)
        except InputError as error:
            self._say([said(error, self._page.language)])
            return False
        except (ProgressError, EnvironmentProblem) as error:
            self._say([str(error)])
            if director.stage is not Stage.ASKED:
                return True  # the answer is in the log; the step after it was refused
            self._tell(words.NOT_SAVED, end=END_OF_TEXT)
            return False
        self._tell(words.TIME, used=clock(round(used / 1000)), suggested=clock(suggested // 1000))
        return True

    def _keep(self, text: str) -> None:
        self._director.keep(text)
        if self._director.draft_problem and not self._has_said_no_draft:
            self._has_said_no_draft = True
            self._tell(words.NO_DRAFT, why=self._director.draft_problem)

    # The points

    def _show(self) -> bool:
        found = self._director.shown
        assert found is not None, "a question is shown"
        self._say(["", *shown_lines(found, self._director.transcript.id, self._page)])
        prompt = (words.AFTER if found.has_demo else words.AFTER_WITHOUT_DEMO).of(self._page.language)
        while (line := self._ask(prompt)) is not None:
            key, _, rest = line.strip().partition(" ")
            if key == "q":
                return False
            if key == "":
                return self._try(self._director.next)
            self._command(key, rest.strip(), found)
        return False

    def _command(self, key: str, rest: str, found: ShownQuestion) -> None:
        if key.startswith("o") and key[1:].isdecimal():
            key, rest = "o", key[1:]
        match key:
            case "o":
                self._overrule(rest)
            case "d" if found.has_demo:
                self._demo()
            case "d":
                self._tell(words.NO_DEMO)
            case "?":
                self._say(text.of(self._page.language) for text in words.HELP_SHOWN)
            case _:
                self._tell(words.UNKNOWN, key=key)

    def _overrule(self, number: str) -> None:
        if not number.isdecimal():
            self._tell(words.WHICH)
            return
        try:
            is_met = self._director.overrule(int(number[:9]))
        except InputError as error:
            self._say([said(error, self._page.language)])
            return
        except (ProgressError, EnvironmentProblem) as error:
            self._say([str(error)])
            return
        self._tell(words.NOW_MET if is_met else words.NOW_MISSED, number=int(number[:9]))
        shown = self._director.shown
        if shown is not None and shown.main.marked is not None:
            self._say([shown.main.marked.counted])

    def _demo(self) -> None:
        try:
            live = self._director.demo()
        except LlmcoreError as error:
            self._tell(words.FAILED, why=str(error))
            return
        if live is None:
            self._tell(words.NO_DEMO)
            return
        if not live.done:
            self._tell(words.RUNNING)
        while not live.wait(WAIT_SECONDS):
            pass
        if live.run is None:
            self._tell(words.FAILED, why=live.problem)
            return
        self._director.saw()
        self._say(run_lines(live.run, self._page))

    def _tell(self, text: Bilingual, **values: object) -> None:
        self._say([text.of(self._page.language).format(**values)])
