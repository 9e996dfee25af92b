"""A quiz item in front of the learner, and what is drawn and shuffled for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.content.quiz import ItemKind
from llmcore_tui.study.question import ShownOption
from llmcore_tui.study.turn import shuffled

if TYPE_CHECKING:
    from llmcore_tui.content.card import Option
    from llmcore_tui.content.claim import Setting
    from llmcore_tui.content.code_task import CodeTask
    from llmcore_tui.content.lock import LockedNumber
    from llmcore_tui.content.quiz import QuizItem
    from llmcore_tui.lab.demo import Demo
    from llmcore_tui.study.draw import Draw
    from llmcore_tui.study.runner import LiveCode, LiveRun

KINDS = {
    ItemKind.CHOICE: Bilingual("choose", "选择"),
    ItemKind.NUMERIC: Bilingual("number", "数值"),
    ItemKind.TYPED: Bilingual("word", "填词"),
    ItemKind.ORDER: Bilingual("put in order", "排序"),
    ItemKind.CODE: Bilingual("code", "写代码"),
}


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """One item as a question, in one language; texts are Markdown with formulas between `$`."""

    item: QuizItem
    module: str
    module_title: str
    kind: ItemKind
    kind_name: str
    ask: str
    options: tuple[ShownOption, ...]
    """Of a `choice`, or the steps to put in order."""
    unit: str
    within: str
    """How near a number must be: `5%`."""
    code: CodeTask | None
    draw: Mapping[str, Setting]
    position: int
    total: int


@dataclass(slots=True)
class Asked:
    """An item with what was decided about it when it was asked, and what the learner gave."""

    item: QuizItem
    position: int
    shown_at: datetime
    draw: Draw | None = None
    order: tuple[int, ...] = ()
    """Places of the options or steps in the item, in the order in which they are shown."""
    demo: Demo | None = None
    demo_problem: str = ""
    locked: LockedNumber | None = None
    """The answer of a numeric item that draws nothing."""
    given: str | None = None
    """None: not answered yet; empty: the learner does not know."""
    answered_at: datetime | None = None
    run: LiveRun | None = None
    code: LiveCode | None = None
    is_recorded: bool = False

    @property
    def set(self) -> Mapping[str, Setting]:
        """The flags of the item's demo, with the drawn values."""
        if self.item.result:
            return {**self.item.result.set, **(self.draw.values if self.draw else {})}
        return self.item.demo.set if self.item.demo else {}

    @property
    def demo_name(self) -> str:
        """The item's demo, or nothing."""
        return self.item.result.demo if self.item.result else self.item.demo.name if self.item.demo else ""

    @property
    def unit(self) -> str:
        """The unit of the number asked for."""
        result = self.item.result
        if result is None:
            return ""
        declared = self.demo.numbers[result.key].unit if self.demo and result.key in self.demo.numbers else ""
        return result.unit or declared

    @property
    def computed(self) -> float | None:
        """The number asked for; None while it is not there, and for an item that asks for none."""
        from llmcore_tui.lab.proof import point

        if self.item.result is None:
            return None
        if self.locked is not None:
            return self.locked.value
        run = self.run.run if self.run else None
        return point(run.result.numbers[self.item.result.key]) if run else None

    @property
    def is_waiting(self) -> bool:
        """Whether the answer cannot be marked before a run ends."""
        if self.item.kind is ItemKind.CODE:
            return self.code is not None and not self.code.done
        needs_run = self.item.kind is ItemKind.NUMERIC and self.computed is None
        return bool(needs_run and self.given and self.run is not None and not self.run.done)

    def option(self, place: int) -> Option:
        """The item's option at a place; 0 is the right one."""
        assert self.item.right is not None, "only a choice has options"
        return (self.item.right, *self.item.wrong)[place]

    def stop(self) -> None:
        """End what still runs for it."""
        for live in (self.run, self.code):
            if live is not None and not live.done:
                live.cancel()


def order_of(item: QuizItem, seed: str) -> tuple[int, ...]:
    """The places of options or steps as they are shown; steps never in the right order already."""
    if item.right is not None:
        return shuffled(1 + len(item.wrong), seed)
    places = shuffled(len(item.steps), seed)
    is_right = places == tuple(range(len(places)))
    return (*places[1:], places[0]) if is_right and len(places) > 1 else places
