"""What a plan's day asks for before it counts as done, computed from events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from llmcore_progress.event import Event, Json, Kind
from llmcore_progress.interview import answers
from llmcore_progress.log import Log

FEWEST_ITEMS = 5
"""A quiz round with fewer items proves nothing."""


@dataclass(frozen=True, slots=True)
class CheckpointRule:
    """What one day asks for; 0 asks for nothing."""

    day: int
    modules: tuple[str, ...]
    cards: tuple[str, ...] = ()
    """The day's cards, where a module is spread over days; empty: all cards of the modules."""
    quiz: float = 0.0
    """Share of a quiz round that must be right."""
    predictions: int = 0
    """Different predictions within tolerance."""
    cards_needed: int = 0
    """Different cards rated good or easy."""
    timed: int = 0
    """Timed answers in an interview."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is asked for."""

    name: str
    """quiz, predictions, cards, timed; of a level: points, predictions, timed."""
    have: float
    need: float
    met: bool
    needs_interview: bool = False
    """Only an interview can meet it."""


@dataclass(frozen=True, slots=True)
class CheckpointState:
    """Where the learner stands at one checkpoint."""

    day: int
    met: bool
    parts: tuple[Part, ...]


def checkpoint(log: Log, learner: str, rule: CheckpointRule) -> CheckpointState:
    """Each part with what there is and what is needed; met when every part is."""
    parts: list[Part] = []
    if rule.quiz:
        best = best_round(log, learner, frozenset(rule.modules))
        parts.append(Part("quiz", best, rule.quiz, best >= rule.quiz))
    if rule.predictions:
        parts.append(_counted("predictions", len(_held(log, learner, rule)), rule.predictions))
    if rule.cards_needed:
        parts.append(_counted("cards", _recalled(log, rule), rule.cards_needed))
    if rule.timed:
        answers = timed_answers(log, learner, frozenset(rule.modules))
        parts.append(_counted("timed", answers, rule.timed, needs_interview=True))
    return CheckpointState(rule.day, all(part.met for part in parts), tuple(parts))


def best_round(log: Log, learner: str, modules: frozenset[str]) -> float:
    """The best share right of a finished round of five or more items, all of these modules; 0 without one."""
    rounds = log.events(kinds=[Kind.QUIZ_ROUND], learner=learner)
    return max((_share_right(event, modules) for event in rounds), default=0.0)


def timed_answers(log: Log, learner: str, modules: frozenset[str]) -> int:
    """Answers given against the clock to questions of these modules."""
    return sum(answer.timed and answer.module in modules for answer in answers(log, learner))


def drawn(event: Event) -> str:
    """What a prediction or a run was about: the demo, the number and its flags, as one text to compare by."""
    body: Mapping[str, Json] = event.body
    return json.dumps([body.get("demo") or event.subject, body.get("set")], sort_keys=True)


def module_of(log: Log, event: Event) -> str | None:
    """The module of a prediction: the one it names, or its card's."""
    named = event.body.get("module")
    if isinstance(named, str):
        return named
    card = event.body.get("card")
    row = log.one(
        "SELECT module FROM card WHERE card = ?", (card if isinstance(card, str) else event.subject,)
    )
    return None if row is None else row[0]


def _share_right(event: Event, modules: frozenset[str]) -> float:
    asked, right, of = (event.body.get(key) for key in ("asked", "right", "modules"))
    if not isinstance(asked, int) or not isinstance(right, int) or not isinstance(of, (list, tuple)):
        return 0.0
    names = {name for name in of if isinstance(name, str)}
    counts = asked >= FEWEST_ITEMS and 0 <= right <= asked and event.body.get("finished") is True
    return right / asked if counts and names and names <= modules else 0.0


def _held(log: Log, learner: str, rule: CheckpointRule) -> set[tuple[str, Json]]:
    """The different numbers that were predicted within tolerance."""
    held: set[tuple[str, Json]] = set()
    for event in log.events(kinds=[Kind.PREDICTION], learner=learner):
        if event.body.get("holds") is not True or module_of(log, event) not in rule.modules:
            continue
        if not rule.cards or event.body.get("card", event.subject) in rule.cards:
            held.add((drawn(event), str(event.body.get("key"))))
    return held


def _recalled(log: Log, rule: CheckpointRule) -> int:
    column, names = ("card", rule.cards) if rule.cards else ("module", rule.modules)
    row = log.one(
        f"SELECT count(*) FROM card WHERE {column} IN (SELECT value FROM json_each(?)) AND recalled = 1",
        (json.dumps(names),),
    )
    return row[0] if row else 0


def _counted(name: str, have: int, need: int, *, needs_interview: bool = False) -> Part:
    return Part(name, have, need, have >= need, needs_interview)
