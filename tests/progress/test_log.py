"""The log only grows, in the order of its device's time, whatever the clock or another connection does."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcore_progress import Event, Json, Kind, Progress, ProgressError, Rating
from llmcore_progress.errors import DiskProblem, LogBusy, MissingLog, WrongEvent
from llmcore_progress.event import canonical
from tests.progress.given import DAY, MINUTE, NOW, SETTINGS, deck, event, opened, stock


def rows(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as plain:
        return plain.execute("SELECT * FROM event ORDER BY number").fetchall()


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE event SET body = '{}'",
        "UPDATE event SET at = 0",
        "DELETE FROM event",
        "REPLACE INTO event SELECT number, id, at, device, learner, kind, subject, '{}' FROM event",
        "INSERT OR REPLACE INTO event SELECT NULL, id, 0, device, learner, kind, subject, body FROM event",
        "UPDATE OR IGNORE event SET body = '{}'",
        "INSERT INTO event SELECT * FROM event WHERE true ON CONFLICT (id) DO UPDATE SET body = '{}'",
        "UPDATE OR REPLACE event SET id = 'other'",
    ],
)
def test_no_statement_changes_or_removes_an_event(tmp_path: Path, attack: str) -> None:
    with opened(tmp_path) as progress:
        progress.review("m0.c0", Rating.GOOD, NOW, elapsed_ms=1_000)
        before = rows(progress.path)
        with pytest.raises(sqlite3.IntegrityError, match=r"append-only|UNIQUE"), progress._log.writing():
            progress._log.change(attack)
        assert rows(progress.path) == before
        assert len(before) == 1


@pytest.mark.parametrize("attack", ["UPDATE event SET body = '{}'", "DELETE FROM event"])
def test_another_program_cannot_change_events_either(tmp_path: Path, attack: str) -> None:
    with opened(tmp_path) as progress:
        progress.review("m0.c0", Rating.GOOD, NOW, elapsed_ms=1_000)
    with (
        closing(sqlite3.connect(tmp_path / "log.sqlite")) as other,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        other.execute(attack)


def test_columns_hold_only_what_they_are_for(tmp_path: Path) -> None:
    wrong = "INSERT INTO event (id, at, device, learner, kind, subject, body) VALUES ('a', 'b', 'c', 'd', 'e', 'f', 'g')"
    with (
        opened(tmp_path) as progress,
        pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT value in INTEGER column"),
        progress._log.writing(),
    ):
        progress._log.change(wrong)


def test_every_commit_reaches_the_disk(tmp_path: Path, durable: None) -> None:
    with opened(tmp_path) as progress:
        pragma = {
            name: progress._log.one(f"PRAGMA {name}")
            for name in ("journal_mode", "synchronous", "recursive_triggers")
        }
        assert pragma == {"journal_mode": ("wal",), "synchronous": (2,), "recursive_triggers": (1,)}


clocks = st.lists(st.integers(-1_000_000_000_000, 1_000_000_000_000), min_size=2, max_size=8)


@given(clocks)
@settings(max_examples=25, deadline=None)
def test_time_never_goes_back_on_a_device_whatever_its_clock_does(offsets: list[int]) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        made: list[Event] = []
        for offset in offsets:  # a new process each time
            with opened(Path(folder)) as progress:
                made.append(progress.record(Kind.SETTING, "plan", {}, NOW + timedelta(microseconds=offset)))
        assert all(earlier.at < later.at and earlier.id < later.id for earlier, later in pairwise(made))
        assert all(
            each.at >= NOW + timedelta(microseconds=offset)
            for each, offset in zip(made, offsets, strict=True)
        )


def test_a_clock_set_back_by_a_year_leaves_the_schedule_by_the_days_that_the_learner_lived(
    tmp_path: Path,
) -> None:
    wrong = NOW + 365 * DAY
    with opened(tmp_path) as progress:
        ahead = progress.review("m0.c0", Rating.EASY, wrong, elapsed_ms=1_000)
        after = progress.review("m0.c1", Rating.EASY, NOW, elapsed_ms=1_000)
        assert after.at == ahead.at + timedelta(microseconds=1)
        assert after.body["day"] == "2026-11-22"
        assert progress.state("m0.c1").last_day == NOW.toordinal()
        assert progress.streak(NOW) == 1
        again = progress.review("m0.c0", Rating.GOOD, NOW, elapsed_ms=1_000)
        assert progress.state("m0.c0").due == datetime.fromisoformat(str(again.body["due"])).replace(
            hour=4, tzinfo=NOW.tzinfo
        )


def test_the_same_event_twice_is_one(tmp_path: Path) -> None:
    one = event(Kind.NOTE, "a", {"text": "α", "other": 1.0})
    with opened(tmp_path) as progress, progress._log.writing():
        assert [progress._log.insert(one) for _ in range(2)] == ["added", "known"]
        other = Event(one.id, one.at, one.device, one.learner, one.kind, one.subject, {"text": "β"})
        assert progress._log.insert(other) == "differs"
        assert progress._log.get(one.id) == one


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(progress: Progress) -> None:
        with progress._log.writing():
            progress._log.insert(event(Kind.NOTE, "a", {}))
            raise ZeroDivisionError

    with opened(tmp_path) as progress:
        with pytest.raises(ZeroDivisionError):
            fail(progress)
        assert list(progress.events()) == []


def test_what_was_only_being_read_cannot_be_written(tmp_path: Path) -> None:
    with (
        opened(tmp_path) as progress,
        progress._log.reading(),
        pytest.raises(RuntimeError, match="reading"),
        progress._log.writing(),
    ):
        pytest.fail("not reached")


@pytest.fixture
def filled(tmp_path: Path) -> Progress:
    progress = opened(tmp_path)
    with progress._log.writing():
        for number in range(1_203):  # more than two pages
            kind = (Kind.PREDICTION, Kind.QUIZ, Kind.DEMO)[number % 3]
            at = NOW + (number // 4) * MINUTE  # four at the same time
            progress._log.insert(event(kind, f"s{number % 5}", {"n": number}, at))
        progress._log.insert(event(Kind.QUIZ, "s0", {"n": -1}, NOW, learner="somebody else"))
    return progress


def test_events_come_in_order_of_time_and_id(filled: Progress) -> None:
    with filled:
        everything = list(filled.events())
        assert len(everything) == 1_203
        assert everything == sorted(everything, key=lambda each: (each.at, each.id))
        assert list(filled.events(newest_first=True)) == everything[::-1]
        assert [each.body["n"] for each in filled.events(newest_first=True, limit=2)] == [
            each.body["n"] for each in everything[:-3:-1]
        ]


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("subject", [None, "s3"])
@pytest.mark.parametrize("since", [None, NOW + 100 * MINUTE])
@pytest.mark.parametrize("kinds", [None, [Kind.QUIZ], [Kind.QUIZ, Kind.DEMO], ["nothing"], []])
def test_events_are_chosen_by_kind_subject_and_time(
    filled: Progress, kinds: list[str] | None, since: datetime | None, subject: str | None, newest_first: bool
) -> None:
    with filled:
        expected = [
            each
            for each in filled.events(newest_first=newest_first)
            if (kinds is None or each.kind in kinds)
            and (since is None or each.at >= since)
            and (subject is None or each.subject == subject)
        ]
        assert list(filled.events(kinds, subject, since, newest_first=newest_first)) == expected
        assert kinds in (["nothing"], []) or len(expected) > 50


def test_events_may_be_written_while_they_are_read(tmp_path: Path) -> None:
    with opened(tmp_path) as progress:
        progress.record(Kind.DEMO, "gae", {}, NOW)
        for each in progress.events():
            progress.record(Kind.SETTING, each.subject, {}, NOW)
            break
        assert len(list(progress.events())) == 2


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"x": float("nan")}, "not finite"),
        ({"x": [float("inf")]}, "not finite"),
        ({"x": 2**63}, "63 bits"),
        ({"x": "\ud800"}, "surrogate"),
        ({"\ud800": 1}, "key"),
        ({1: "x"}, "key"),
        ({"x": {1, 2}}, "holds a set"),
        ({"x": NOW}, "holds a datetime"),
        ({"x": "a" * 1_000_001}, "characters"),
    ],
)
def test_a_body_that_json_cannot_hold_is_refused(tmp_path: Path, body: dict[str, Json], why: str) -> None:
    with opened(tmp_path) as progress:
        with pytest.raises(WrongEvent, match=why):
            progress.record(Kind.DEMO, "gae", body, NOW)
        assert list(progress.events()) == []


def test_a_body_nested_too_deep_is_refused(tmp_path: Path) -> None:
    deep: Json = 1
    for _ in range(5_000):
        deep = [deep]
    with opened(tmp_path) as progress, pytest.raises(WrongEvent, match="nested deeper"):
        progress.record(Kind.DEMO, "gae", {"x": deep}, NOW)


@pytest.mark.parametrize("subject", ["", "a\x00b", "a\x1b[31m", "a" * 201, "a\nb", "\u202eabc"])
def test_a_subject_that_is_no_name_is_refused(tmp_path: Path, subject: str) -> None:
    with opened(tmp_path) as progress, pytest.raises(WrongEvent, match="subject"):
        progress.record(Kind.DEMO, subject, {}, NOW)


def test_one_value_has_one_spelling() -> None:
    assert (
        canonical({"b": 1, "a": {"z": [1.5, None, True], "ä": "x\x00"}})
        == '{"a":{"z":[1.5,null,true],"ä":"x\\u0000"},"b":1}'
    )


@pytest.mark.parametrize("kind", [Kind.REVIEW, Kind.UNDO, Kind.SUSPEND, Kind.NOTE])
def test_what_changes_a_card_goes_through_its_own_method(tmp_path: Path, kind: Kind) -> None:
    with opened(tmp_path) as progress, pytest.raises(ProgressError, match="method of its own"):
        progress.record(kind, "a", {}, NOW)


def test_a_time_without_a_zone_is_a_mistake_of_the_program(tmp_path: Path) -> None:
    with opened(tmp_path) as progress, pytest.raises(ValueError, match="no time zone"):
        progress.review("a", Rating.GOOD, NOW.replace(tzinfo=None), elapsed_ms=1)


def test_a_device_without_a_name_gets_one_for_good(tmp_path: Path) -> None:
    names = set()
    for _ in range(2):
        with Progress.open(tmp_path / "log.sqlite", now=NOW) as progress:
            names.add(progress.record(Kind.DEMO, "gae", {}, NOW).device)
    assert len(names) == 1
    assert len(names.pop()) == 12


def test_a_log_that_is_only_read_is_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    with pytest.raises(MissingLog, match="no log"):
        Progress.open(path, now=NOW, read_only=True)
    assert not path.exists()
    with opened(path) as progress:
        progress.review("m0.c0", Rating.GOOD, NOW, elapsed_ms=1_000)
    before = path.read_bytes()
    with Progress.open(path, now=NOW, read_only=True) as progress:
        assert progress.state("m0.c0").reviews == 1
        with pytest.raises(DiskProblem):
            progress.review("m0.c0", Rating.GOOD, NOW, elapsed_ms=1_000)
    assert path.read_bytes() == before


def test_a_log_kept_locked_by_another_program_is_a_clear_line(tmp_path: Path) -> None:
    with opened(tmp_path) as progress:
        progress._log.query("PRAGMA busy_timeout = 50")
        with closing(sqlite3.connect(progress.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(LogBusy, match="locked") as caught:
                progress.review("m0.c0", Rating.GOOD, NOW, elapsed_ms=1_000)
            assert caught.value.exit_code == 4
            assert progress.next_card(NOW) is None  # reading goes on
        progress.review("m0.c0", Rating.GOOD, NOW, elapsed_ms=1_000)


@pytest.mark.parametrize("wrong", [{"device": ""}, {"learner": "a\x1b[2J"}, {"device": "x" * 201}])
def test_names_of_device_and_learner_are_checked(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(ProgressError, match="name of a"):
        opened(tmp_path, **wrong)  # type: ignore[arg-type]  # one of the two
    assert not (tmp_path / "log.sqlite").exists()


def test_a_deck_is_no_reason_to_write_to_a_log_that_is_only_read(tmp_path: Path) -> None:
    with opened(tmp_path) as progress:
        stock(progress, deck(2))
    with Progress.open(tmp_path / "log.sqlite", learner="another", now=NOW, read_only=True) as progress:
        stock(progress, deck(3))
        assert progress.next_card(NOW) is not None


def test_closing_twice_is_fine(tmp_path: Path) -> None:
    progress = opened(tmp_path, settings=SETTINGS)
    progress.close()
    progress.close()
