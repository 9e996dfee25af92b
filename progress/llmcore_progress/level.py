"""Gates over modules: what an interviewer would take as proof, computed from events."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from llmcore_progress.checkpoint import Part, drawn, module_of, timed_answers
from llmcore_progress.event import Kind
from llmcore_progress.interview import answers
from llmcore_progress.log import Log

SESSIONS = 2
"""A point must have been met in so many sessions, on different days."""


@dataclass(frozen=True, slots=True)
class LevelRule:
    """What one level asks for."""

    id: str
    modules: tuple[str, ...]
    modules_with_demo: tuple[str, ...]
    must_points: tuple[tuple[str, str], ...]
    """(question id, point id) of every point that must be met."""
    timed: int = 1


@dataclass(frozen=True, slots=True)
class LevelState:
    """Where the learner stands before one gate."""

    id: str
    met: bool
    parts: tuple[Part, ...]
    predictions_missing: tuple[str, ...]
    """Modules without a prediction within tolerance on a draw not seen before."""
    points_missing: tuple[tuple[str, str], ...]


def level(log: Log, learner: str, rule: LevelRule) -> LevelState:
    """Passed when every must point was met in two sessions on different days, each module with a demo has one fresh
    prediction within tolerance, and a timed answer was given."""
    met_points = _met_in_two_sessions(log, learner)
    predicted = _freshly_predicted(log, learner)
    points_missing = tuple(point for point in rule.must_points if point not in met_points)
    predictions_missing = tuple(module for module in rule.modules_with_demo if module not in predicted)
    parts = (
        _part("points", len(rule.must_points), len(points_missing), needs_interview=True),
        _part("predictions", len(rule.modules_with_demo), len(predictions_missing)),
        _timed(timed_answers(log, learner, frozenset(rule.modules)), rule.timed),
    )
    return LevelState(rule.id, all(part.met for part in parts), parts, predictions_missing, points_missing)


def _part(name: str, need: int, missing: int, *, needs_interview: bool = False) -> Part:
    return Part(name, need - missing, need, missing == 0, needs_interview)


def _timed(have: int, need: int) -> Part:
    return Part("timed", have, need, have >= need, needs_interview=True)


def _freshly_predicted(log: Log, learner: str) -> set[str]:
    """Modules with a prediction that held although neither a run nor an earlier prediction had shown the number."""
    seen: set[str] = set()
    modules: set[str] = set()
    for event in log.events(kinds=[Kind.PREDICTION, Kind.DEMO], learner=learner):
        draw = drawn(event)
        fresh = event.kind == Kind.PREDICTION and event.body.get("holds") is True and draw not in seen
        if fresh and (module := module_of(log, event)) is not None:
            modules.add(module)
        seen.add(draw)
    return modules


def _met_in_two_sessions(log: Log, learner: str) -> set[tuple[str, str]]:
    """(question, point) met in two sessions on different learner's days, the learner's overrulings counted."""
    sessions: dict[tuple[str, str], set[tuple[object, int]]] = defaultdict(set)
    for answer in answers(log, learner):
        for point in answer.met:
            sessions[answer.question, point].add((answer.session, answer.day))
    return {
        point
        for point, met in sessions.items()
        if min(len({session for session, _ in met}), len({day for _, day in met})) >= SESSIONS
    }
