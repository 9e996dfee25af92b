"""Writing what happens to a turn into the log, in the order that keeps a prediction honest.

A prediction is in the log before its number is given out, and once; a number that was shown without having been
predicted is in the log as seen.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from llmcore_tui.study import draw, record

if TYPE_CHECKING:
    from llmcore_progress import Event, Progress
    from llmcore_tui.study.marking import Marking
    from llmcore_tui.study.prediction import Judged
    from llmcore_tui.study.turn import Turn


class Recorder:
    """The pen of one session."""

    def __init__(self, progress: Progress, now: Callable[[], datetime], *, cram: bool) -> None:
        self.predicted: list[Judged] = []
        """The predictions of this session, as they stand in the log."""
        self._progress = progress
        self._now = now
        self._cram = cram

    def show_number(self, turn: Turn) -> None:
        """From here on what the turn's demo says counts as seen, whether it was predicted or not."""
        is_coming = turn.run is not None and not turn.run.problem
        if turn.has_seen_number or (turn.computed is None and not is_coming):
            return
        turn.has_seen_number = True
        if turn.prediction is not None:
            self.prediction(turn)
        elif turn.draw is not None or draw.is_unseen(self._progress, turn):
            from llmcore_progress import Kind

            self._progress.record(Kind.DEMO, turn.demo_name, record.shown_number(turn), self._now())

    def prediction(self, turn: Turn, *, at_last: bool = False) -> None:
        """Put the turn's prediction into the log once, beside the number; `at_last` without it if it never came."""
        judged = turn.judged
        if turn.recorded is not None or judged is None or (judged.computed is None and not at_last):
            return
        from llmcore_progress import Kind

        body = record.prediction(turn, judged, is_new=draw.is_unseen(self._progress, turn))
        self._progress.record(Kind.PREDICTION, turn.card.id, body, self._now())
        turn.recorded = judged
        self.predicted.append(judged)

    def answer(self, turn: Turn) -> None:
        """Put what was typed on a card that is left without a rating into the log, once; a number is there as a prediction."""
        if not turn.typed or turn.is_answer_kept or turn.takes == "number":
            return
        from llmcore_progress import Kind

        self._progress.record(Kind.ANSWER, turn.card.id, record.answer(turn), self._now())
        turn.is_answer_kept = True

    def overruling(self, turn: Turn, marking: Marking, number: int) -> None:
        """Turn the verdict on a point round, the log first; `Unusable` where there is no such point."""
        point, is_met = marking.turned(number)
        from llmcore_progress import Kind

        body = record.overruling(turn, point, is_met)
        self._progress.record(Kind.OVERRULE, turn.card.id, body, self._now())
        marking.overruled[point.id] = is_met

    def rating(self, turn: Turn, rating: int, right: bool | None) -> tuple[Event, int]:
        """Put a rating into the log with what the learner did; the event and the milliseconds taken."""
        from llmcore_progress import Rating

        self.prediction(turn, at_last=True)
        now = self._now()
        elapsed_ms = record.elapsed_ms(turn.shown_at, now)
        detail = record.review_detail(turn, right)
        event = self._progress.review(
            turn.card.id, Rating(rating), now, elapsed_ms=elapsed_ms, detail=detail, cram=self._cram
        )
        turn.is_answer_kept = True
        return event, elapsed_ms
