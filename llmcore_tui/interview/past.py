"""Earlier interviews in a line each, and how the coverage went from one to the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from llmcore_tui.interview.prompt import Prompts
from llmcore_tui.interview.standing import coverage_of
from llmcore_tui.interview.transcript import GivenAnswer, Transcript
from llmcore_tui.render.plot import sparkline

if TYPE_CHECKING:
    from llmcore_tui.content.deck import Deck

MOST_IN_TREND = 12


@dataclass(frozen=True, slots=True)
class PastInterview:
    """One interview as it is listed."""

    id: str
    on: date
    modules: tuple[str, ...]
    mode: str
    marker: str
    is_story: bool
    answered: int
    """Questions that were answered, follow-ups not counted."""
    questions: int
    has_ended: bool
    coverage: float | None
    """Mean of its marked answers, 0 to 1."""


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The coverage of one interview."""

    session: str
    on: date
    coverage: float


@dataclass(frozen=True, slots=True)
class Trend:
    """The coverage of the interviews on the same modules, oldest first, this one last."""

    points: tuple[TrendPoint, ...]

    @property
    def line(self) -> str:
        """The coverages as blocks, a full one for 100 %."""
        return sparkline([*(point.coverage for point in self.points), 1.0])[:-1]


def listed(past: Iterable[Transcript], deck: Deck) -> tuple[PastInterview, ...]:
    """The newest first."""
    return tuple(
        PastInterview(
            id=each.id,
            on=date.fromordinal(each.day),
            modules=each.modules,
            mode=each.mode,
            marker=each.marker,
            is_story=each.is_story,
            answered=sum(each.main(question) is not None for question in each.questions),
            questions=len(each.questions),
            has_ended=each.ended is not None,
            coverage=mean_coverage(main_answers(each), deck),
        )
        for each in reversed(tuple(past))
    )


def trend(past: Iterable[Transcript], current: Transcript, deck: Deck) -> Trend:
    """The interviews up to this one that asked about one of its modules, by their answers on those modules."""
    modules = {answer.module for answer in main_answers(current)}
    points = []
    for each in past:
        if (each.begun, each.id) > (current.begun, current.id):
            continue
        shared = [answer for answer in main_answers(each) if answer.module in modules]
        if (share := mean_coverage(shared, deck)) is not None:
            points.append(TrendPoint(each.id, date.fromordinal(each.day), share))
    return Trend(tuple(points[-MOST_IN_TREND:]))


def main_answers(transcript: Transcript) -> list[GivenAnswer]:
    """The answers to the questions themselves."""
    return [answer for answer in transcript.answers if not answer.follow_up]


def mean_coverage(answers: Iterable[GivenAnswer], deck: Deck) -> float | None:
    """The mean of those that were marked, 0 to 1; None where none was: unmarked is not zero."""
    prompts = Prompts(deck, "en")
    shares = []
    for answer in answers:
        weights = None
        if answer.overruled and (prompt := prompts.of(answer.question)) is not None:
            weights = prompt.weights
        if (share := coverage_of(answer, weights)) is not None:
            shares.append(share)
    return sum(shares) / len(shares) if shares else None
