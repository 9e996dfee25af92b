"""The end of a session: what was done, what comes back, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.widgets.prose import Prose

if TYPE_CHECKING:
    from llmcore_tui.study.summary import Summary

NOTHING = Bilingual("Nothing is due.", "没有到期的卡片。")
DONE = Bilingual(
    "{cards} cards, {new} of them new, in {minutes:.0f} min.",
    "学了 {cards} 张，其中新卡 {new} 张，用时 {minutes:.0f} 分钟。",
)
PREDICTIONS = Bilingual(
    "{within} of {predictions} predictions were within tolerance.",
    "{predictions} 次预测中 {within} 次在容差内。",
)
AGAIN = Bilingual("These come back soon:", "这些很快再来：")
NEXT = Bilingual("Next: {when}.", "下一张：{when}。")


class SummaryView:
    """A renderable of a finished session."""

    def __init__(self, summary: Summary, language: Language) -> None:
        self.summary = summary
        self.language: Language = language

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """One sentence a line."""
        summary, language = self.summary, self.language
        if summary.answered == 0:
            yield Text(NOTHING.of(language), style="bold")
        else:
            done = DONE.of(language).format(
                cards=summary.cards, new=summary.new, minutes=max(1, summary.minutes)
            )
            yield Text(done, style="bold")
        if summary.predictions:
            yield Text(
                PREDICTIONS.of(language).format(within=summary.within, predictions=summary.predictions)
            )
        if summary.again:
            yield Text("")
            yield Text(AGAIN.of(language), style="dim")
            for card in summary.again:
                yield Prose(card.ask, mark="· ")
        if summary.next_due_text:
            yield Text("")
            yield Text(NEXT.of(language).format(when=summary.next_due_text), style="dim")
