"""The marking of one typed answer: offline at once, by a model when its mark arrives, with the learner's word above both.

Nothing here is logged or shown. The model answers in another thread; whoever owns the session picks its mark up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.grading.mark import Mark, PointMark, Verdict, coverage
from llmcore_tui.study.check import AGAIN, GOOD
from llmcore_tui.study.live_mark import LiveMark
from llmcore_tui.study.unusable import Unusable

if TYPE_CHECKING:
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.grading.mark import Marker
    from llmcore_tui.grading.rubric import Rubric
    from llmcore_tui.study.turn import Turn

HARD = 2
ENOUGH_FOR_GOOD = 0.8
"""Coverage from which `good` is suggested, where every must point was met."""
ENOUGH_FOR_HARD = 0.5

_NOT_MARKED = Bilingual("Marked offline because: {why}", "改由离线批改，原因：{why}")


@dataclass(frozen=True, slots=True)
class Markers:
    """What marks the answers of a session; each is made when the first answer needs it."""

    offline: Callable[[], Marker]
    model: Callable[[], Marker] | None = None
    """None where no model is asked."""


@dataclass(slots=True)
class Marking:
    """An answer's mark as it stands."""

    rubric: Rubric
    mark: Mark
    """The marker's own verdicts."""
    live: LiveMark | None = None
    """The model's mark on its way."""
    overruled: dict[str, bool] = field(default_factory=dict)
    """The points whose verdict is the learner's: met, or missed."""

    @property
    def standing(self) -> Mark:
        """The mark with the learner's verdicts in place of the marker's."""
        return with_overrulings(self.mark, self.rubric, self.overruled)

    def pick_up(self) -> None:
        """Take over the model's mark if it has arrived; why there is none, if it failed."""
        if self.live is None or not self.live.done:
            return
        live, self.live = self.live, None
        why = live.problem
        instead = Bilingual(_NOT_MARKED.en.format(why=why), _NOT_MARKED.zh.format(why=why))
        self.mark = live.result or replace(self.mark, instead=instead)

    def stop(self) -> None:
        """Whatever still arrives changes nothing any more."""
        if self.live is not None:
            self.live.cancel()
            self.live = None

    def turned(self, number: int) -> tuple[PointMark, bool]:
        """The point of that number, from 1, and whether it is met once its verdict is turned round."""
        points = self.standing.points
        if not 1 <= number <= len(points):
            raise Unusable(
                f"Type the number of a point, 1 to {len(points)}.",
                f"请输入要点的编号，1 到 {len(points)}。",
            )
        point = points[number - 1]
        return point, point.verdict is not Verdict.MET


def begin(turn: Turn, deck: Deck, markers: Markers, language: Language) -> Marking | None:
    """Mark what was typed; None where nothing was, and for a card that is not marked by points."""
    if not turn.typed or turn.takes != "words" or not turn.card.points:
        return None
    from llmcore_tui.study.rubric import of_card

    rubric = of_card(deck, turn.card, language, turn.draw.values if turn.draw else None)
    live = LiveMark(markers.model, turn.typed, rubric) if markers.model else None
    return Marking(rubric, markers.offline().mark(turn.typed, rubric), live)


def with_overrulings(mark: Mark, rubric: Rubric, overruled: Mapping[str, bool]) -> Mark:
    """The mark as the learner leaves it, its coverage computed anew.

    A marker that abstained is not made to have judged: there is a coverage only once the learner has judged every point.
    """
    if not overruled:
        return mark
    points = tuple(_overruled(point, overruled) for point in mark.points)
    is_judged = mark.coverage is not None or all(point.id in overruled for point in points)
    weights = {point.id: point.weight for point in rubric.points}
    return replace(mark, points=points, coverage=coverage(points, weights, mark.wrong) if is_judged else None)


def suggested(mark: Mark, rubric: Rubric) -> int | None:
    """The rating that the mark suggests: good, hard or again. Easy is for the learner to say; nothing after abstaining."""
    if mark.coverage is None:
        return None
    musts = {point.id for point in rubric.points if point.must}
    missing = [point for point in mark.points if point.id in musts and point.verdict is not Verdict.MET]
    share = round(mark.coverage, 6)
    if share >= ENOUGH_FOR_GOOD and not missing:
        return GOOD
    return HARD if share >= ENOUGH_FOR_HARD else AGAIN


def _overruled(point: PointMark, overruled: Mapping[str, bool]) -> PointMark:
    if point.id not in overruled:
        return point
    is_met = overruled[point.id]
    return PointMark(point.id, Verdict.MET if is_met else Verdict.MISSED, point.evidence if is_met else "")
