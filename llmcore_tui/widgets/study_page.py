"""The page of the Study screen: the question with the learner's own fields, then what is revealed, then the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.render.safe import safe
from llmcore_tui.widgets.answer_field import AnswerField
from llmcore_tui.widgets.prose import Prose
from llmcore_tui.widgets.question_parts import QuestionParts
from llmcore_tui.widgets.value_field import ValueField

if TYPE_CHECKING:
    from llmcore_tui.study.question import Question
    from llmcore_tui.study.revealed import Revealed
    from llmcore_tui.study.summary import Summary

SAY_IT = Bilingual("your answer: say it, or t to type it", "你的回答：说出来，或按 t 输入")
CHOOSE_IT = Bilingual("your choice: press its digit", "你的选择：按对应数字")
GIVE_IT = Bilingual("your answer: t to type it", "你的回答：按 t 输入")
YOURS = Bilingual("your answer", "你的回答")
THEN_ENTER = Bilingual("> type it, then enter", "> 输入后按 enter")
PREDICT = Bilingual("predict", "预测")
IN_WORDS = ("words", "code")
"""The kinds of answer that take several lines."""


class StudyPage(VerticalScroll, can_focus=False):
    """Shows one stage at a time; what is half typed stays in its field until the page is cleared."""

    DEFAULT_CSS = """
    StudyPage {
        height: 1fr;
        padding: 1 3 0 3;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        scrollbar-background: $background;
        scrollbar-color: $panel;
    }
    StudyPage > Static { height: auto; }
    StudyPage > #ask, StudyPage > #parts { margin-bottom: 1; }
    StudyPage > #ask.-answered { color: $text-muted; }
    StudyPage > #prompt { color: $text-muted; }
    StudyPage > #prediction-text, StudyPage > #hint { margin-top: 1; }
    StudyPage > #hint { color: $text-muted; }
    StudyPage > #answer { height: auto; min-height: 3; max-height: 8; background: $surface; padding: 0 1; }
    StudyPage > ValueField { background: $surface; width: 32; }
    """

    def compose(self) -> ComposeResult:
        """Every part, in the order in which it is read."""
        yield Static(id="ask")
        yield Static(id="parts")
        yield Static(id="prompt")
        yield AnswerField(id="answer")
        yield ValueField(id="given")
        yield Static(id="prediction-text")
        yield ValueField(id="predicted")
        yield Static(id="hint")
        yield Static(id="revealed")
        yield Static(id="summary")

    # The fields

    @property
    def words(self) -> AnswerField:
        """Where an answer in words, or code, is typed."""
        return self.query_one("#answer", AnswerField)

    @property
    def given(self) -> ValueField:
        """Where an answer of one value is typed."""
        return self.query_one("#given", ValueField)

    @property
    def predicted(self) -> ValueField:
        """Where the prediction is typed."""
        return self.query_one("#predicted", ValueField)

    def clear(self) -> None:
        """Forget what was typed, and begin at the top."""
        self.words.text = ""
        self.given.value = self.predicted.value = ""
        self._static("hint").display = False
        self.scroll_home(animate=False)

    def typed(self, question: Question) -> str:
        """What stands in the field that this question takes."""
        return self.words.text if question.takes in IN_WORDS else self.given.value

    def open_field(self, question: Question) -> None:
        """Give the focus to that field."""
        if question.takes in IN_WORDS:
            if question.code is not None and not self.words.text:
                self.words.text = question.code.starter
            field: AnswerField | ValueField = self.words
        else:
            field = self.given
        self.enter(field)

    def enter(self, field: AnswerField | ValueField) -> None:
        """Give a field the focus at once: what is typed next must not find the screen without one."""
        field.display = True
        self.screen.set_focus(field)

    # The stages

    def ask(self, question: Question, language: Language) -> None:
        """The question before the answer."""
        self._only("ask", "prompt", *self._prediction_parts(question), "hint")
        self._show_question(question, language, answered=False)
        for field in (self.words, self.given):
            field.display = self.screen.focused is field
        prompt = self._static("prompt")
        typed = self.typed(question)
        if typed and not (self.words.display or self.given.display):
            prompt.update(Text.assemble((YOURS.of(language), "dim"), "  ", safe(typed)))
        else:
            ways = {"option": CHOOSE_IT, "words": SAY_IT}
            prompt.update(Text(ways.get(question.takes, GIVE_IT).of(language)))
        self.predicted.placeholder = self.given.placeholder = THEN_ENTER.of(language)
        if question.prediction is not None:
            text = f"{PREDICT.of(language)}: {question.prediction.text}"
            self._static("prediction-text").update(Prose(text))

    def reveal(self, revealed: Revealed, language: Language, *, plot: bool) -> None:
        """The answer under its dimmed question."""
        from llmcore_tui.widgets.revealed_view import RevealedView

        self._only("ask", "revealed")
        self._show_question(revealed.question, language, answered=True)
        self._static("revealed").update(RevealedView(revealed, language, plot=plot))

    def finish(self, summary: Summary, language: Language) -> None:
        """What the session came to."""
        from llmcore_tui.widgets.summary_view import SummaryView

        self._only("summary")
        self._static("summary").update(SummaryView(summary, language))

    def hint(self, text: str | Prose) -> None:
        """A line under the question."""
        view = self._static("hint")
        view.update(text)
        view.display = True

    def _show_question(self, question: Question, language: Language, *, answered: bool) -> None:
        ask = self._static("ask")
        ask.update(Prose(question.ask, style="" if answered else "bold"))
        ask.set_class(answered, "-answered")
        parts, view = self._static("parts"), QuestionParts(question, language)
        parts.update(view)
        parts.display = not view.is_empty

    def _prediction_parts(self, question: Question) -> tuple[str, ...]:
        return ("prediction-text", "predicted") if question.prediction is not None else ()

    def _only(self, *ids: str) -> None:
        for child in self.children:
            if child.id == "hint":
                child.display = child.display and "hint" in ids
            else:
                child.display = child.id in ids

    def _static(self, id: str) -> Static:
        return self.query_one(f"#{id}", Static)
