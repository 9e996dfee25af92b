"""The fold of every card, kept in the table `card` in the same transaction as the events, so that nothing is folded at start.

A row is either the fold of all events of its card or named in `stale`, and then folded anew before it is used. An event
that comes last for its card is applied to the row; an undo and a merged event, which may come earlier, make it stale.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

from llmcore_progress.event import CARD_KINDS, Event, Kind
from llmcore_progress.fold import NEW, Folded, apply, fold
from llmcore_progress.instant import microseconds
from llmcore_progress.log import Log, Row, Value
from llmcore_progress.memory import Fsrs, Memory, Phase, key

_STATE = (
    "folded_at, folded_id, phase, step, due_at, due_day, stability, difficulty, reviews, lapses, first_day, last_day, "
    "last_at, last_review, seen_at, recalled, suspended, buried_until, flagged, note"
)
_NAMES = _STATE.split(", ")
_STORE = (
    f"INSERT INTO card (card, shuffle, {_STATE}) VALUES (?, ?, {', '.join('?' * len(_NAMES))}) "
    f"ON CONFLICT (card) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _NAMES)}"
)
_READ = f"SELECT {_STATE}, EXISTS (SELECT 1 FROM stale WHERE stale.card = card.card) FROM card WHERE card = ?"
_STALE = "INSERT INTO stale (card, due_too) VALUES (?, ?) ON CONFLICT (card) DO UPDATE SET due_too = max(due_too, excluded.due_too)"
_BATCH = 500
_FOLDED_KINDS = CARD_KINDS | {Kind.UNDO}


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of one card, and the newest event that is in it."""

    state: Folded
    at: int | None
    id: str | None


_UNKNOWN = Standing(NEW, None, None)


class Snapshot:
    """The folded states of one learner's cards."""

    def __init__(self, log: Log, learner: str, maximum_interval_days: int) -> None:
        self._log = log
        self._learner = learner
        self._model = Fsrs(maximum_interval_days)
        self._memory_claimed = False

    @property
    def model(self) -> Fsrs:
        """The memory model of this snapshot."""
        return self._model

    def prepare(self) -> None:
        """At start: another learner's rows go, and what an interrupted merge left is folded. Usually two look-ups."""
        self.claim()
        self.refold()

    def claim(self) -> None:
        """The rows are one learner's: where another has used the log since, they are computed anew."""
        if self._log.get_meta("learner") != self._learner and not self._log.read_only:
            self._take_over()

    def of(self, card: str) -> Folded:
        """The state of a card that is known from the log; NEW for any other."""
        return self.standing(card).state

    def standing(self, card: str) -> Standing:
        """The same, with the event it reaches up to."""
        row = self._log.one(_READ, (card,))
        if row is not None and row[6] is not None and self._claim_memory():
            row = self._log.one(_READ, (card,))
        if row is None:
            return _UNKNOWN
        if not row[-1]:
            return Standing(_folded(row), row[0], row[1])
        if self._log.read_only:
            return self._folded_anew(card)
        with self._log.writing():
            return self._refold(card)

    def advance(self, event: Event, before: Standing | None = None) -> None:
        """Take in an event that was just made on this device, within `writing`; `before` saves reading the row again."""
        from llmcore_progress import tally

        tally.arrived(self._log, event, self._learner, just_made=True)
        if event.kind not in _FOLDED_KINDS:
            return
        card, at = event.subject, microseconds(event.at)
        before = before or self.standing(card)
        in_order = before.at is None or (before.at, before.id or "") < (at, event.id)
        if event.kind == Kind.UNDO or not in_order:
            self._refold(card)
        else:
            self._store(card, Standing(apply(before.state, event, self._model), at, event.id))

    def arrived(self, event: Event) -> None:
        """Take in an event that came from elsewhere, within `writing`; `refold` must follow, and does at the next start."""
        from llmcore_progress import tally

        tally.arrived(self._log, event, self._learner, just_made=False)
        if event.kind in _FOLDED_KINDS and event.learner == self._learner:
            self._log.change(_STALE, (event.subject, 1))

    def refold(self) -> None:
        """Fold anew the cards whose rows miss events, some hundred in each transaction."""
        while cards := self._log.query("SELECT card FROM stale WHERE due_too = 1 LIMIT ?", (_BATCH,)):
            with self._log.writing():
                for (card,) in cards:
                    self._refold(card)

    def rebuild(self) -> None:
        """Compute everything anew from the events."""
        from llmcore_progress import tally

        with self._log.writing():
            self._log.change("DELETE FROM stale")
            self._log.change(
                f"UPDATE card SET {', '.join(f'{name} = ?' for name in _NAMES)}", _values(_UNKNOWN)
            )
            self._log.change("DELETE FROM card WHERE position IS NULL")
            kinds = ", ".join(f"'{kind}'" for kind in sorted(_FOLDED_KINDS))
            self._log.change(
                "INSERT INTO stale (card, due_too) SELECT DISTINCT subject, 1 FROM event "
                f"WHERE learner = ? AND kind IN ({kinds})",
                (self._learner,),
            )
            tally.rebuild(self._log, self._learner)
            self._log.set_meta("learner", self._learner)
        self.refold()

    def _take_over(self) -> None:
        if self._log.one("SELECT 1 FROM event LIMIT 1") is None:
            with self._log.writing():
                self._log.set_meta("learner", self._learner)
        else:
            self.rebuild()

    def _claim_memory(self) -> bool:
        """Before memory is used the first time: if it is of another py-fsrs or other parameters, every row with one
        becomes stale. Gives whether it was looked at, once in the life of this object.
        """
        if self._memory_claimed:
            return False
        self._memory_claimed = True
        if not self._log.read_only and self._log.get_meta("memory") != self._key:
            with self._log.writing():
                if self._log.get_meta("memory") is not None:
                    self._log.change(
                        "INSERT INTO stale (card, due_too) SELECT card, 0 FROM card WHERE stability IS NOT NULL "
                        "ON CONFLICT (card) DO NOTHING"
                    )
                self._log.set_meta("memory", self._key)
        return True

    @property
    def _key(self) -> str:
        return f"{key()} maximum {self._model.maximum_interval_days}"

    def _folded_anew(self, card: str) -> Standing:
        events = [event for event in self._log.of_subject(card, self._learner) if event.kind in _FOLDED_KINDS]
        newest = max(((microseconds(event.at), event.id) for event in events), default=(None, None))
        return Standing(fold(events, self._model), *newest)

    def _refold(self, card: str) -> Standing:
        standing = self._folded_anew(card)
        self._store(card, standing)
        return standing

    def _store(self, card: str, standing: Standing) -> None:
        self._claim_memory()
        self._log.change(_STORE, (card, shuffle(card), *_values(standing)))
        self._log.change("DELETE FROM stale WHERE card = ?", (card,))
        if (
            self._log.get_meta("memory") != self._key
        ):  # another version of llmcore has claimed it: to it, ours is stale
            self._log.change(_STALE, (card, 0))


def shuffle(card: str) -> int:
    """A number that mixes cards due on one day, the same on every computer."""
    return crc32(card.encode())


def values_of_new() -> Iterable[Value]:
    """The state columns of a card without events, in the order of `STATE_COLUMNS`."""
    return _values(_UNKNOWN)


STATE_COLUMNS = _STATE


def _values(standing: Standing) -> tuple[Value, ...]:
    state, memory = standing.state, standing.state.memory
    return (
        standing.at,
        standing.id,
        int(state.phase),
        state.step,
        state.due_at,
        state.due_day,
        None if memory is None else memory.stability,
        None if memory is None else memory.difficulty,
        state.reviews,
        state.lapses,
        state.first_day,
        state.last_day,
        state.last_at,
        state.last_review,
        state.seen_at,
        int(state.recalled),
        int(state.suspended),
        state.buried_until,
        state.flagged,
        state.note,
    )


def _folded(row: Row) -> Folded:
    _, _, phase, step, due_at, due_day, stability, difficulty, *rest = row[:-1]
    reviews, lapses, first_day, last_day, last_at, last_review, seen_at, recalled, suspended, *own = rest
    memory = None if stability is None else Memory(stability, difficulty)
    return Folded(
        Phase(phase), step, due_at, due_day, memory, reviews, lapses, first_day, last_day, last_at, last_review,
        seen_at, bool(recalled), bool(suspended), *own,
    )  # fmt: skip
