"""Marking the answers of one interview: at once offline and by cues, or by a model that reads in another thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.interview import star
from llmcore_tui.interview.story import STAR
from llmcore_tui.study.live_mark import LiveMark

if TYPE_CHECKING:
    from llmcore_tui.grading.mark import Mark
    from llmcore_tui.interview.prompt import Prompt
    from llmcore_tui.interview.transcript import GivenAnswer
    from llmcore_tui.study.marking import Markers

_NOT_MARKED = Bilingual("Marked offline because: {why}", "改由离线批改，原因：{why}")


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer that a model is reading."""

    given: GivenAnswer
    prompt: Prompt
    live: LiveMark


class AnswerMarking:
    """The markers of one sitting, and the one answer that a model may be reading."""

    def __init__(self, markers: Markers) -> None:
        self.reading: Reading | None = None
        self._markers = markers
        self._failed: set[str] = set()

    def takes_long(self, prompt: Prompt) -> bool:
        """Whether the answer must be in the log before it is marked."""
        return prompt.rubric is not None and self._markers.model is not None

    def mark(self, text: str, prompt: Prompt) -> Mark | None:
        """A mark at once; None where the marker failed, which must not cost the answer."""
        if prompt.rubric is None:
            names = {point.id for point in prompt.points}
            return star.mark(text, [part for part in STAR if part in names])
        try:
            return self._markers.offline().mark(text, prompt.rubric)
        except Exception:  # noqa: BLE001  around a grader: unmarked is better than unanswered
            return None

    def has_failed(self, event: str) -> bool:
        """Whether this answer was tried in this sitting and could not be marked."""
        return event in self._failed

    def failed(self, event: str) -> None:
        """Do not try this answer again in this sitting."""
        self._failed.add(event)

    def begin(self, given: GivenAnswer, prompt: Prompt) -> bool:
        """Let the model read an answer; False where none is asked."""
        if prompt.rubric is None or self._markers.model is None:
            return False
        self.reading = Reading(given, prompt, LiveMark(self._markers.model, given.text, prompt.rubric))
        return True

    def picked_up(self, reading: Reading) -> Mark | None:
        """The model's mark now that it is there; the offline one with the reason where it failed."""
        if reading.live.result is not None:
            return reading.live.result
        mark, why = self.mark(reading.given.text, reading.prompt), reading.live.problem
        instead = Bilingual(_NOT_MARKED.en.format(why=why), _NOT_MARKED.zh.format(why=why))
        return replace(mark, instead=instead) if mark else None

    def done(self) -> None:
        """The mark that was read is dealt with."""
        self.reading = None

    def close(self) -> None:
        """What the model still says is no longer wanted."""
        if self.reading is not None:
            self.reading.live.cancel()
