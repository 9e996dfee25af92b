"""A session of study without a terminal: what is asked, predicted, run, revealed, rated and taken back.

`--plain` and the screens both drive it, so the same script of keys leaves the same events in the log. Every step that
the learner sees acknowledged is in the log by then; a prediction is there before the number is given out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Language
from llmcore_tui.study import asking, record
from llmcore_tui.study.deal import Deal
from llmcore_tui.study.filled import Filled
from llmcore_tui.study.interval import in_words
from llmcore_tui.study.recorder import Recorder
from llmcore_tui.study.runner import LiveCode, LiveRun, Runner
from llmcore_tui.study.step import RATINGS, Step, taken_back
from llmcore_tui.study.turn import Stage, Turn
from llmcore_tui.study.unusable import Unusable

if TYPE_CHECKING:
    from llmcore_progress import Progress
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.study.live_mark import LiveMark
    from llmcore_tui.study.marking import Markers
    from llmcore_tui.study.prediction import Prediction
    from llmcore_tui.study.question import Question
    from llmcore_tui.study.revealed import Revealed
    from llmcore_tui.study.summary import Summary

__all__ = ["Session", "Stage"]

WAIT_SECONDS = 0.2
"""Between two looks at a run, so that ^C is heard."""


class Session:
    """One sitting. Lives in one thread; runs happen elsewhere and are picked up when `revealed` is asked for."""

    def __init__(
        self,
        deck: Deck,
        progress: Progress,
        *,
        now: Callable[[], datetime],
        seed: int,
        language: Language = "en",
        modules: Collection[str] | None = None,
        new: int | None = None,
        limit: int | None = None,
        cram: bool = False,
        runner: Runner | None = None,
        markers: Markers | None = None,
    ) -> None:
        """`new`: cards that may be introduced today, in place of the setting. `limit`: cards in this session.

        Without `markers` no answer in words is marked.
        """
        self.language: Language = language
        """The language of every text; may be changed at any time."""
        self.last_undone = ""
        """What the last undo took back, in a sentence."""
        self._deck = deck
        self._progress = progress
        self._now = now
        self._cram = cram
        self._runner = runner
        self._markers = markers
        self._deal = Deal(deck, progress, seed=seed, modules=modules, new=new, limit=limit, cram=cram)
        self._turn: Turn | None = None
        self._put_aside: list[Turn] = []
        """Turns that an undo interrupted, the next one last."""
        self._steps: list[Step] = []
        self._recorder = Recorder(progress, now, cram=cram)
        self._is_over = False

    # Where it stands

    @property
    def stage(self) -> Stage:
        """Whether a question is asked, its answer shown, or nothing is left."""
        if self._is_over:
            return Stage.OVER
        return self._turn.stage if self._turn else Stage.ASKED

    @property
    def question(self) -> Question | None:
        """The question in front of the learner."""
        turn = self._turn
        if turn is None:
            return None
        state = self._progress.state(turn.card.id)
        return asking.question(turn, self._text(turn), self._deck, state, self._deal.total, self.language)

    @property
    def revealed(self) -> Revealed | None:
        """The answer with what has arrived from the run by now; None before it was asked for."""
        turn, question = self._turn, self.question
        if turn is None or question is None or turn.stage is not Stage.REVEALED:
            return None
        from llmcore_tui.study import showing

        self._recorder.prediction(turn)
        if turn.marking is not None:
            turn.marking.pick_up()
        return showing.revealed(turn, question, self._text(turn), self._deck, self.previews, self.language)

    @property
    def previews(self) -> Mapping[int, str]:
        """How long each rating would keep the card away; no words while cramming, which leaves the schedule alone."""
        if self._turn is None or self._cram:
            return dict.fromkeys(RATINGS, "")
        preview = self._progress.preview(self._turn.card.id, self._now())
        return {int(rating): in_words(wait, self.language) for rating, wait in preview.items()}

    # What the learner does with a card

    def next(self, *, start: bool = True) -> Question | None:
        """Go on to the next card; None when nothing is left, and then `summary` says what the session came to.

        `start`: its demo starts at once. Where showing the question must not wait for that, `start_run` follows.
        """
        if self._turn is not None and self._turn.stage is Stage.ASKED and not self._left_by_step():
            self._deal.skip(self._turn.card.id)
        self._leave()
        turn = self._put_aside.pop() if self._put_aside else self._deal.turn(self._now())
        self._is_over = turn is None
        return self._bring(turn, start=start)

    def start_run(self) -> None:
        """Start the demo of the card in front of the learner, who is still thinking; once, and only where it gives the number."""
        if self._turn is not None and self._turn.key:
            self._start_run(self._turn)

    def answer(self, text: str) -> None:
        """Keep the learner's answer; `Unusable` where it cannot be one, such as an option that is not there."""
        from llmcore_tui.study import answering

        turn = self._asked()
        answering.keep(turn, text)
        if turn.takes == "code" and self._runner is not None and turn.card.code is not None:
            turn.stop_code()
            turn.code = LiveCode(self._runner, turn.card.code, turn.typed) if turn.typed else None

    def keep_draft(self, text: str) -> None:
        """Keep an answer in words or code that is only half typed; nothing is run for it."""
        from llmcore_tui.study import answering

        answering.keep(self._asked(), text)

    def predict(self, text: str) -> Prediction:
        """Keep a prediction; `Unusable` where it is no number or the number was already seen."""
        from llmcore_tui.study.prediction import read

        turn = self._asked()
        if turn.has_seen_number:
            raise Unusable("You have already seen this number.", "你已经看过这个数了。")
        if not turn.asks_prediction:
            raise Unusable("This card asks for no prediction.", "这张卡不需要预测。")
        turn.prediction = read(text, turn.unit)
        return turn.prediction

    def skip_prediction(self) -> None:
        """Take the prediction back, as long as the number was not seen."""
        if not self._asked().has_seen_number:
            self._asked().prediction = None

    def show_hint(self) -> str:
        """The hint, remembered with the review; nothing where the card has none."""
        question = self.question
        if self._turn is not None and question is not None and question.hint:
            self._turn.used_hint = True
        return question.hint if question else ""

    def run(self) -> LiveRun | None:
        """The run of the card's demo, started if it was not; None without a demo or a runner.

        Before the answer is shown this ends the time for predicting, and what was predicted is in the log.
        """
        turn = self._turn
        if turn is None:
            return None
        if turn.run is None:
            self._start_run(turn)
        if turn.run is not None:
            self._recorder.show_number(turn)
        return turn.run

    def reveal(self) -> Revealed:
        """Show the answer. The prediction is in the log before any number is given out."""
        turn = self._turn
        if turn is None:
            raise Unusable("There is no card to show.", "没有可显示的卡片。")
        turn.stage = Stage.REVEALED
        self._start_run(turn)
        self._recorder.show_number(turn)
        self._mark(turn)
        revealed = self.revealed
        assert revealed is not None, "the turn was just revealed"
        return revealed

    @property
    def live_mark(self) -> LiveMark | None:
        """The model's mark that is still on its way."""
        return self._turn.marking.live if self._turn is not None and self._turn.marking is not None else None

    @property
    def is_marked(self) -> bool:
        """Whether the answer in front of the learner is marked point by point."""
        return self._turn is not None and self._turn.marking is not None

    def overrule(self, number: int) -> None:
        """Turn the verdict on a point of the answer round, met or missed; it is in the log when this returns."""
        turn = self._current()
        if turn.stage is not Stage.REVEALED or turn.marking is None:
            raise Unusable("There is no marked answer to overrule.", "没有批改过的回答可以改判。")
        self._recorder.overruling(turn, turn.marking, number)

    def wait(self) -> None:
        """Wait for what the answer still lacks: for edges that have nothing else to do meanwhile."""
        turn = self._turn
        while turn is not None and turn.is_waiting:
            for live in (turn.run, turn.code):
                if live is not None:
                    live.wait(WAIT_SECONDS)

    def rate(self, rating: int) -> None:
        """Rate the card; it is in the log when this returns. Then call `next`."""
        from llmcore_tui.study.checking import check

        turn = self._turn
        if turn is None or turn.stage is not Stage.REVEALED:
            raise Unusable("Look at the answer first, then rate it.", "请先看答案，再评分。")
        found = check(turn, self.language)
        event, elapsed_ms = self._recorder.rating(turn, rating, found.right if found else None)
        self._steps.append(Step("rating", event.id, turn, rating, elapsed_ms))

    def suspend(self) -> None:
        """Show this card no more. Then call `next`."""
        turn = self._current()
        self._steps.append(Step("suspend", self._progress.suspend(turn.card.id, self._now()).id, turn))

    def bury(self) -> None:
        """Put this card off until tomorrow. Then call `next`."""
        turn = self._current()
        self._steps.append(Step("bury", self._progress.bury(turn.card.id, self._now()).id, turn))

    def flag(self, reason: str) -> None:
        """Say what is wrong with this card; an empty reason takes the flag off. The card stays."""
        turn, now = self._current(), self._now()
        reason = record.storable(reason.strip())
        event = (
            self._progress.flag(turn.card.id, reason, now)
            if reason
            else self._progress.unflag(turn.card.id, now)
        )
        self._steps.append(Step("flag", event.id, turn))

    def note(self, text: str) -> None:
        """Keep a private note on this card; an empty one removes it. The card stays."""
        turn = self._current()
        event = self._progress.note(turn.card.id, record.storable(text.strip()), self._now())
        self._steps.append(Step("note", event.id, turn))

    def undo(self) -> Question | None:
        """Take the last step of this session back and bring its card back as it was; None when there is none."""
        if not self._steps:
            return None
        step = self._steps.pop()
        self._progress.undo(self._now(), event=step.event)
        self.last_undone = taken_back(step, self.language)
        if self._turn is not None and self._turn is not step.turn:
            self._put_aside.append(self._turn)
        self._is_over = False
        return self._bring(step.turn)

    # The end

    def summary(self) -> Summary:
        """What the session came to so far."""
        from llmcore_tui.study.summary import summarise

        now = self._now()
        return summarise(
            self._steps,
            self._recorder.predicted,
            ask=lambda turn: self._text(turn).of(turn.card.ask),
            next_due=self._deal.next_due(now),
            left_today=self._deal.left(now),
            now=now,
            language=self.language,
        )

    def close(self) -> None:
        """Stop what still runs, and keep what was predicted and typed on the cards that are left."""
        for turn in filter(None, (self._turn, *self._put_aside)):
            self._keep(turn)

    # Inside

    def _current(self) -> Turn:
        if self._turn is None:
            raise Unusable("There is no card to do this with.", "没有当前卡片。")
        return self._turn

    def _asked(self) -> Turn:
        turn = self._current()
        if turn.stage is not Stage.ASKED:
            raise Unusable("The answer is already shown.", "答案已经显示了。")
        return turn

    def _text(self, turn: Turn) -> Filled:
        return Filled(
            turn.card.id,
            turn.card.numbers,
            self._deck.numbers,
            self.language,
            turn.draw.values if turn.draw else {},
            turn.card.result,
            turn.computed,
        )

    def _bring(self, turn: Turn | None, *, start: bool = True) -> Question | None:
        """Put a turn in front of the learner; its demo starts while they are thinking."""
        self._turn = turn
        if start:
            self.start_run()
        return self.question

    def _left_by_step(self) -> bool:
        """Whether the current card was just suspended or buried, so that it needs no skipping."""
        return bool(self._steps) and self._steps[-1].turn is self._turn and self._steps[-1].leaves

    def _leave(self) -> None:
        if self._turn is not None:
            self._keep(self._turn)

    def _keep(self, turn: Turn) -> None:
        """Leave a turn: what the learner did is in the log, what still runs is stopped."""
        try:
            self._recorder.prediction(turn, at_last=True)
            self._recorder.answer(turn)
        finally:
            turn.stop()

    def _mark(self, turn: Turn) -> None:
        if self._markers is not None and turn.marking is None:
            from llmcore_tui.study.marking import begin

            turn.marking = begin(turn, self._deck, self._markers, self.language)

    def _start_run(self, turn: Turn) -> None:
        if self._runner is not None and turn.run is None and turn.demo is not None:
            turn.run = LiveRun(self._runner, turn.demo, turn.set)
