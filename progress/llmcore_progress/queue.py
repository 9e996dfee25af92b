"""Which card comes next, by look-ups in indexes only: no query reads more rows than are hidden today.

Order: learning cards that are due, then cards that an interview queued and that were not seen since, then reviews (the
longest due first, mixed within a day) with new cards spread among them, and, when nothing else is left, learning cards
due within the next minutes. Hidden today: suspended and buried cards, and queued cards, reviews and new cards of a
family of which another card was reviewed on the same learner's day. The day's limits do not hold back queued cards.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from llmcore_progress.instant import microseconds, moment
from llmcore_progress.log import Log, Value
from llmcore_progress.memory import Phase
from llmcore_progress.settings import Settings

Why = Literal["learning", "review", "new", "cram"]

_SHOWN = "suspended = 0 AND position IS NOT NULL"
_NOT_BURIED = "(buried_until IS NULL OR buried_until <= :today)"
_NO_SIBLING = (
    "(family IS NULL OR NOT EXISTS (SELECT 1 FROM card other INDEXED BY card_day WHERE other.last_day = :today "
    "AND other.family = card.family AND other.number <> card.number))"
)
_DUE = f"due_day <= :today AND due_day IS NOT NULL AND {_SHOWN} AND {_NOT_BURIED} AND {_NO_SIBLING}"
_NEW = f"phase = 0 AND {_SHOWN} AND {_NOT_BURIED} AND {_NO_SIBLING}"
_FROM_LEARNING = "card INDEXED BY card_learning"
_LEARNING = f"due_at <= :until AND due_at IS NOT NULL AND {_SHOWN} AND {_NOT_BURIED}"
_QUEUED = (
    "event INDEXED BY event_kind JOIN card ON card.card = event.subject WHERE event.kind = 'queue' "
    "AND event.at > :queued_since AND event.learner = :learner AND event.at > ifnull(card.seen_at, 0) "
    f"AND {_SHOWN} AND {_NOT_BURIED} AND {_NO_SIBLING}"
)
_SKIP = "card NOT IN (SELECT value FROM json_each(:skip))"
_IN_MODULES = "module IN (SELECT value FROM json_each(:modules))"
_WIDEST = 10
"""Most reviews between two new cards."""
QUEUE_DAYS = 60
"""What an interview queued longer ago, and was not seen since, comes in its usual turn again."""


@dataclass(frozen=True, slots=True)
class Queued:
    """The card to show."""

    card: str
    why: Why
    due: datetime | None
    """When it fell due, or was queued, UTC; None for a new card."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much is left to do today."""

    due: int
    """Reviews, up to the day's limit, and all that was queued."""
    learning: int
    """Cards within their steps, later today included."""
    new: int
    """New cards, up to the day's limit."""
    seconds_estimate: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.due + self.learning + self.new


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, with the moment it is asked at."""

    now: datetime
    learner: str
    settings: Settings
    modules: frozenset[str] | None = None
    new_limit: int | None = None
    skip: frozenset[str] = frozenset()

    @property
    def today(self) -> int:
        """The learner's day."""
        return self.settings.clock.day(self.now)

    def values(self) -> dict[str, Value]:
        """The named values of the queries."""
        return {
            "today": self.today,
            "learner": self.learner,
            "queued_since": microseconds(self.now - timedelta(days=QUEUE_DAYS)),
            "modules": json.dumps(sorted(self.modules or ())),
            "skip": json.dumps(sorted(self.skip)),
        }


def next_card(log: Log, request: Request) -> Queued | None:
    """The card to show now, or None when nothing is left for the moment."""
    values = request.values()
    with log.reading():
        return (
            _learning(log, request, values, timedelta())
            or _queued(log, request, values)
            or _review_or_new(log, request, values)
            or _learning(log, request, values, request.settings.learn_ahead)
        )


def next_to_cram(log: Log, request: Request) -> Queued | None:
    """The card of these modules seen the longest ago, due or not; the unseen ones first, in their order."""
    row = log.one(
        f"SELECT card FROM card INDEXED BY card_module WHERE position IS NOT NULL AND suspended = 0{_narrowed(request)} "
        "ORDER BY seen_at, position LIMIT 1",
        request.values(),
    )
    return None if row is None else Queued(row[0], "cram", None)


def waiting(log: Log, request: Request) -> Waiting:
    """How much is left today. Reads at most as many rows as the day's limits allow, and all that was queued of late."""
    values = request.values()
    clock = request.settings.clock
    with log.reading():
        introduced, reviewed = _done_today(log, values)
        queued = log.query(
            f"SELECT DISTINCT card.number, ifnull(card.family, card.number) FROM {_QUEUED}{_narrowed(request)}",
            values,
        )
        values["queued"] = json.dumps([number for number, _ in queued])
        values["queued_families"] = json.dumps([family for _, family in queued])
        due = _families(
            log, "card_due", _DUE, request, values, max(request.settings.reviews_per_day - reviewed, 0)
        )
        new = _families(log, "card_new", _NEW, request, values, max(_new_limit(request) - introduced, 0))
        tomorrow = microseconds(clock.start(request.today + 1))
        (learning,) = log.one(
            f"SELECT count(*) FROM {_FROM_LEARNING} WHERE {_LEARNING}{_narrowed(request)} "
            "AND number NOT IN (SELECT value FROM json_each(:queued))",
            {**values, "until": tomorrow - 1},
        ) or (0,)
        seconds = _seconds_a_card(log, request.learner)
    due += len({family for _, family in queued})
    return Waiting(due, learning, new, round(seconds * (due + learning + new)))


def _queued(log: Log, request: Request, values: dict[str, Value]) -> Queued | None:
    """The card that waits the longest since an interview queued it."""
    row = log.one(
        f"SELECT card.card, card.phase, event.at FROM {_QUEUED}{_narrowed(request)} ORDER BY event.at LIMIT 1",
        values,
    )
    if row is None:
        return None
    card, phase, at = row
    if phase == Phase.NEW:
        return Queued(card, "new", None)
    return Queued(card, "review" if phase == Phase.REVIEW else "learning", moment(at))


def _learning(log: Log, request: Request, values: dict[str, Value], ahead: timedelta) -> Queued | None:
    row = log.one(
        f"SELECT card, due_at FROM {_FROM_LEARNING} WHERE {_LEARNING}{_narrowed(request)} ORDER BY due_at LIMIT 1",
        {**values, "until": microseconds(request.now + ahead)},
    )
    return None if row is None else Queued(row[0], "learning", moment(row[1]))


def _review_or_new(log: Log, request: Request, values: dict[str, Value]) -> Queued | None:
    introduced, reviewed = _done_today(log, values)
    new_left = max(_new_limit(request) - introduced, 0)
    new = _first(log, _NEW, "position", "NULL", request, values) if new_left else None
    due = None
    if reviewed < request.settings.reviews_per_day:
        due = _first(log, _DUE, "due_day, shuffle", "due_day", request, values)
    if due is not None and (new is None or not _new_is_next(log, values, introduced, reviewed, new_left)):
        return Queued(due[0], "review", request.settings.clock.start(due[1]))
    return None if new is None else Queued(new[0], "new", None)


def _new_is_next(log: Log, values: dict[str, Value], introduced: int, reviewed: int, new_left: int) -> bool:
    """New cards are spread over the reviews of the day: one after every so many, fewer as the reviews run out."""
    (due,) = log.one("SELECT ifnull(sum(cards), 0) FROM load WHERE day <= :today", values) or (0,)
    every = min(max(due // new_left, 1), _WIDEST)
    return bool(reviewed >= (introduced + 1) * every)


def _first(
    log: Log, conditions: str, order: str, what: str, request: Request, values: dict[str, Value]
) -> tuple[str, int] | None:
    """The first card in an index; with modules, the first of each of them and of these the first."""
    conditions += _skipping(request)
    if request.modules is None:
        sql = f"SELECT card, {what} FROM card WHERE {conditions} ORDER BY {order} LIMIT 1"
    else:
        sql = (
            f"SELECT card, {what} FROM card WHERE number IN (SELECT (SELECT card.number FROM card "
            f"WHERE card.module = chosen.value AND {conditions} ORDER BY {order} LIMIT 1) FROM json_each(:modules) chosen) "
            f"ORDER BY {order} LIMIT 1"
        )
    row = log.one(sql, values)
    return None if row is None else (row[0], row[1])


def _families(
    log: Log, index: str, conditions: str, request: Request, values: dict[str, Value], limit: int
) -> int:
    """How many cards, besides the queued ones, could be shown today when a family shows one."""
    index += "" if request.modules is None else "_of_module"
    (number,) = log.one(
        f"SELECT count(*) FROM (SELECT DISTINCT ifnull(family, number) FROM card INDEXED BY {index} "
        f"WHERE {conditions}{_narrowed(request)} "
        "AND ifnull(family, number) NOT IN (SELECT value FROM json_each(:queued_families)) LIMIT :limit)",
        {**values, "limit": limit},
    ) or (0,)
    return int(number)


def _done_today(log: Log, values: dict[str, Value]) -> tuple[int, int]:
    """Cards introduced today, and cards introduced earlier that were reviewed today."""
    introduced, all_of_them = log.one(
        "SELECT count(*) FILTER (WHERE first_day = :today), count(*) FROM card WHERE last_day = :today",
        values,
    ) or (0, 0)
    return introduced, all_of_them - introduced


def _seconds_a_card(log: Log, learner: str) -> float:
    """The median of the last reviews' times, at most five minutes each; a minute before there are any."""
    rows = log.query(
        "SELECT min(max(json_extract(body, '$.elapsed_ms'), 0), 300000) FROM event INDEXED BY event_kind "
        "WHERE kind = 'review' AND learner = ? ORDER BY at DESC LIMIT 101",
        (learner,),
    )
    times = sorted(row[0] for row in rows if isinstance(row[0], int))
    return times[len(times) // 2] / 1000 if times else 60.0


def _new_limit(request: Request) -> int:
    return request.settings.new_per_day if request.new_limit is None else request.new_limit


def _narrowed(request: Request) -> str:
    return (f" AND {_IN_MODULES}" if request.modules is not None else "") + _skipping(request)


def _skipping(request: Request) -> str:
    return f" AND {_SKIP}" if request.skip else ""
