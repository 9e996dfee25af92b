"""What an interview writes into the log: the bodies of its events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llmcore_tui.config import MarkerName
from llmcore_tui.grading.mark import Mark, Verdict
from llmcore_tui.interview.kept_mark import kept
from llmcore_tui.interview.setup import Mode
from llmcore_tui.interview.speech import length

if TYPE_CHECKING:
    from llmcore_tui.content.bilingual import Language
    from llmcore_tui.interview.prompt import Prompt
    from llmcore_tui.interview.transcript import GivenAnswer

TYPING_FACTOR = 2
"""Typing is slower than speaking: an answer is timed when given within so many times the suggested minutes."""
QUESTION, FOLLOW_UP = "question", "follow_up"
BEGUN, ENDED = "begun", "ended"


@dataclass(frozen=True, slots=True)
class Drawn:
    """An interview as it begins: what was asked for, and the questions that came of it."""

    modules: tuple[str, ...]
    questions: tuple[str, ...]
    mode: Mode
    marker: MarkerName
    seed: int
    language: Language
    is_story: bool


def begun(drawn: Drawn) -> dict[str, Any]:
    """That an interview began."""
    return {
        "state": BEGUN,
        "modules": list(drawn.modules),
        "questions": list(drawn.questions),
        "mode": drawn.mode,
        "marker": drawn.marker,
        "seed": drawn.seed,
        "language": drawn.language,
        "story": drawn.is_story,
    }


def ended() -> dict[str, Any]:
    """That nothing is left to ask."""
    return {"state": ENDED}


def answer(
    session: str,
    prompt: Prompt,
    text: str,
    mark: Mark | None,
    *,
    elapsed_ms: int,
    mode: Mode,
    language: Language,
    used_hint: bool,
) -> dict[str, Any]:
    """An answer with its mark; the mark is null where it is still to come."""
    return {
        "session": session,
        "module": prompt.module,
        "part": FOLLOW_UP if prompt.follow_up else QUESTION,
        "follow_up": prompt.follow_up or None,
        "answer": text,
        "elapsed_ms": elapsed_ms,
        "minutes": prompt.minutes,
        "mode": mode,
        "hint": used_hint,
        "language": language,
        "words": length(text),
        "mark": None if mark is None else kept(mark),
        "met": met(mark, is_follow_up=bool(prompt.follow_up)),
        "timed": is_timed(
            mark, mode, elapsed_ms, prompt.minutes, is_main=prompt.rubric is not None and not prompt.follow_up
        ),
    }


def regrade(given: GivenAnswer, mark: Mark) -> dict[str, Any]:
    """A newer mark of an answer; one that abstains says nothing of points and time, so that the one before holds."""
    is_follow_up = bool(given.follow_up)
    says = mark.coverage is not None
    return {
        "event": given.event,
        "session": given.session,
        "mark": kept(mark),
        "met": met(mark, is_follow_up=is_follow_up) if says else None,
        "timed": (
            is_timed(mark, given.mode, given.elapsed_ms, given.minutes, is_main=not is_follow_up)
            if says
            else None
        ),
    }


def queued(session: str, question: str, point: str) -> dict[str, Any]:
    """That a card is to be studied because this point was missed."""
    return {"session": session, "question": question, "point": point}


def overruled(event: str, point: str, *, is_met: bool) -> dict[str, Any]:
    """That the learner's verdict stands in place of the marker's."""
    return {"event": event, "point": point, "met": is_met}


def met(mark: Mark | None, *, is_follow_up: bool) -> list[str]:
    """The question's own points that are met: an answer to a follow-up meets none of them."""
    if mark is None or mark.coverage is None or is_follow_up:
        return []
    return [point.id for point in mark.points if point.verdict is Verdict.MET]


def is_timed(mark: Mark | None, mode: Mode, elapsed_ms: int, minutes: float, *, is_main: bool) -> bool:
    """Whether it counts as an answer against the clock: in real mode, to the question itself, in time, with something in it."""
    has_content = mark is not None and mark.coverage is not None and mark.coverage > 0
    return is_main and mode == "real" and has_content and elapsed_ms <= minutes * 60_000 * TYPING_FACTOR
