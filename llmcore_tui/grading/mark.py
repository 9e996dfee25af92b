"""What a marker says of an answer. Verdicts come with evidence; the coverage is computed here and never by a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from llmcore_tui.content.bilingual import Bilingual

if TYPE_CHECKING:
    from llmcore_tui.grading.rubric import Rubric


class Verdict(StrEnum):
    """What an answer did with a point."""

    MET = "met"
    PARTIAL = "partial"
    MISSED = "missed"
    CONTRADICTED = "contradicted"


SHARE = {Verdict.MET: 1.0, Verdict.PARTIAL: 0.5, Verdict.MISSED: 0.0, Verdict.CONTRADICTED: 0.0}
"""How much of its weight a point earns. A contradicted point loses its own weight and no other's."""


class Flag(StrEnum):
    """What was noticed about an answer as a whole."""

    EMPTY = "empty"
    DOES_NOT_KNOW = "does-not-know"
    TOO_SHORT = "too-short"
    COPIES_QUESTION = "copies-question"
    COPIES_REFERENCE = "copies-reference"
    KEY_WORDS = "key-words"
    OFF_TOPIC = "off-topic"
    INSTRUCTIONS = "instructions"
    OTHER_LANGUAGE = "other-language"


NOTHING_COUNTED = frozenset(
    {Flag.EMPTY, Flag.DOES_NOT_KNOW, Flag.TOO_SHORT, Flag.COPIES_QUESTION, Flag.KEY_WORDS, Flag.OFF_TOPIC}
)
"""The flags that say that no point is counted."""


@dataclass(frozen=True, slots=True)
class PointMark:
    """The verdict on one point."""

    id: str
    verdict: Verdict
    evidence: str = ""
    """The words of the answer that decided it, verbatim; empty for a missed point."""
    unsure: bool = False
    """The marker could not tell well: the learner should look."""


@dataclass(frozen=True, slots=True)
class WrongMark:
    """A misconception that the answer states."""

    id: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked answer."""

    points: tuple[PointMark, ...]
    coverage: float | None
    """0 to 1; None where the marker abstained."""
    wrong: tuple[WrongMark, ...] = ()
    flags: tuple[Flag, ...] = ()
    by: str = "offline"
    """`offline`, or `llm`."""
    instead: Bilingual | None = None
    """Why the offline marker stood in for the model, for people."""
    trace: Mapping[str, Any] = field(default_factory=dict)
    """What is kept beside the verdicts so that the answer can be marked again: rubric's hash, model, prompt's hash, raw replies."""

    @property
    def abstained(self) -> bool:
        """Whether nothing can be said: unmarked is never zero."""
        return self.coverage is None


class Marker(Protocol):
    """Marks answers. May take seconds (a model over the network): call it where nothing waits for the screen."""

    def mark(self, answer: str, rubric: Rubric) -> Mark:
        """The verdict on every point, in the rubric's order; never raises for anything an answer may hold."""
        ...


def coverage(
    points: tuple[PointMark, ...], weights: Mapping[str, float], wrong: tuple[WrongMark, ...] = ()
) -> float | None:
    """The share of the points' weight that was earned, less 1 for each misconception, 0 to 1; None without points."""
    total = sum(weights[point.id] for point in points)
    if not total:
        return None
    earned = sum(SHARE[point.verdict] * weights[point.id] for point in points)
    return min(1.0, max(0.0, (earned - len(wrong)) / total))
