"""The state of a card is a pure fold over its events."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_progress import Event, Json, Kind, Phase
from llmcore_progress.fold import NEW, apply, fold
from llmcore_progress.instant import microseconds
from llmcore_progress.memory import Fsrs
from tests.progress.given import DAY, MINUTE, NOW, event, review

MODEL = Fsrs(36_500)
TODAY = NOW.toordinal()


def test_a_card_without_events_is_new() -> None:
    assert fold([], MODEL) == NEW
    assert NEW.phase == Phase.NEW


def test_a_review_keeps_the_due_that_was_recorded() -> None:
    state = fold([review("a", 4, NOW, days=9)], MODEL)
    assert (state.phase, state.due_day, state.due_at) == (Phase.REVIEW, TODAY + 9, None)
    assert (state.first_day, state.last_day, state.reviews, state.lapses) == (TODAY, TODAY, 1, 0)


def test_a_step_keeps_its_minute() -> None:
    state = fold([review("a", 3, NOW)], MODEL)
    assert (state.phase, state.due_day) == (Phase.LEARNING, None)
    assert state.due_at == microseconds(NOW + 10 * MINUTE)


def test_forgetting_in_the_review_phase_is_a_lapse() -> None:
    first = review("a", 4, NOW, days=9)
    again = event(Kind.REVIEW, "a", {"rating": 1, "phase": "relearning", "after": first.id}, NOW + 9 * DAY)
    once_more = event(
        Kind.REVIEW, "a", {"rating": 1, "phase": "relearning", "after": again.id}, NOW + 9 * DAY + MINUTE
    )
    state = fold([first, again, once_more], MODEL)
    assert (state.phase, state.lapses, state.reviews) == (Phase.RELEARNING, 1, 3)


def test_an_undone_review_never_was() -> None:
    first = review("a", 4, NOW, days=9)
    second = review("a", 1, NOW + 9 * DAY, days=1, after=first.id)
    undo = event(Kind.UNDO, "a", {"event": second.id}, NOW + 9 * DAY + MINUTE)
    assert fold([first, second, undo], MODEL) == fold([first], MODEL)


def test_an_undo_counts_once_however_often_it_came() -> None:
    first = review("a", 4, NOW, days=9)
    undos = [event(Kind.UNDO, "a", {"event": first.id}, NOW + minutes * MINUTE) for minutes in (1, 2)]
    assert fold([first, *undos], MODEL) == NEW


def test_an_undo_that_arrives_with_an_earlier_time_still_counts() -> None:
    first = review("a", 4, NOW, days=9)
    assert fold([event(Kind.UNDO, "a", {"event": first.id}, NOW - DAY), first], MODEL) == NEW


def test_two_devices_that_reviewed_apart_are_due_by_the_memory_of_both() -> None:
    start = review("a", 4, NOW - 100 * DAY, days=100)
    lapse = review("a", 1, NOW, days=1, after=start.id)
    unaware = review("a", 3, NOW + DAY, days=200, after=start.id)
    merged = fold([start, lapse, unaware], MODEL)
    assert merged.memory is not None
    memory, exact = MODEL.after(fold([start, lapse], MODEL).memory, 1, 3, 0.9)
    assert merged.memory == memory
    assert merged.due_day == TODAY + 1 + exact
    assert exact < 20  # not the 200 days that the device without the lapse had given


def test_a_review_that_knew_of_the_other_keeps_its_due() -> None:
    start = review("a", 4, NOW - 100 * DAY, days=100)
    lapse = review("a", 1, NOW, days=1, after=start.id)
    aware = review("a", 3, NOW + DAY, days=6, after=lapse.id)
    assert fold([start, lapse, aware], MODEL).due_day == TODAY + 7


def test_a_review_that_does_not_say_what_it_followed_keeps_its_due() -> None:
    first = review("a", 4, NOW, days=9)
    other = event(Kind.REVIEW, "a", {"rating": 3, "phase": "review", "due": "2027-01-01"}, NOW + DAY)
    assert fold([first, other], MODEL).due_day == date(2027, 1, 1).toordinal()


@pytest.mark.parametrize(
    ("asked", "used"), [(0.7, 0.7), (0.85, 0.85), (0.99, 0.99), (1.5, 0.9), (0.1, 0.9), ("x", 0.9)]
)
def test_days_are_computed_for_the_retention_that_was_asked_for(asked: Json, used: float) -> None:
    start = review("a", 4, NOW, days=9)
    unaware = review("a", 3, NOW + 9 * DAY, days=300, after="unknown", retention=asked)
    _, days = MODEL.after(fold([start], MODEL).memory, 9, 3, used)
    assert fold([start, unaware], MODEL).due_day == TODAY + 9 + days


def test_a_card_is_due_anew_when_the_review_in_between_is_undone() -> None:
    start = review("a", 3, NOW - 10 * DAY, days=10)
    between = review("a", 4, NOW, days=90, after=start.id)
    last = review("a", 3, NOW + DAY, days=95, after=between.id)
    undo = event(Kind.UNDO, "a", {"event": between.id}, NOW + DAY + MINUTE)
    state = fold([start, between, last, undo], MODEL)
    _, exact = MODEL.after(fold([start], MODEL).memory, 11, 3, 0.9)
    assert state.due_day == TODAY + 1 + exact


def test_a_cram_changes_nothing_but_when_it_was_seen() -> None:
    first = review("a", 4, NOW, days=9)
    cram = event(Kind.REVIEW, "a", {"rating": 1, "cram": True}, NOW + DAY)
    before, after = fold([first], MODEL), fold([first, cram], MODEL)
    assert after.seen_at == microseconds(NOW + DAY)
    assert after == apply(before, cram, MODEL)
    assert (after.due_day, after.memory, after.lapses, after.last_day) == (
        before.due_day,
        before.memory,
        before.lapses,
        before.last_day,
    )


def test_a_reset_forgets_the_schedule_and_keeps_what_the_learner_wrote() -> None:
    events = [
        review("a", 4, NOW, days=9),
        event(Kind.NOTE, "a", {"text": "ask why"}, NOW + MINUTE),
        event(Kind.FLAG, "a", {"reason": "wrong sign"}, NOW + 2 * MINUTE),
        event(Kind.BURY, "a", {"until": "2026-11-23"}, NOW + 3 * MINUTE),
        event(Kind.RESET, "a", {}, NOW + 4 * MINUTE),
    ]
    state = fold(events, MODEL)
    assert (state.phase, state.memory, state.reviews, state.first_day, state.buried_until) == (
        Phase.NEW,
        None,
        0,
        None,
        None,
    )
    assert (state.note, state.flagged) == ("ask why", "wrong sign")


@pytest.mark.parametrize(
    ("kind", "body", "name", "value"),
    [
        (Kind.SUSPEND, {}, "suspended", True),
        (Kind.BURY, {"until": "2026-11-25"}, "buried_until", TODAY + 3),
        (Kind.BURY, {}, "buried_until", TODAY + 1),
        (Kind.FLAG, {"reason": "out of date"}, "flagged", "out of date"),
        (Kind.NOTE, {"text": "see eq. 16"}, "note", "see eq. 16"),
    ],
)
def test_marks_on_a_card(kind: Kind, body: dict[str, Json], name: str, value: object) -> None:
    assert getattr(fold([event(kind, "a", body)], MODEL), name) == value


@pytest.mark.parametrize(("done", "undone"), [(Kind.SUSPEND, Kind.UNSUSPEND), (Kind.FLAG, Kind.UNFLAG)])
def test_marks_are_taken_off_again(done: Kind, undone: Kind) -> None:
    assert fold([event(done, "a", {}), event(undone, "a", {}, NOW + MINUTE)], MODEL) == NEW


def test_the_recorded_day_counts_not_the_time() -> None:
    """A learner in Auckland in the evening of the 23rd: still the 22nd in UTC when the clock of the log was set back."""
    abroad = event(
        Kind.REVIEW, "a", {"rating": 3, "phase": "review", "due": "2026-11-30", "day": "2026-11-23"}, NOW
    )
    state = fold([abroad], MODEL)
    assert (state.last_day, state.due_day) == (TODAY + 1, TODAY + 8)


values: st.SearchStrategy[Json] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(
        [
            "review",
            "learning",
            "2026-11-22",
            "9999-12-31",
            "2026-11-22T10:00:00+00:00",
            "0001-01-01T00:00:00Z",
        ]
    ),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)
bodies = st.dictionaries(
    st.sampled_from(
        [
            "rating",
            "day",
            "due",
            "phase",
            "step",
            "after",
            "retention",
            "cram",
            "event",
            "until",
            "text",
            "reason",
            "elapsed_ms",
        ]
    ),
    values,
)
strangers = st.builds(
    lambda kind, body, minutes: event(kind, "a", body, NOW + timedelta(minutes=minutes)),
    st.sampled_from([*Kind, "of a newer version"]),
    bodies,
    st.integers(-100_000, 100_000),
)


@given(st.lists(strangers, max_size=6))
def test_nothing_an_event_may_hold_breaks_the_fold(events: list[Event]) -> None:
    fold(events, MODEL)


@given(st.lists(strangers, max_size=6), st.randoms(use_true_random=False))
def test_the_order_in_which_events_arrive_does_not_matter(events: list[Event], random: object) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert fold(shuffled, MODEL) == fold(events, MODEL)
