"""What the learner sees after the answer was asked for, in one language; every number comes from the lock or a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from llmcore_tui.content.claim import Setting
    from llmcore_tui.lab.run import Run
    from llmcore_tui.study.check import Check
    from llmcore_tui.study.marked_answer import MarkedAnswer
    from llmcore_tui.study.prediction import Judged
    from llmcore_tui.study.question import Question

RunState = Literal["none", "running", "done", "failed"]


@dataclass(frozen=True, slots=True)
class ShownPoint:
    """One thing the answer must say."""

    id: str
    must: bool
    say: str


@dataclass(frozen=True, slots=True)
class ShownMisconception:
    """A wrong statement, and what to say instead."""

    says: str
    fix: str


@dataclass(frozen=True, slots=True)
class ShownSource:
    """Where it is from: `Schulman et al. 2016, eq. 16`."""

    text: str
    title: str
    url: str
    read: str
    """The date it was read; empty for one that is cited from memory."""
    read_text: str
    """`read 2026-11-22`, or that it was not read."""


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """A demo's number under some settings."""

    key: str
    reading: str
    """What the number is."""
    text: str
    """As it is written, with error and unit: `4.2 ± 0.1`."""
    value: float | None
    """None where the run did not reach or compute it."""
    error: float | None
    unit: str
    set: Mapping[str, Setting]
    set_text: str
    """What differs from the other number of the pair, or from the demo's defaults: `lam = 1`."""
    live: bool
    """From a run just now, and not from the lock."""


@dataclass(frozen=True, slots=True)
class Revealed:
    """One card with its answer; texts are Markdown with formulas between `$`."""

    question: Question
    brief: str
    answer: str
    formula: str
    points: tuple[ShownPoint, ...]
    misconceptions: tuple[ShownMisconception, ...]
    """Those that the learner's answer does not state; `marked` has the others."""
    sources: tuple[ShownSource, ...]
    neighbours: tuple[str, ...]
    """Titles of the modules an interviewer goes on to."""
    typed: str
    """The learner's own answer, or nothing."""
    check: Check | None
    marked: MarkedAnswer | None
    """The typed answer point by point; None where nothing was typed that is marked so."""
    judged: Judged | None
    computed: ShownNumber | None
    off: ShownNumber | None
    run: Run | None
    run_state: RunState
    run_problem: str
    """Why the run failed, in one line."""
    run_says: str
    """The demo's sentence of what was seen."""
    previews: Mapping[int, str]
    """How long each rating keeps the card away."""
    pending: bool
    """The answer or its check still waits for the run."""

    @property
    def suggested(self) -> int | None:
        """The rating that the check or the mark suggests."""
        found = self.check or self.marked
        return found.suggested if found else None
