"""Driving a quiz round line by line."""

from __future__ import annotations

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.content.quiz import ItemKind
from llmcore_tui.render.number import percent
from llmcore_tui.study.plain.loop import END_OF_TEXT, WAIT_SECONDS, Ask, Say
from llmcore_tui.study.plain.prose import Page
from llmcore_tui.study.plain.question import tolerance
from llmcore_tui.study.quiz import Round, RoundSummary
from llmcore_tui.study.quiz_marking import Marked
from llmcore_tui.study.quiz_question import QuizQuestion
from llmcore_tui.study.unusable import Unusable

_PLACE = Bilingual(
    "Question {position} of {total}: {module}, {kind}.", "第 {position} / {total} 题：{module}，{kind}。"
)
_SIGNATURE = Bilingual("Write:", "请写：")
_PROMPTS = {
    ItemKind.CHOICE: Bilingual(
        "The number of the right one (Enter: I do not know) > ", "正确选项的编号（回车：不知道）> "
    ),
    ItemKind.NUMERIC: Bilingual("The number (Enter: I do not know) > ", "数值（回车：不知道）> "),
    ItemKind.TYPED: Bilingual("Your answer (Enter: I do not know) > ", "你的回答（回车：不知道）> "),
    ItemKind.ORDER: Bilingual(
        "The numbers in the right order (Enter: I do not know) > ", "按正确顺序输入编号（回车：不知道）> "
    ),
    ItemKind.CODE: Bilingual("Your code, a line with only {end} ends it:", "输入代码，单独一行 {end} 结束："),
}
_RUNNING = Bilingual("The demo is running.", "演示正在运行。")
_TRYING = Bilingual("Your code is running.", "你的代码正在运行。")
_RIGHT, _WRONG = Bilingual("Right.", "正确。"), Bilingual("Not right.", "不正确。")
_UNMARKED = Bilingual("Not marked, and not counted:", "未评分，不计入：")
_EXPECTED = Bilingual("The right answer:", "正确答案：")
_DEMO = Bilingual("The demo shows:", "演示显示：")
_RUN_IT = Bilingual("Run it: {command}", "运行：{command}")
_SOURCE = Bilingual("Source: {text}", "来源：{text}")
_RESULT = Bilingual("{right} of {asked} right ({share}).", "{asked} 题答对 {right} 题（{share}）。")
_NOTHING = Bilingual("No question was answered.", "没有作答。")
_ENDED = Bilingual(
    "The round was not finished; what you answered is kept.", "本轮没有做完；已作答的都保存了。"
)
_AGAIN = Bilingual("Look at again:", "再看一看：")


class PlainQuiz:
    """One round in a terminal, a pipe or a test."""

    def __init__(self, round: Round, page: Page, *, ask: Ask, say: Say) -> None:
        self._round = round
        self._page = page
        self._ask = ask
        self._say = say

    def run(self) -> RoundSummary:
        """Ask every item, mark each at once, and end the round also when the input ends early."""
        question = self._round.next()
        while question is not None and self._one(question):
            question = self._round.next()
        summary = self._round.finish()
        self._say(self.summary_lines(summary))
        return summary

    def summary_lines(self, summary: RoundSummary) -> list[str]:
        """How many were right, and which were not."""
        language = self._page.language
        if summary.share is None:
            return ["", _NOTHING.of(language)]
        result = _RESULT.of(language).format(
            right=summary.right, asked=summary.asked, share=percent(summary.share)
        )
        lines = ["", result] if summary.finished else ["", result, _ENDED.of(language)]
        for marked in summary.wrong:
            lines += self._page.prose(marked.ask, _AGAIN.of(language))
        return lines

    def _one(self, question: QuizQuestion) -> bool:
        """Ask and mark one item; False when the input has ended."""
        self._say(["", *self._question_lines(question)])
        while (answer := self._read(question)) is not None:
            try:
                self._round.answer(answer)
            except Unusable as error:
                self._say([error.says.of(self._page.language)])
                continue
            self._show_mark(question)
            return True
        return False

    def _read(self, question: QuizQuestion) -> str | None:
        prompt = _PROMPTS[question.kind].of(self._page.language)
        if question.kind is not ItemKind.CODE:
            return self._ask(prompt)
        self._say([prompt.format(end=END_OF_TEXT)])
        lines: list[str] = []
        while (line := self._ask("")) is not None and line.strip() != END_OF_TEXT:
            lines.append(line)
        return None if line is None and not lines else "\n".join(lines)

    def _question_lines(self, question: QuizQuestion) -> list[str]:
        language = self._page.language
        place = _PLACE.of(language).format(
            position=question.position,
            total=question.total,
            module=question.module_title,
            kind=question.kind_name,
        )
        lines = [place, *self._page.prose(question.ask)]
        for option in question.options:
            lines += self._page.prose(option.say, f"{option.number}.")
        if question.kind is ItemKind.NUMERIC:
            lines.append(self._page.aside(tolerance(question.unit, question.within, self._page)))
        if question.code is not None:
            lines += self._page.typed(question.code.signature, _SIGNATURE.of(language))
            lines += self._page.typed(question.code.starter, "#")
        return lines

    def _show_mark(self, question: QuizQuestion) -> None:
        if (waiting := self._round.waiting) is not None:
            self._say([(_TRYING if question.kind is ItemKind.CODE else _RUNNING).of(self._page.language)])
            while not waiting.wait(WAIT_SECONDS):
                pass
        marked = self._round.marked
        assert marked is not None, "nothing is waited for any more"
        if marked.right is False:
            marked = self._with_run(marked)
        self._say(self._mark_lines(marked, question))

    def _with_run(self, marked: Marked) -> Marked:
        """The mark with what its demo shows: a wrong answer is worth waiting for."""
        run = self._round.live_run
        if run is not None and not run.done:
            self._say([_RUNNING.of(self._page.language)])
            while not run.wait(WAIT_SECONDS):
                pass
        return self._round.marked or marked

    def _mark_lines(self, marked: Marked, question: QuizQuestion) -> list[str]:
        page, language = self._page, self._page.language
        if marked.right is None:
            return [f"{_UNMARKED.of(language)} {marked.why}"]
        lines = [(_RIGHT if marked.right else _WRONG).of(language)]
        lines += page.prose(marked.why)
        if not marked.right:
            shown = page.typed if question.kind is ItemKind.CODE else page.prose
            lines += shown(marked.expected, _EXPECTED.of(language))
        lines += page.prose(marked.explain)
        if not marked.right:
            lines += page.prose(marked.run_says, _DEMO.of(language))
            if marked.demo:
                lines.append(_RUN_IT.of(language).format(command=marked.demo))
        return [*lines, *(_SOURCE.of(language).format(text=source.text) for source in marked.sources)]
