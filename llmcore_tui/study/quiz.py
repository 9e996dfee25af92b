"""A round of quiz items, without a terminal: chosen and shuffled from a seed, marked by computation, logged one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from llmcore_tui.content.bilingual import Language
from llmcore_tui.errors import LlmcoreError
from llmcore_tui.lab.library import Library
from llmcore_tui.study import draw, record
from llmcore_tui.study.filled import Filled
from llmcore_tui.study.question import ShownOption
from llmcore_tui.study.quiz_marking import Marked, check_form, mark
from llmcore_tui.study.quiz_question import KINDS, Asked, QuizQuestion, order_of
from llmcore_tui.study.runner import LiveCode, LiveRun, Runner
from llmcore_tui.study.setting_text import command
from llmcore_tui.study.showing import source
from llmcore_tui.study.unusable import Unusable

if TYPE_CHECKING:
    from llmcore_progress import Progress
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.content.quiz import QuizItem


@dataclass(frozen=True, slots=True)
class RoundSummary:
    """What a round came to."""

    round: str
    modules: tuple[str, ...]
    asked: int
    """Items whose answer was marked."""
    right: int
    finished: bool
    wrong: tuple[Marked, ...]

    @property
    def share(self) -> float | None:
        """Right of asked, 0 to 1."""
        return self.right / self.asked if self.asked else None


class Round:
    """One round. Lives in one thread; runs happen elsewhere and are picked up when `marked` is asked for."""

    def __init__(
        self,
        deck: Deck,
        progress: Progress,
        *,
        items: Sequence[QuizItem],
        now: Callable[[], datetime],
        seed: int,
        language: Language = "en",
        runner: Runner | None = None,
    ) -> None:
        self.language: Language = language
        """The language of every text; may be changed at any time."""
        self.id = f"{now():%Y%m%dT%H%M%S%f}-{seed}"
        self._deck = deck
        self._progress = progress
        self._items = tuple(items)
        self._now = now
        self._seed = seed
        self._runner = runner
        self._library = Library(deck.folders)
        self._asked: list[Asked] = []
        self._is_finished = False

    def next(self) -> QuizQuestion | None:
        """Go on to the next item; None after the last. Its demo starts while the learner is thinking."""
        if self._asked:
            self._asked[-1].stop()
        if len(self._asked) == len(self._items):
            return None
        self._asked.append(self._ask(self._items[len(self._asked)]))
        return self.question

    @property
    def question(self) -> QuizQuestion | None:
        """The item that was asked last."""
        if not self._asked:
            return None
        asked = self._asked[-1]
        item, text = asked.item, self._text(asked)
        says = list(item.steps) if item.steps else [asked.option(p).say for p in range(len(asked.order))]
        return QuizQuestion(
            item=item,
            module=item.module,
            module_title=self._deck.module(item.module).title.of(self.language),
            kind=item.kind,
            kind_name=KINDS[item.kind].of(self.language),
            ask=text.of(item.ask),
            options=tuple(
                ShownOption(number, text.of(says[place])) for number, place in enumerate(asked.order, start=1)
            ),
            unit=asked.unit,
            within=str(item.result.within) if item.result else "",
            code=item.code,
            draw=asked.draw.values if asked.draw else {},
            position=asked.position,
            total=len(self._items),
        )

    def answer(self, text: str) -> None:
        """Take the answer, once; `Unusable` where it cannot be one. Empty text: the learner does not know."""
        asked = self._current()
        if asked.given is not None:
            raise Unusable("This one is answered.", "这一题已经答过了。")
        given = text.rstrip() if asked.item.code else text.strip()
        if given.strip():
            check_form(asked, given)
            if asked.item.code is not None and self._runner is not None:
                asked.code = LiveCode(self._runner, asked.item.code, given)
        asked.given, asked.answered_at = given, self._now()

    @property
    def waiting(self) -> LiveRun | LiveCode | None:
        """The run that the mark waits for."""
        asked = self._current()
        if not asked.is_waiting:
            return None
        return asked.code if asked.item.code is not None else asked.run

    @property
    def live_run(self) -> LiveRun | None:
        """The run of the item's demo, wanted for its explanation."""
        return self._current().run

    @property
    def marked(self) -> Marked | None:
        """The mark of the last answer, in the log from the first time on; None while a run is waited for."""
        asked = self._current()
        if asked.given is None or asked.is_waiting:
            return None
        marked = self._mark(asked)
        self._record(asked, marked.right)
        return marked

    def finish(self) -> RoundSummary:
        """End the round, complete or not, and put it into the log."""
        marks = [
            self._mark(asked) for asked in self._asked if asked.given is not None and not asked.is_waiting
        ]
        for asked, marked in zip(
            (a for a in self._asked if a.given is not None and not a.is_waiting), marks, strict=True
        ):
            self._record(asked, marked.right)
            asked.stop()
        counted = [marked for marked in marks if marked.right is not None]
        summary = RoundSummary(
            round=self.id,
            modules=tuple(sorted({item.module for item in self._items})),
            asked=len(counted),
            right=sum(marked.right is True for marked in counted),
            finished=bool(self._items) and len(marks) == len(self._items),
            wrong=tuple(marked for marked in counted if not marked.right),
        )
        if not self._is_finished and summary.asked:
            self._is_finished = True
            self._record_round(summary)
        return summary

    def close(self) -> None:
        """Stop what still runs."""
        for asked in self._asked:
            asked.stop()

    def _current(self) -> Asked:
        if not self._asked:
            raise Unusable("Nothing was asked yet.", "还没有出题。")
        return self._asked[-1]

    def _ask(self, item: QuizItem) -> Asked:
        asked = Asked(item, len(self._asked) + 1, self._now())
        seed = f"{self._seed}/{item.id}"
        asked.order = order_of(item, seed)
        if item.vary:
            asked.draw = draw.fresh(item.vary, seed, draw.seen_by(self._progress, item.id, asked.demo_name))
        elif item.result is not None:
            asked.locked = self._deck.numbers.get(f"{item.id}#result")
        self._start_run(asked)
        return asked

    def _start_run(self, asked: Asked) -> None:
        if not asked.demo_name:
            return
        try:
            asked.demo = self._library.demo(asked.demo_name, self._deck.folder_of(asked.item))
            if asked.item.result is not None:
                asked.demo.number(asked.item.result.key)
        except LlmcoreError as error:
            # A learner's own deck may name a demo that is not there: the item is explained without it.
            asked.demo, asked.demo_problem = None, str(error)
            return
        if self._runner is not None:
            asked.run = LiveRun(self._runner, asked.demo, asked.set)

    def _text(self, asked: Asked) -> Filled:
        item = asked.item
        values = asked.draw.values if asked.draw else {}
        return Filled(
            item.id, item.numbers, self._deck.numbers, self.language, values, item.result, asked.computed
        )

    def _mark(self, asked: Asked) -> Marked:
        item, text = asked.item, self._text(asked)
        found = mark(asked, text, self.language)
        run = asked.run.run if asked.run else None
        return Marked(
            item=item.id,
            ask=text.of(item.ask),
            given=asked.given or "",
            right=found.right,
            expected=found.expected,
            why=found.why,
            explain=text.of(item.explain),
            demo=command(asked.demo, asked.set) if asked.demo else "",
            run_says=run.says.of(self.language) if run else "",
            sources=tuple(source(citation, self._deck, self.language) for citation in item.sources),
        )

    def _record(self, asked: Asked, right: bool | None) -> None:
        if asked.is_recorded:
            return
        from llmcore_progress import Kind

        asked.is_recorded = True
        body = record.quiz_answer(self.id, asked, right)
        self._progress.record(Kind.QUIZ, asked.item.id, body, self._now())

    def _record_round(self, summary: RoundSummary) -> None:
        from llmcore_progress import Kind

        body: Mapping[str, Any] = {
            "round": self.id,
            "modules": list(summary.modules),
            "seed": self._seed,
            "asked": summary.asked,
            "right": summary.right,
            "finished": summary.finished,
        }
        self._progress.record(Kind.QUIZ_ROUND, self.id, body, self._now())
