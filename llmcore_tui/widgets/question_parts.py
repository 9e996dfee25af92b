"""What a question shows besides its text: the wrong sentence, the options, the gap, the signature, the learner's note."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.text import Text

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.render.safe import safe
from llmcore_tui.widgets.prose import Prose

if TYPE_CHECKING:
    from llmcore_tui.study.question import Question

NOTE = Bilingual("your note", "你的笔记")
FLAGGED = Bilingual("you flagged", "你报过错")
WITHIN = Bilingual("within {within} counts", "误差在 {within} 以内算对")


class QuestionParts:
    """A renderable of the parts that this kind of card has, one under the other."""

    def __init__(self, question: Question, language: Language) -> None:
        self.question = question
        self.language: Language = language

    @property
    def is_empty(self) -> bool:
        """Whether the card's text is all there is."""
        return next(self._parts(), None) is None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The parts in the order in which they are read."""
        yield from self._parts()

    def _parts(self) -> Iterator[RenderableType]:
        question = self.question
        if question.claim:
            yield Padding(Prose(question.claim, style="italic", mark="│ "), (0, 0, 0, 2))
        for option in question.options:
            yield Prose(option.say, mark=f"{option.number}  ", style="")
        if question.gap:
            yield Prose(question.gap)
        if question.code is not None:
            yield Text(safe(question.code.signature), style="bold")
        if question.takes == "number":
            yield Text(WITHIN.of(self.language).format(within=question.within), style="dim")
        if question.note:
            yield Text(f"{NOTE.of(self.language)}: {safe(question.note)}", style="dim")
        if question.flagged:
            yield Text(f"{FLAGGED.of(self.language)}: {safe(question.flagged)}", style="dim")
