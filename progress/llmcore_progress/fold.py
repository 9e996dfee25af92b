"""The state of one card as a pure fold over its events, ordered by (at, id).

What a review decided (phase, step, due) is recorded in its event, since it depended on other cards (load balancing) and on
settings; memory is computed from ratings and days. A review made without knowing of another one (two devices, merged
later; or an undo in between) is recognised by `after`, the review it believed to follow: its days are then
computed from the memory of all reviews, without fuzz, so that a lapse on one device is not hidden by a long interval
of the other. A step within the day stays as recorded, and so does the due of an event that does not say what it followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from llmcore_progress.event import Event, Kind
from llmcore_progress.instant import microseconds, read
from llmcore_progress.learner_day import LAST_DAY, read_day
from llmcore_progress.memory import Memory, MemoryModel, Phase

_STEP_US = 600_000_000
"""Ten minutes, for a step whose event does not say when it is due."""
_PHASES = {"learning": Phase.LEARNING, "review": Phase.REVIEW, "relearning": Phase.RELEARNING}


@dataclass(frozen=True, slots=True)
class Folded:
    """What the events of one card come to."""

    phase: Phase = Phase.NEW
    step: int = 0
    due_at: int | None = None
    """Learning and relearning: microseconds since 1970."""
    due_day: int | None = None
    """Review: the learner's day."""
    memory: Memory | None = None
    reviews: int = 0
    lapses: int = 0
    """How often it was forgotten in the review phase."""
    first_day: int | None = None
    last_day: int | None = None
    last_at: int | None = None
    last_review: str | None = None
    """The id of the last review's event."""
    seen_at: int | None = None
    recalled: bool = False
    """Rated good or easy at least once."""
    suspended: bool = False
    buried_until: int | None = None
    flagged: str | None = None
    note: str = ""


NEW = Folded()


def fold(events: Iterable[Event], model: MemoryModel) -> Folded:
    """The state after all events of one card and one learner, in any order given."""
    return reduce(lambda state, event: apply(state, event, model), in_force(events), NEW)


def in_force(events: Iterable[Event]) -> list[Event]:
    """The events that no undo names, in order. An undo counts wherever it stands, even before what it names."""
    ordered = sorted(events, key=lambda event: (event.at, event.id))
    undone = {undone_by(event) for event in ordered if event.kind == Kind.UNDO}
    return [event for event in ordered if event.kind != Kind.UNDO and event.id not in undone]


def apply(state: Folded, event: Event, model: MemoryModel) -> Folded:
    """The state after one more event. Total: what it does not understand changes nothing."""
    body = event.body
    match event.kind:
        case Kind.REVIEW:
            return _reviewed(state, event, model)
        case Kind.SUSPEND:
            return replace(state, suspended=True)
        case Kind.UNSUSPEND:
            return replace(state, suspended=False)
        case Kind.BURY:
            until = read_day(body.get("until"))
            return replace(state, buried_until=min(event.day + 1, LAST_DAY) if until is None else until)
        case Kind.RESET:
            return Folded(
                suspended=state.suspended, flagged=state.flagged, note=state.note, seen_at=state.seen_at
            )
        case Kind.FLAG:
            return replace(state, flagged=_text(body.get("reason")))
        case Kind.UNFLAG:
            return replace(state, flagged=None)
        case Kind.NOTE:
            return replace(state, note=_text(body.get("text")))
        case _:
            return state


def undone_by(event: Event) -> str | None:
    """The id that an undo names."""
    named = event.body.get("event")
    return named if isinstance(named, str) else None


def rating_of(event: Event) -> int | None:
    """1 to 4, or None for a review that is none."""
    rating = event.body.get("rating")
    return rating if type(rating) is int and 1 <= rating <= 4 else None


def is_cram(event: Event) -> bool:
    """Whether a review leaves the schedule alone."""
    return event.body.get("cram") is True


def _reviewed(state: Folded, event: Event, model: MemoryModel) -> Folded:
    rating = rating_of(event)
    at = microseconds(event.at)
    if rating is None:
        return state
    if is_cram(event):
        return replace(state, seen_at=at)
    day = event.day
    elapsed = 0 if state.last_day is None else max(day - state.last_day, 0)
    memory, exact_days = model.after(state.memory, elapsed, rating, _retention(event))
    phase = _PHASES.get(_text(event.body.get("phase")), Phase.REVIEW)
    due = _due(state, event, phase, day, exact_days)
    return Folded(
        phase=phase,
        step=_count(event.body.get("step")),
        due_at=None if phase == Phase.REVIEW else due,
        due_day=due if phase == Phase.REVIEW else None,
        memory=memory,
        reviews=state.reviews + 1,
        lapses=state.lapses + (rating == 1 and state.phase == Phase.REVIEW),
        first_day=day if state.first_day is None else state.first_day,
        last_day=day,
        last_at=at,
        last_review=event.id,
        seen_at=at,
        recalled=state.recalled or rating >= 3,
        suspended=state.suspended,
        buried_until=state.buried_until,
        flagged=state.flagged,
        note=state.note,
    )


def _due(state: Folded, event: Event, phase: Phase, day: int, exact_days: int) -> int:
    """A day for the review phase, microseconds for a step."""
    recorded = event.body.get("due")
    if phase != Phase.REVIEW:
        at = read(recorded)
        return microseconds(event.at) + _STEP_US if at is None else at
    knew_all = event.body.get("after", state.last_review) == state.last_review
    due_day = read_day(recorded) if knew_all else None
    return min(day + exact_days, LAST_DAY) if due_day is None else max(due_day, day)


def _retention(event: Event) -> float:
    value = event.body.get("retention")
    return float(value) if isinstance(value, (int, float)) and 0.7 <= value <= 0.99 else 0.9


def _count(value: object) -> int:
    return value if type(value) is int and 0 <= value <= 100 else 0


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def fold_all(events: Sequence[Event], learner: str, model: MemoryModel) -> dict[str, Folded]:
    """The states of all cards of a learner, by folding the whole log: the definition that the snapshot is held against."""
    by_card: dict[str, list[Event]] = {}
    for event in events:
        if event.learner == learner:
            by_card.setdefault(event.subject, []).append(event)
    return {card: fold(about, model) for card, about in by_card.items()}
