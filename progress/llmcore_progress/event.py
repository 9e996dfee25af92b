"""One row of the log: what happened, when, on which device. Never changed once written."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias

from llmcore_progress.errors import WrongEvent
from llmcore_progress.learner_day import read_day

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None

DEEPEST = 32
"""Levels of nesting a body may have."""
LONGEST_BODY = 1_000_000
"""Characters of a body's JSON; a long interview transcript has some 50,000."""
LONGEST_NAME = 200


class Kind(StrEnum):
    """The kinds of event this version writes. A log may hold others, of a newer version: they are kept."""

    REVIEW = "review"
    UNDO = "undo"
    SUSPEND = "suspend"
    UNSUSPEND = "unsuspend"
    BURY = "bury"
    RESET = "reset"
    FLAG = "flag"
    UNFLAG = "unflag"
    NOTE = "note"
    ANSWER = "answer"
    PREDICTION = "prediction"
    QUIZ = "quiz"
    QUIZ_ROUND = "quiz_round"
    INTERVIEW = "interview"
    INTERVIEW_SESSION = "interview_session"
    REGRADE = "regrade"
    QUEUE = "queue"
    OVERRULE = "overrule"
    CHECKPOINT = "checkpoint"
    DEMO = "demo"
    SETTING = "setting"


CARD_KINDS = frozenset(
    {Kind.REVIEW, Kind.SUSPEND, Kind.UNSUSPEND, Kind.BURY, Kind.RESET, Kind.FLAG, Kind.UNFLAG, Kind.NOTE}
)
"""What changes the state of the card that the event's subject names, and can be undone."""


@dataclass(frozen=True, slots=True)
class Event:
    """What the learner did once."""

    id: str
    """UUIDv7."""
    at: datetime
    """UTC, microseconds; orders the log together with `id`, and never goes back on one device."""
    device: str
    learner: str
    kind: str
    """A `Kind`, or a newer version's word."""
    subject: str
    """The id of the card, demo, quiz item, question … that it is about."""
    body: Mapping[str, Json]

    @property
    def day(self) -> int:
        """The learner's day it happened on, as recorded then; the day in UTC for a stranger's event without one."""
        recorded = read_day(self.body.get("day"))
        return self.at.astimezone(UTC).toordinal() if recorded is None else recorded


def canonical(body: Mapping[str, Json]) -> str:
    """The body as JSON with one spelling for one value; raises WrongEvent for what JSON or the log cannot hold."""
    if problem := body_problem(body):
        raise WrongEvent(f"An event's body {problem}.")
    text = spelt(body)
    if len(text) > LONGEST_BODY:
        raise WrongEvent(f"An event's body has {len(text)} characters; {LONGEST_BODY} is the most.")
    return text


def spelt(body: Mapping[str, Json]) -> str:
    """The canonical JSON of a body that is known to be sound."""
    return json.dumps(body, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def body_problem(body: object) -> str:
    """Why a value cannot be a body, as the end of a sentence; empty when it can."""
    left: list[tuple[object, int]] = [(body, 0)]
    while left:
        value, depth = left.pop()
        if isinstance(value, Mapping):
            if not all(isinstance(key, str) and _encodes(key) for key in value):
                return "has a key that is no text"
            inner: Iterable[object] = value.values()
        elif isinstance(value, (list, tuple)):
            inner = value
        else:
            return f"holds a {type(value).__name__}"
        if depth > DEEPEST:
            return f"is nested deeper than {DEEPEST} levels"
        for item in inner:
            if isinstance(item, (Mapping, list, tuple)):
                left.append((item, depth + 1))
            elif problem := _scalar_problem(item):
                return problem
    return ""


def _scalar_problem(value: object) -> str:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return "" if abs(value) < 1 << 63 else "holds a whole number of more than 63 bits"
    if isinstance(value, float):
        return "" if math.isfinite(value) else "holds a number that is not finite"
    if isinstance(value, str):
        return "" if _encodes(value) else "holds half a character (a lone surrogate)"
    return f"holds a {type(value).__name__}"


def name_problem(value: object) -> str:
    """Why a value cannot be an id, device, learner, kind or subject; empty when it can."""
    if not isinstance(value, str):
        return "is not a text"
    if not value or len(value) > LONGEST_NAME:
        return f"must have 1 to {LONGEST_NAME} characters"
    if not value.isprintable():
        return "holds a control character"
    return ""


def _encodes(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
