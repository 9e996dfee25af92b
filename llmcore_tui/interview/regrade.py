"""Marking a kept interview anew: every answer gets a newer mark, and the older ones stay in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from llmcore_tui.interview import record, star
from llmcore_tui.interview.standing import coverage_of
from llmcore_tui.interview.story import STAR

if TYPE_CHECKING:
    from llmcore_progress import Progress
    from llmcore_tui.grading.mark import Mark, Marker
    from llmcore_tui.interview.prompt import Prompt, Prompts
    from llmcore_tui.interview.transcript import GivenAnswer, Transcript


@dataclass(frozen=True, slots=True)
class Regraded:
    """One answer that was marked anew."""

    question: str
    follow_up: str
    """The point that it follows up; empty for the question itself."""
    before: float | None
    """The coverage as it stood, 0 to 1; None where there was none."""
    mark: Mark


def regrade(
    transcript: Transcript,
    prompts: Prompts,
    progress: Progress,
    new_marker: Callable[[], Marker],
    now: Callable[[], datetime],
) -> Iterator[Regraded]:
    """Mark one answer after the other, each in the log before it is given out; what the deck has no more is passed over."""
    from llmcore_progress import Kind

    marker = new_marker()
    for given in transcript.answers:
        prompt = prompts.of(given.question, given.follow_up)
        if prompt is None:
            continue
        mark = _mark(given, prompt, marker)
        progress.record(Kind.REGRADE, given.question, record.regrade(given, mark), now())
        yield Regraded(given.question, given.follow_up, coverage_of(given, prompt.weights), mark)


def _mark(given: GivenAnswer, prompt: Prompt, marker: Marker) -> Mark:
    if prompt.rubric is None:
        names = {point.id for point in prompt.points}
        return star.mark(given.text, [part for part in STAR if part in names])
    return marker.mark(given.text, prompt.rubric)
