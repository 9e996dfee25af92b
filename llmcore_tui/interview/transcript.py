"""Interviews as they stand in the log: a pure fold over events, in whatever order they are given.

Of two answers to one question (one interview resumed twice at once) the first counts; of several marks of an answer
the newest; and the learner's own verdict goes above every mark.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from llmcore_tui.config import MarkerName
from llmcore_tui.content.bilingual import Language
from llmcore_tui.grading.mark import Mark
from llmcore_tui.interview import kept_mark
from llmcore_tui.interview.record import BEGUN, ENDED, FOLLOW_UP
from llmcore_tui.interview.setup import Mode

if TYPE_CHECKING:
    from llmcore_progress import Event, Json, Progress

KINDS = ("interview_session", "interview", "regrade", "overrule", "queue")
LONGEST_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answer, to a question or to a follow-up."""

    event: str
    session: str
    at: datetime
    question: str
    module: str
    follow_up: str
    """The point whose follow-up it answers; empty for the question itself."""
    text: str
    elapsed_ms: int
    minutes: float
    """Suggested."""
    mode: Mode
    language: Language
    used_hint: bool
    timed: bool
    mark: Mark | None
    """The newest that judged, else the newest; None while it was not marked."""
    first_mark: Mark | None
    """The one it was given with."""
    overruled: Mapping[str, bool]
    """The points whose verdict is the learner's: met, or missed."""


@dataclass(frozen=True, slots=True)
class QueuedCard:
    """A card to study because a point was missed."""

    card: str
    question: str
    point: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """One interview."""

    id: str
    begun: datetime
    day: int
    """The learner's day it began on."""
    modules: tuple[str, ...]
    questions: tuple[str, ...]
    """In the order in which they are asked."""
    mode: Mode
    marker: MarkerName
    seed: int
    language: Language
    is_story: bool
    ended: datetime | None
    answers: tuple[GivenAnswer, ...]
    """In the order in which they were given."""
    queued: tuple[QueuedCard, ...]

    def main(self, question: str) -> GivenAnswer | None:
        """The answer to a question itself."""
        return self._given(question, "")

    def follow_ups(self, question: str) -> tuple[GivenAnswer, ...]:
        """The answers to a question's follow-ups."""
        return tuple(each for each in self.answers if each.question == question and each.follow_up)

    def follow_up(self, question: str, point: str) -> GivenAnswer | None:
        """The answer to the follow-up of a point."""
        return self._given(question, point)

    def _given(self, question: str, follow_up: str) -> GivenAnswer | None:
        found = (each for each in self.answers if (each.question, each.follow_up) == (question, follow_up))
        return next(found, None)


def transcripts(events: Iterable[Event]) -> tuple[Transcript, ...]:
    """Every interview that was begun, oldest first."""
    ordered = sorted({event.id: event for event in events}.values(), key=lambda event: (event.at, event.id))
    beginnings: dict[str, Event] = {}
    endings: dict[str, datetime] = {}
    answers: dict[str, list[Event]] = defaultdict(list)
    queued: dict[str, dict[QueuedCard, None]] = defaultdict(dict)
    regrades, overruled = _regrades(ordered), _overruled(ordered)
    for event in ordered:
        session = _text(event.body, "session")
        match event.kind:
            case "interview_session" if event.body.get("state") == BEGUN:
                beginnings.setdefault(event.subject, event)
            case "interview_session" if event.body.get("state") == ENDED:
                endings.setdefault(event.subject, event.at)
            case "interview":
                answers[session].append(event)
            case "queue":
                card = QueuedCard(event.subject, _text(event.body, "question"), _text(event.body, "point"))
                queued[session].setdefault(card)
    return tuple(
        _transcript(
            beginning,
            endings.get(session),
            [_answer(event, regrades, overruled) for event in answers[session]],
            tuple(queued[session]),
        )
        for session, beginning in beginnings.items()
    )


def of_log(progress: Progress) -> tuple[Transcript, ...]:
    """Every interview of the learner."""
    return transcripts(progress.events(kinds=KINDS))


def _transcript(
    beginning: Event, ended: datetime | None, given: list[GivenAnswer], queued: tuple[QueuedCard, ...]
) -> Transcript:
    body = beginning.body
    first: dict[tuple[str, str], GivenAnswer] = {}
    for answer in given:
        first.setdefault((answer.question, answer.follow_up), answer)
    return Transcript(
        id=beginning.subject,
        begun=beginning.at,
        day=beginning.day,
        modules=_texts(body, "modules"),
        questions=tuple(dict.fromkeys(_texts(body, "questions"))),
        mode="real" if body.get("mode") == "real" else "study",
        marker="llm" if body.get("marker") == "llm" else "offline",
        seed=_whole(body, "seed"),
        language=_language(body),
        is_story=body.get("story") is True,
        ended=ended,
        answers=tuple(first.values()),
        queued=queued,
    )


def _answer(
    event: Event, regrades: Mapping[str, list[Event]], overruled: Mapping[str, Mapping[str, bool]]
) -> GivenAnswer:
    body = event.body
    marks = [kept_mark.read(each.body.get("mark")) for each in (event, *regrades.get(event.id, ()))]
    said = [
        each.body["timed"] for each in regrades.get(event.id, ()) if isinstance(each.body.get("timed"), bool)
    ]
    minutes = body.get("minutes")
    return GivenAnswer(
        event=event.id,
        session=_text(body, "session"),
        at=event.at,
        question=event.subject,
        module=_text(body, "module"),
        follow_up=_text(body, "follow_up") if body.get("part") == FOLLOW_UP else "",
        text=_text(body, "answer"),
        elapsed_ms=min(max(_whole(body, "elapsed_ms"), 0), LONGEST_MS),
        minutes=float(minutes) if isinstance(minutes, int | float) and minutes > 0 else 0.0,
        mode="real" if body.get("mode") == "real" else "study",
        language=_language(body),
        used_hint=body.get("hint") is True,
        timed=(said[-1] if said else body.get("timed")) is True,
        mark=_standing(marks),
        first_mark=marks[0],
        overruled=overruled.get(event.id, {}),
    )


def _regrades(ordered: Iterable[Event]) -> dict[str, list[Event]]:
    """The newer marks of each answer, oldest first."""
    found: dict[str, list[Event]] = defaultdict(list)
    for event in ordered:
        if event.kind == "regrade":
            found[_text(event.body, "event")].append(event)
    return found


def _standing(marks: Iterable[Mark | None]) -> Mark | None:
    """The newest mark; one that abstained does not push aside one that judged."""
    there = [mark for mark in marks if mark is not None]
    judged = [mark for mark in there if mark.coverage is not None]
    return next(reversed(judged or there), None)


def _overruled(ordered: Iterable[Event]) -> dict[str, dict[str, bool]]:
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    for event in ordered:
        is_met = event.body.get("met")
        if event.kind == "overrule" and isinstance(is_met, bool):
            found[_text(event.body, "event")][_text(event.body, "point")] = is_met
    return found


def _text(body: Mapping[str, Json], key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""


def _texts(body: Mapping[str, Json], key: str) -> tuple[str, ...]:
    value = body.get(key)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list | tuple) else ()


def _whole(body: Mapping[str, Json], key: str) -> int:
    value = body.get(key)
    return value if type(value) is int else 0


def _language(body: Mapping[str, Json]) -> Language:
    return "zh" if body.get("language") == "zh" else "en"
