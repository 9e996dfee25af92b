"""One card while it is asked: what was drawn, what the learner typed, what runs. Says nothing and logs nothing."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from llmcore_tui.study.prediction import Judged, Prediction, judge
from llmcore_tui.study.question import Takes, Why

if TYPE_CHECKING:
    from llmcore_tui.content.card import Card, Option
    from llmcore_tui.content.claim import Setting
    from llmcore_tui.content.lock import LockedNumber
    from llmcore_tui.content.tolerance import Tolerance
    from llmcore_tui.lab.demo import Demo
    from llmcore_tui.study.draw import Draw
    from llmcore_tui.study.marking import Marking
    from llmcore_tui.study.runner import LiveCode, LiveRun

_TAKES: Mapping[str, Takes] = {"choice": "option", "cloze": "gap", "calculate": "number", "code": "code"}


class Stage(StrEnum):
    """Where a session stands."""

    ASKED = "asked"
    REVEALED = "revealed"
    OVER = "over"


@dataclass(slots=True)
class Turn:
    """A card in front of the learner."""

    card: Card
    why: Why
    position: int
    shown_at: datetime
    draw: Draw | None = None
    order: tuple[int, ...] = ()
    """The options' places in the card, in the order in which they are shown; 0 is the right one."""
    demo: Demo | None = None
    demo_problem: str = ""
    """Why the card's demo cannot be read, or nothing."""
    locked_on: LockedNumber | None = None
    locked_off: LockedNumber | None = None
    stage: Stage = Stage.ASKED
    typed: str = ""
    """The learner's answer as it was given."""
    chosen: int | None = None
    """The place in the card of the chosen option."""
    prediction: Prediction | None = None
    has_seen_number: bool = False
    """The number was shown, so that nothing can be predicted any more."""
    recorded: Judged | None = None
    """The prediction as it stands in the log, with the number it was held against."""
    run: LiveRun | None = None
    code: LiveCode | None = None
    used_hint: bool = False
    marking: Marking | None = None
    """The mark of what was typed, where this card is marked by points."""
    is_answer_kept: bool = False
    """What was typed stands in the log."""

    @property
    def takes(self) -> Takes:
        """What an answer to this card is."""
        return _TAKES.get(self.card.kind, "words")

    @property
    def demo_name(self) -> str:
        """The demo that runs for this card, or nothing."""
        link, result = self.card.demo, self.card.result
        return result.demo if result else link.name if link else ""

    @property
    def set(self) -> Mapping[str, Setting]:
        """The flags that it runs with: the drawn values where there are any."""
        link, result = self.card.demo, self.card.result
        if result:
            return {**result.set, **(self.draw.values if self.draw else {})}
        return link.set if link else {}

    @property
    def asks_prediction(self) -> bool:
        """Whether the number is to be predicted; not again minutes after it was shown."""
        link = self.card.demo
        return bool(link and link.predict and self.demo and not self.card.result and self.why != "learning")

    @property
    def key(self) -> str:
        """The number that is asked for or predicted, or nothing."""
        link, result = self.card.demo, self.card.result
        return result.key if result else (link.predict or "") if link else ""

    @property
    def within(self) -> Tolerance | None:
        """How near an answer or a prediction must be."""
        link, result = self.card.demo, self.card.result
        return result.within if result else link.within if link else None

    @property
    def unit(self) -> str:
        """The unit of the number asked for."""
        if self.card.result and self.card.result.unit:
            return self.card.result.unit
        return self.demo.numbers[self.key].unit if self.demo and self.key in self.demo.numbers else ""

    @property
    def computed(self) -> float | None:
        """The number itself: from the lock, from the run where nothing is locked, or None while it is not there."""
        if self.locked_on is not None:
            return self.locked_on.value
        run = self.run.run if self.run and self.key else None
        if run is None or self.key not in run.result.numbers:
            return None
        from llmcore_tui.lab.proof import point

        return point(run.result.numbers[self.key])

    @property
    def judged(self) -> Judged | None:
        """The prediction beside the number it is held against."""
        if self.recorded is not None or self.prediction is None or self.within is None:
            return self.recorded
        return judge(self.prediction, self.computed, self.within)

    @property
    def is_waiting(self) -> bool:
        """Whether something that the learner asked for still runs."""
        waits_for_number = (
            bool(self.key) and self.computed is None and self.run is not None and not self.run.done
        )
        return waits_for_number or (self.code is not None and not self.code.done)

    def stop(self) -> None:
        """End what still runs for it; what has arrived stays."""
        if self.run is not None and not self.run.done:
            self.run.cancel()
            self.run = None
        self.stop_code()
        if self.marking is not None:
            self.marking.stop()

    def stop_code(self) -> None:
        """End the check of the learner's function if it still runs."""
        if self.code is not None and not self.code.done:
            self.code.cancel()
            self.code = None

    def option(self, place: int) -> Option:
        """The card's option at a place; 0 is the right one."""
        assert self.card.right is not None, "only a choice has options"
        return (self.card.right, *self.card.wrong)[place]


def shuffled(count: int, seed: str) -> tuple[int, ...]:
    """The places of `count` options in an order that the seed decides."""
    places = list(range(count))
    random.Random(seed).shuffle(places)
    return tuple(places)
