"""The page of the Interview screen: the set-up, a question with its field, the points of an answer, or the end."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from llmcore_tui.brief.markdown import clock
from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.interview.plain import words
from llmcore_tui.interview.prompt import Prompt
from llmcore_tui.interview.shown import ShownAnswer, ShownQuestion
from llmcore_tui.render.safe import safe
from llmcore_tui.widgets.answer_field import AnswerField
from llmcore_tui.widgets.marked_view import MarkedView
from llmcore_tui.widgets.prose import Prose

FOLLOW_UP = Bilingual("follow-up, about {minutes}", "追问，建议用时约 {minutes}")
TYPE_HERE = Bilingual(
    "your answer, as you would say it; esc leaves the field, then enter sends",
    "你的回答，像当面说话那样写；按 esc 离开输入框，再按 enter 提交",
)
YOURS = Bilingual("your answer", "你的回答")
SAID_NOTHING = Bilingual("(nothing)", "（没有作答）")


class InterviewPage(VerticalScroll, can_focus=False):
    """Shows one stage at a time; what is half typed stays in its field until the page is cleared."""

    DEFAULT_CSS = """
    InterviewPage {
        height: 1fr;
        padding: 1 3 0 3;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        scrollbar-background: $background;
        scrollbar-color: $panel;
    }
    InterviewPage > Static { height: auto; }
    InterviewPage > #asked { margin-bottom: 1; }
    InterviewPage > #answer { height: 1fr; min-height: 5; max-height: 12; background: $surface; padding: 0 1; }
    InterviewPage > #aside { color: $text-muted; margin-top: 1; }
    """

    def compose(self) -> ComposeResult:
        """Every part, in the order in which it is read."""
        yield Static(id="asked")
        yield AnswerField(id="answer")
        yield Static(id="aside")
        yield Static(id="body")

    @property
    def field(self) -> AnswerField:
        """Where the answer is typed."""
        return self.query_one(AnswerField)

    def ask(self, prompt: Prompt, before: Prompt | None, language: Language) -> None:
        """A question; a follow-up stands under the dimmed question that it follows."""
        parts: list[RenderableType] = []
        if before is not None and prompt.follow_up:
            head = FOLLOW_UP.of(language).format(minutes=clock(round(prompt.minutes * 60)))
            parts += [Prose(before.ask, style="dim"), Text(""), Text(head, style="dim")]
        parts.append(Prose(prompt.ask, style="bold"))
        self._only("asked", "answer", "aside")
        self._static("asked").update(Group(*parts))
        self.aside(TYPE_HERE.of(language))

    def aside(self, text: str | Prose) -> None:
        """A line under the field."""
        view = self._static("aside")
        view.display = True
        view.update(text if isinstance(text, Prose) else Text(text))

    def wait(self, language: Language) -> None:
        """The answer is kept, and a model reads it."""
        self.tell([words.READING.of(language)])

    def show(self, found: ShownQuestion, language: Language, session: str) -> None:
        """The own answer, the points, and the same of the follow-ups."""
        blocks: list[RenderableType] = []
        for answer in found.answers:
            blocks += self._answer(answer, language, session)
        self._only("body")
        self._static("body").update(Group(*blocks))
        self.scroll_home(animate=False)

    def tell(self, lines: Sequence[str], *, title: str = "") -> None:
        """Lines of text as data, one thing each, under a title."""
        blocks = [Text(title, style="bold"), Text("")] if title else []
        self._only("body")
        self._static("body").update(Group(*blocks, *(Text(safe(line)) for line in lines)))
        self.scroll_home(animate=False)

    def _answer(self, answer: ShownAnswer, language: Language, session: str) -> list[RenderableType]:
        said = safe(answer.answer.strip()) or SAID_NOTHING.of(language)
        blocks: list[RenderableType] = [
            Prose(answer.ask, style="dim" if answer.follow_up else "bold"),
            Text(""),
            Text.assemble((YOURS.of(language), "dim"), "  ", said),
            Text(""),
        ]
        if answer.marked is None:
            blocks.append(Text(words.UNMARKED.of(language).format(session=session)))
        else:
            blocks.append(MarkedView(answer.marked, language))
        return [*blocks, Text("")]

    def _only(self, *ids: str) -> None:
        for child in self.children:
            child.display = child.id in ids

    def _static(self, id: str) -> Static:
        return self.query_one(f"#{id}", Static)
