"""The learner's progress: one object over the log, its snapshot and the queue. It decides nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self, TextIO

from llmcore_progress import queue
from llmcore_progress.errors import LogProblem, WrongEvent, WrongSetting
from llmcore_progress.event import CARD_KINDS, Event, Json, Kind, name_problem
from llmcore_progress.learner_day import day_text
from llmcore_progress.log import Log
from llmcore_progress.memory import Rating
from llmcore_progress.queue import Queued, Request, Waiting
from llmcore_progress.settings import Settings
from llmcore_progress.snapshot import Snapshot, Standing

if TYPE_CHECKING:
    from llmcore_progress.answer import Outcome
    from llmcore_progress.card_state import CardState
    from llmcore_progress.catalogue import Entry
    from llmcore_progress.checkpoint import CheckpointRule, CheckpointState
    from llmcore_progress.exchange import Merged
    from llmcore_progress.fold import Folded
    from llmcore_progress.level import LevelRule, LevelState
    from llmcore_progress.selection import ModuleCounts, Which
    from llmcore_progress.statistics import Statistics


class Progress:
    """An open log. Use it as a context manager; methods raise LogProblem when disk or file are in the way."""

    def __init__(self, log: Log, *, settings: Settings, device: str, learner: str) -> None:
        self._log = log
        self._settings = settings
        self._device = device
        self._learner = learner
        self._snapshot = Snapshot(log, learner, settings.maximum_interval_days)
        self._catalogue: tuple[str, Callable[[], Iterable[Entry]]] | None = None
        self._wrote_on: int | None = None

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        settings: Settings | None = None,
        device: str | None = None,
        learner: str = "me",
        now: datetime,
        read_only: bool = False,
    ) -> Self:
        """Open the log at a path, made when there is none and brought to this version's format (after a backup).

        Without a device's name the file's own random one is used.
        """
        settings = settings or Settings()
        for name, value in (("device", device), ("learner", learner)):
            if value is not None and (problem := name_problem(value)):
                raise WrongSetting(f"The name of a {name} {problem}: {value!r}.")
        log = Log.open_read_only(path) if read_only else Log.open(path, now)
        try:
            progress = cls(log, settings=settings, device=device or _own_device(log), learner=learner)
            if not read_only:
                progress._snapshot.prepare()
        except BaseException:
            log.close()
            raise
        return progress

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            with suppress(LogProblem):  # a backup that fails must not hide the error
                self.close()

    def close(self) -> None:
        """Close the log, after the day's backup if something was written."""
        try:
            if self._wrote_on is not None:
                self._back_up(self._wrote_on)
        finally:
            self._log.close()

    @property
    def path(self) -> Path:
        """The file of the log."""
        return self._log.path

    @property
    def settings(self) -> Settings:
        """The settings it was opened with."""
        return self._settings

    @property
    def device(self) -> str:
        """The name that new events carry."""
        return self._device

    @property
    def learner(self) -> str:
        """Whose events count."""
        return self._learner

    # What to study

    def set_catalogue(self, fingerprint: str, entries: Callable[[], Iterable[Entry]]) -> None:
        """Say which cards there are, in which order. `entries` is called only where the fingerprint is another than the last.

        The fingerprint must change whenever an entry does: with the deck's files, the plan, the decks in use.
        """
        self._catalogue = (fingerprint, entries)
        self._settle()

    def next_card(
        self,
        now: datetime,
        *,
        modules: Collection[str] | None = None,
        new_limit: int | None = None,
        cram: bool = False,
        skip: Collection[str] = (),
    ) -> Queued | None:
        """The card to show now; None when nothing is left for the moment.

        `new_limit`: how many cards may be introduced on this learner's day, in place of the setting. `skip`: cards not wanted.
        """
        self._settle()
        request = Request(now, self._learner, self._settings, _names(modules), new_limit, frozenset(skip))
        return queue.next_to_cram(self._log, request) if cram else queue.next_card(self._log, request)

    def counts(
        self, now: datetime, modules: Collection[str] | None = None, *, new_limit: int | None = None
    ) -> Waiting:
        """How much is left today."""
        self._settle()
        return queue.waiting(
            self._log, Request(now, self._learner, self._settings, _names(modules), new_limit)
        )

    def forecast(self, now: datetime, days: int) -> tuple[int, ...]:
        """Reviews that fall due on each of the coming days, today first with all that is overdue."""
        today = self._settings.clock.day(now)
        rows = self._log.query(
            "SELECT max(day, ?), sum(cards) FROM load WHERE day < ? GROUP BY 1", (today, today + days)
        )
        due: dict[int, int] = dict(rows)
        return tuple(due.get(today + ahead, 0) for ahead in range(days))

    # What was done

    def preview(self, card: str, now: datetime) -> Mapping[Rating, timedelta]:
        """How long each rating would send the card away: exactly what `review` at this moment will do."""
        self._snapshot.claim()
        outcomes = self._outcomes(card, self._snapshot.of(card), now)
        return {rating: outcome.wait for rating, outcome in outcomes.items()}

    def review(
        self,
        card: str,
        rating: Rating,
        now: datetime,
        *,
        elapsed_ms: int,
        detail: Mapping[str, Json] | None = None,
        cram: bool = False,
    ) -> Event:
        """Rate a card. When this returns, the review is on the disk. A cram leaves the schedule alone."""
        from llmcore_progress import answer

        rating = Rating(rating)
        with self._log.writing():
            self._snapshot.claim()
            body: dict[str, Json] = {"rating": int(rating), "elapsed_ms": int(elapsed_ms), "cram": True}
            before = self._snapshot.standing(card)
            if not cram:
                outcome = self._outcomes(card, before.state, now, up_to=rating)[rating]
                body = answer.body(rating, outcome, before.state, now, int(elapsed_ms), self._settings)
            if detail:
                body["detail"] = detail
            return self._append(Kind.REVIEW, card, body, now, before)

    def undo(self, now: datetime, *, event: str | None = None) -> Event | None:
        """Take back the newest review, suspension, flag … of this device, or the named one; gives what was taken back.

        Again and again goes further back. None when there is nothing (left) to take back.
        """
        from llmcore_progress import undo

        with self._log.writing():
            self._snapshot.claim()
            if event is None:
                found = undo.newest_undoable(self._log, self._device, self._learner)
            else:
                found = undo.undoable(self._log, event, self._learner)
            if found is not None:
                self._append(Kind.UNDO, found.subject, {"event": found.id}, now)
            return found

    def suspend(self, card: str, now: datetime) -> Event:
        """Show a card no more until `unsuspend`."""
        return self._write(Kind.SUSPEND, card, {}, now)

    def unsuspend(self, card: str, now: datetime) -> Event:
        """Show a suspended card again."""
        return self._write(Kind.UNSUSPEND, card, {}, now)

    def bury(self, card: str, now: datetime) -> Event:
        """Hide a card until the learner's next day."""
        return self._write(Kind.BURY, card, {"until": day_text(self._settings.clock.day(now) + 1)}, now)

    def flag(self, card: str, reason: str, now: datetime) -> Event:
        """Call a card bad (wrong, unclear, out of date); it goes on being shown."""
        return self._write(Kind.FLAG, card, {"reason": reason}, now)

    def unflag(self, card: str, now: datetime) -> Event:
        """Take the flag off."""
        return self._write(Kind.UNFLAG, card, {}, now)

    def note(self, card: str, text: str, now: datetime) -> Event:
        """Write the learner's private note on a card, in place of an earlier one; an empty text removes it."""
        return self._write(Kind.NOTE, card, {"text": text}, now)

    def reset(self, card: str, now: datetime) -> Event:
        """Forget the schedule of a card: it is new again. Its note, flag and suspension stay."""
        return self._write(Kind.RESET, card, {}, now)

    def record(self, kind: Kind, subject: str, body: Mapping[str, Json], now: datetime) -> Event:
        """Write an event that changes no card: a prediction, a quiz answer, a setting …"""
        if kind in CARD_KINDS or kind == Kind.UNDO:
            raise WrongEvent(f"An event of kind {kind} has a method of its own.")
        return self._write(kind, subject, dict(body), now)

    # What is known

    def state(self, card: str) -> CardState:
        """Where a card stands."""
        from llmcore_progress.card_state import card_state

        self._snapshot.claim()
        return card_state(card, self._snapshot.of(card), self._settings)

    def cards(self, which: Which, now: datetime) -> list[str]:
        """The cards of the deck that are in a state, in the deck's order."""
        from llmcore_progress.selection import cards_in

        self._settle()
        return cards_in(self._log, which, now, self._settings)

    def modules(self, now: datetime) -> dict[str, ModuleCounts]:
        """How far the learner is in each module of the deck."""
        from llmcore_progress.selection import module_counts

        self._settle()
        return module_counts(self._log, now, self._settings)

    def events(
        self,
        kinds: Collection[str] | None = None,
        subject: str | None = None,
        since: datetime | None = None,
        *,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> Iterator[Event]:
        """This learner's events, ordered by time; undone ones too, with the undo that names them."""
        from itertools import islice

        stream = self._log.events(
            kinds=kinds, subject=subject, learner=self._learner, since=since, newest_first=newest_first
        )
        return stream if limit is None else islice(stream, limit)

    def checkpoint(self, rule: CheckpointRule) -> CheckpointState:
        """Where the learner stands at a plan's day."""
        from llmcore_progress.checkpoint import checkpoint

        return checkpoint(self._log, self._learner, rule)

    def level(self, rule: LevelRule) -> LevelState:
        """Where the learner stands before a level's gate."""
        from llmcore_progress.level import level

        return level(self._log, self._learner, rule)

    def statistics(self, now: datetime) -> Statistics:
        """What the numbers say about memory, predictions and habits."""
        from llmcore_progress.statistics import statistics

        self._settle()
        today = self._settings.clock.day(now)
        return statistics(
            self._log, self._learner, today, self._settings.leech_lapses, self.forecast(now, 30)
        )

    def streak(self, now: datetime) -> int:
        """Days in a row with something studied, up to today, or to yesterday while today has nothing yet."""
        from llmcore_progress.statistics import streak

        return streak(self._log, self._settings.clock.day(now))

    # Files

    def export(self, target: Path | TextIO) -> int:
        """Write all events as JSON lines, of every device and learner; gives how many."""
        from llmcore_progress import exchange

        return exchange.export(self._log, target)

    def import_(self, source: Path | BinaryIO, now: datetime, *, accept_future: bool = False) -> Merged:
        """Add the events of JSON lines, or of another log's file. What is here already is not added twice.

        Events more than a day ahead of `now` are left out, unless they are accepted.
        """
        from llmcore_progress import exchange

        self._wrote_on = self._settings.clock.day(now)
        return exchange.take_in(self._log, self._snapshot, source, now, accept_future=accept_future)

    merge = import_

    def rebuild(self) -> None:
        """Compute schedule and statistics anew from the events."""
        self._snapshot.rebuild()

    def _outcomes(
        self, card: str, state: Folded, now: datetime, up_to: Rating = Rating.EASY
    ) -> dict[Rating, Outcome]:
        from llmcore_progress import answer

        model = self._snapshot.model
        return answer.outcomes(card, state, now, self._settings, model, self._load, up_to=up_to)

    def _load(self, first_day: int, last_day: int) -> dict[int, int]:
        return dict(
            self._log.query("SELECT day, cards FROM load WHERE day BETWEEN ? AND ?", (first_day, last_day))
        )

    def _write(self, kind: Kind, subject: str, body: dict[str, Json], now: datetime) -> Event:
        with self._log.writing():
            self._snapshot.claim()
            return self._append(kind, subject, body, now)

    def _append(
        self, kind: Kind, subject: str, body: dict[str, Json], now: datetime, before: Standing | None = None
    ) -> Event:
        """One event and what follows from it, within a transaction."""
        if problem := name_problem(subject):
            raise WrongEvent(f"The subject of an event {problem}: {subject!r}.")
        clock = self._settings.clock
        day = clock.day(now)
        body = {**body, "day": day_text(day), "utc_offset_minutes": clock.offset_minutes(now)}
        event = self._log.append(kind, subject, body, now, device=self._device, learner=self._learner)
        self._snapshot.advance(event, before)
        self._wrote_on = day
        return event

    def _settle(self) -> None:
        """Another process may have put in its own deck since, or another learner's rows."""
        from llmcore_progress import catalogue

        self._snapshot.claim()
        stored = self._catalogue is None or catalogue.is_current(self._log, self._catalogue[0])
        if self._catalogue is not None and not stored and not self._log.read_only:
            catalogue.replace(self._log, *self._catalogue)

    def _back_up(self, day: int) -> None:
        from llmcore_progress import backup

        backup.daily(self._log.path, day)


def _own_device(log: Log) -> str:
    """The name this file gives its own events; made once, at random, and told to nobody."""
    from os import urandom

    if (known := log.get_meta("device")) is not None:
        return known
    if log.read_only:
        return "unnamed"
    with log.writing():
        if (known := log.get_meta("device")) is None:
            known = urandom(6).hex()
            log.set_meta("device", known)
    return known


def _names(modules: Collection[str] | None) -> frozenset[str] | None:
    return None if modules is None else frozenset(modules)
