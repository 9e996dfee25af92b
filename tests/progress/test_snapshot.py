"""Whatever happens, on however many devices, merged in whatever order: the snapshot equals the fold of all events."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcore_progress import Event, Kind, Progress, Rating
from llmcore_progress.fold import NEW, Folded, fold_all, in_force
from llmcore_progress.tally import TALLIED, Counts, of_event
from tests.progress.given import (
    DAY,
    MINUTE,
    NOW,
    SETTINGS,
    deck,
    event,
    generous,
    opened,
    review,
    stock,
)

CARDS = ("m0.c0", "m0.c1", "m0.c2")
DEVICES = ("laptop", "phone", "train")

steps = st.one_of(
    st.tuples(st.just("review"), st.sampled_from(CARDS), st.sampled_from(list(Rating))),
    st.tuples(st.just("cram"), st.sampled_from(CARDS), st.sampled_from(list(Rating))),
    st.tuples(st.just("undo")),
    st.tuples(
        st.sampled_from(["suspend", "unsuspend", "bury", "reset", "unflag", "flag", "note"]),
        st.sampled_from(CARDS),
    ),
    st.tuples(st.just("predict"), st.sampled_from(CARDS)),
    st.tuples(st.just("merge"), st.sampled_from(DEVICES)),
)
happenings = st.lists(
    st.tuples(st.sampled_from(DEVICES), st.sampled_from([0, 7, 600, 90_000, 1_000_000]), steps),
    min_size=1,
    max_size=25,
)


def perform(progress: Progress, what: tuple[object, ...], now: datetime, others: dict[str, Progress]) -> None:
    """One thing a learner may do."""
    match what:
        case ("review" | "cram" as kind, str(card), Rating() as rating):
            progress.review(card, rating, now, elapsed_ms=3_000, cram=kind == "cram")
        case ("undo",):
            progress.undo(now)
        case ("flag" | "note" as kind, str(card)):
            getattr(progress, str(kind))(card, "a reason", now)
        case ("predict", str(card)):
            progress.record(Kind.PREDICTION, card, {"predicted": 2.0, "value": 1.0, "elapsed_ms": 500}, now)
        case ("merge", str(other)):
            progress.merge(io.BytesIO(exported(others[other])), now + 365 * DAY)
        case (str() as mark, str(card)):
            getattr(progress, mark)(card, now)


def exported(progress: Progress) -> bytes:
    text = io.StringIO()
    progress.export(text)
    return text.getvalue().encode()


def snapshot(progress: Progress) -> dict[str, Folded]:
    """The states as the table has them, cards without events left out."""
    cards = [card for (card,) in progress._log.query("SELECT card FROM card WHERE folded_at IS NOT NULL")]
    return {card: progress._snapshot.of(card) for card in cards}


def assert_computed_from_events(progress: Progress) -> None:
    """Snapshot, tallies and the load of the days are what the events say."""
    events = list(progress._log.events())
    about_cards = [each for each in events if each.kind not in (Kind.PREDICTION, Kind.DEMO)]
    expected = fold_all(about_cards, progress.learner, progress._snapshot.model)
    assert snapshot(progress) == expected
    assert tallies(progress) == tallied(events, progress.learner)
    due = Counter(
        state.due_day
        for card, state in expected.items()
        if state.due_day and not state.suspended and card in CARDS
    )
    assert dict(progress._log.query("SELECT day, cards FROM load WHERE cards <> 0")) == due
    assert progress._log.query("SELECT * FROM stale") == []


def tallies(progress: Progress) -> dict[tuple[int, str], Counts]:
    rows = progress._log.query("SELECT * FROM tally WHERE events <> 0")
    return {(row[0], row[1]): Counts(*row[2:]) for row in rows}


def tallied(events: list[Event], learner: str) -> dict[tuple[int, str], Counts]:
    """The tallies by a plain count over all events that stand."""
    found: dict[tuple[int, str], Counts] = {}
    for subject in {each.subject for each in events}:
        about = [each for each in events if each.subject == subject and each.learner == learner]
        for each in in_force(about):
            if each.kind in TALLIED:
                key = (each.day, each.kind)
                found[key] = plus(found.get(key, Counts()), of_event(each))
    return found


def plus(first: Counts, second: Counts) -> Counts:
    return Counts(
        **{field.name: getattr(first, field.name) + getattr(second, field.name) for field in fields(Counts)}
    )


@given(happenings)
@settings(max_examples=60, deadline=None)
def test_the_snapshot_is_the_fold_of_all_events_on_every_device(
    happened: list[tuple[str, int, tuple[object, ...]]],
) -> None:
    with TemporaryDirectory() as folder:
        logs = {name: opened(Path(folder) / name, device=name, settings=generous()) for name in DEVICES}
        try:
            for progress in logs.values():
                stock(progress, deck(len(CARDS)))
            now = NOW
            for device, seconds, what in happened:
                now += timedelta(seconds=seconds)
                perform(logs[device], what, now, logs)
            for progress in logs.values():
                assert_computed_from_events(progress)
            forth, back = list(logs.values()), list(logs.values())[::-1]
            for progress in logs.values():  # every device learns of the others, in orders of its own
                for other in forth if progress is forth[0] else back:
                    progress.merge(io.BytesIO(exported(other)), now + 365 * DAY)
            one, two, three = (
                (exported(progress), snapshot(progress), tallies(progress)) for progress in forth
            )
            assert one == two == three
            assert_computed_from_events(forth[0])
            forth[0].rebuild()
            assert snapshot(forth[0]) == one[1]
            assert_computed_from_events(forth[0])
        finally:
            for progress in logs.values():
                progress.close()


def test_a_merged_event_of_the_past_folds_only_its_own_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path, settings=generous()) as progress:
        for card in CARDS:
            progress.review(card, Rating.EASY, NOW, elapsed_ms=1_000)
        folded: list[str] = []
        of_subject = progress._log.of_subject

        def noting(subject: str, learner: str) -> list[Event]:
            folded.append(subject)
            return of_subject(subject, learner)

        monkeypatch.setattr(progress._log, "of_subject", noting)
        with opened(tmp_path / "phone", device="phone") as phone:
            phone.review(CARDS[1], Rating.AGAIN, NOW - DAY, elapsed_ms=1_000)
            progress.merge(io.BytesIO(exported(phone)), NOW)
        assert folded == [CARDS[1]]
        progress.undo(NOW + MINUTE)
        assert folded == [CARDS[1], CARDS[2]]
        progress.review(CARDS[0], Rating.GOOD, NOW + 2 * MINUTE, elapsed_ms=1_000)
        assert folded == [CARDS[1], CARDS[2]]
        assert_computed_from_events_without_deck(progress)


def assert_computed_from_events_without_deck(progress: Progress) -> None:
    assert snapshot(progress) == fold_all(list(progress._log.events()), "me", progress._snapshot.model)


def test_an_interrupted_merge_is_folded_at_the_next_start(tmp_path: Path) -> None:
    late = review("m0.c0", 4, NOW - DAY, days=9)
    with opened(tmp_path) as progress, progress._log.writing():
        progress._log.insert(late)
        progress._snapshot.arrived(late)  # and here the power goes
    with opened(tmp_path) as progress:
        assert progress._log.query("SELECT * FROM stale") == []
        assert progress.state("m0.c0").reviews == 1


def test_memory_of_another_version_of_fsrs_is_computed_anew_card_by_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as progress:
        for card in CARDS:
            progress.review(card, Rating.EASY, NOW, elapsed_ms=1_000)
            assert progress.state(card).stability_days == pytest.approx(8.2956)
        with progress._log.writing():
            progress._log.change("UPDATE card SET stability = 1.0")  # as an older FSRS might have left it
    monkeypatch.setattr("llmcore_progress.snapshot.key", lambda: "fsrs-7")
    with opened(tmp_path) as progress:
        assert progress.next_card(NOW) is None
        assert progress._log.query("SELECT count(*) FROM stale") == [(0,)]  # a start computes nothing
        assert progress.state(CARDS[0]).stability_days == pytest.approx(8.2956)
        assert progress._log.query("SELECT count(*) FROM stale") == [(2,)]
        progress.review(CARDS[1], Rating.GOOD, NOW + 8 * DAY, elapsed_ms=1_000)
        assert progress.state(CARDS[2]).stability_days == pytest.approx(8.2956)
        assert_computed_from_events_without_deck(progress)


def test_a_merged_event_is_folded_at_once_even_where_only_memory_was_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as progress:
        stock(progress, deck(len(CARDS)))
        for card in CARDS:
            progress.review(card, Rating.EASY, NOW, elapsed_ms=1_000)
    monkeypatch.setattr("llmcore_progress.snapshot.key", lambda: "fsrs-7")
    with opened(tmp_path) as progress:
        progress.state(CARDS[0])
        with opened(tmp_path / "phone", device="phone") as phone:
            phone.review(CARDS[1], Rating.AGAIN, NOW + MINUTE, elapsed_ms=1_000)
            progress.merge(io.BytesIO(exported(phone)), NOW + MINUTE)
        assert progress._log.query("SELECT card, due_too FROM stale") == [(CARDS[2], 0)]
        assert progress.next_card(NOW + 2 * MINUTE) is not None


def test_two_versions_of_fsrs_at_once_take_no_memory_from_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as old:
        old.review("m0.c0", Rating.EASY, NOW, elapsed_ms=1_000)
        with monkeypatch.context() as patch, opened(tmp_path, device="phone") as new:
            patch.setattr(
                type(new._snapshot), "_key", property(lambda self: f"fsrs-{6 + (self is new._snapshot)}")
            )
            assert new.state("m0.c0").reviews == 1
            old.review("m0.c0", Rating.GOOD, NOW + 8 * DAY, elapsed_ms=1_000)
            assert new._log.query("SELECT card, due_too FROM stale") == [("m0.c0", 0)]
            assert new.state("m0.c0").reviews == 2
            assert new._log.query("SELECT card FROM stale") == []


def test_a_change_of_the_longest_interval_is_a_change_of_parameters(tmp_path: Path) -> None:
    from dataclasses import replace

    with opened(tmp_path) as progress:
        progress.review("m0.c0", Rating.EASY, NOW, elapsed_ms=1_000)
    with opened(tmp_path, settings=replace(SETTINGS, maximum_interval_days=5)) as progress:
        assert progress.preview("m0.c0", NOW + 8 * DAY)[Rating.EASY] == 5 * DAY


def test_another_learner_of_the_same_log_has_a_schedule_of_their_own(tmp_path: Path) -> None:
    with opened(tmp_path, learner="ana") as ana:
        ana.review("m0.c0", Rating.EASY, NOW, elapsed_ms=1_000)
    with opened(tmp_path, learner="bo") as bo:
        assert snapshot(bo) == {}
        assert bo.statistics(NOW).reviews == 0
        bo.review("m0.c1", Rating.GOOD, NOW, elapsed_ms=1_000)
    with opened(tmp_path, learner="ana") as ana:
        assert list(snapshot(ana)) == ["m0.c0"]
        assert ana.statistics(NOW).reviews == 1
        assert [each.learner for each in ana._log.events()] == ["ana", "bo"]


def test_two_learners_at_once_see_each_their_own(tmp_path: Path) -> None:
    with opened(tmp_path, learner="ana") as ana, opened(tmp_path, learner="bo", device="phone") as bo:
        before = None
        for nth in range(2):
            made = ana.review("m0.c0", Rating.EASY, NOW + nth * 9 * DAY, elapsed_ms=1_000)
            bo.review("m0.c0", Rating.AGAIN, NOW + nth * 9 * DAY, elapsed_ms=1_000)
            assert made.body["after"] == before
            before = made.id
            assert ana.state("m0.c0").lapses == bo.state("m0.c0").lapses == 0
            assert ana.state("m0.c0").phase != bo.state("m0.c0").phase
        assert ana.statistics(NOW).ratings == (0, 0, 0, 2)
        assert bo.statistics(NOW).ratings == (2, 0, 0, 0)


def test_events_that_change_no_card_make_no_row(tmp_path: Path) -> None:
    with opened(tmp_path) as progress:
        progress.record(Kind.DEMO, "gae", {"set": {"lam": 0.95}}, NOW)
        assert snapshot(progress) == {}
        assert progress.state("gae").phase == NEW.phase
        stray = event(Kind.UNDO, "gae", {"event": "no such"}, NOW)
        with progress._log.writing():
            progress._log.insert(stray)
            progress._snapshot.arrived(stray)
        progress._snapshot.refold()
        assert snapshot(progress) == {"gae": NEW}
