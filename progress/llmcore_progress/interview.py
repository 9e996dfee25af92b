"""What counts of the answers given in interviews: the newest mark of each, and the learner's word above it.

Only a few fields of the events are read: an answer's body holds the whole of it, with its mark.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from llmcore_progress.event import Event, Kind
from llmcore_progress.instant import moment
from llmcore_progress.log import Log

_ANSWERS = """
    SELECT id, at, subject, json_extract(body, '$.day'), json_extract(body, '$.session'),
        json_extract(body, '$.module'), json_type(body, '$.timed'), json_type(body, '$.met'),
        json_extract(body, '$.met')
    FROM event INDEXED BY event_kind
    WHERE kind = 'interview' AND learner = ? AND json_extract(body, '$.part') IS NOT 'follow_up'
    ORDER BY at, id
"""
_REGRADES = """
    SELECT json_extract(body, '$.event'), json_type(body, '$.timed'), json_type(body, '$.met'),
        json_extract(body, '$.met')
    FROM event INDEXED BY event_kind WHERE kind = 'regrade' AND learner = ? ORDER BY at, id
"""
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class InterviewAnswer:
    """The answer to a question itself; those to follow-ups prove nothing of it."""

    id: str
    question: str
    session: object
    module: object
    day: int
    """The learner's day."""
    timed: bool
    """Given against the clock, with something in it."""
    met: frozenset[str]
    """The question's points that are met."""


def answers(log: Log, learner: str) -> Iterator[InterviewAnswer]:
    """Every answer, oldest first, with what its newest mark says; a mark that says nothing leaves the one before."""
    timed: dict[object, bool] = {}
    met: dict[object, frozenset[str]] = {}
    for event, is_timed, kind, listed in log.query(_REGRADES, (learner,)):
        if is_timed in _BOOLEANS:
            timed[event] = _BOOLEANS[is_timed]
        if kind == "array":
            met[event] = _points(listed)
    overruled = _overruled(log, learner)
    for identity, at, question, day, session, module, is_timed, kind, listed in log.query(
        _ANSWERS, (learner,)
    ):
        points = met.get(identity, _points(listed) if kind == "array" else frozenset())
        words = overruled.get(identity, {})
        yield InterviewAnswer(
            id=identity,
            question=question,
            session=session,
            module=module,
            day=Event(identity, moment(at), "", learner, Kind.INTERVIEW, question, {"day": day}).day,
            timed=timed.get(identity, _BOOLEANS.get(is_timed, False)),
            met=frozenset(
                {point for point in points if words.get(point, True)}
                | {point for point, holds in words.items() if holds}
            ),
        )


def _points(listed: str) -> frozenset[str]:
    return frozenset(point for point in json.loads(listed) if isinstance(point, str))


def _overruled(log: Log, learner: str) -> dict[str, dict[str, bool]]:
    """For each answer the points whose verdict the learner replaced; the last word counts, and no mark goes above it."""
    found: dict[str, dict[str, bool]] = {}
    for event in log.events(kinds=[Kind.OVERRULE], learner=learner):
        named, point, holds = (event.body.get(key) for key in ("event", "point", "met"))
        if isinstance(named, str) and isinstance(point, str) and isinstance(holds, bool):
            found.setdefault(named, {})[point] = holds
    return found
