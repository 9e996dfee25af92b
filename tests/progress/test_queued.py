"""What an interview queued is studied first, until it was seen; a pure function of the events, merged in any order."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmcore_progress import Event, Kind, Progress, Queued, Rating
from llmcore_progress.event import CARD_KINDS
from llmcore_progress.fold import fold_all
from llmcore_progress.instant import microseconds
from llmcore_progress.queue import _QUEUED, QUEUE_DAYS, Request
from tests.progress.given import DAY, MINUTE, NOW, SETTINGS, deck, opened, stock


@pytest.fixture
def progress(tmp_path: Path) -> Iterator[Progress]:
    with opened(tmp_path) as log:
        stock(log, deck(12, modules=2))
        yield log


def queue(progress: Progress, card: str, at: timedelta = timedelta()) -> Event:
    body = {"session": "s", "question": "m.i.q", "point": "p"}
    return progress.record(Kind.QUEUE, card, body, NOW + at)


def test_it_comes_before_due_and_new_cards_in_the_order_it_was_queued(progress: Progress) -> None:
    progress.review("m0.c0", Rating.EASY, NOW - 30 * DAY, elapsed_ms=1)
    progress.review("m1.c1", Rating.EASY, NOW - DAY, elapsed_ms=1)
    for place, card in enumerate(("m0.c8", "m1.c1", "m1.c11")):
        queue(progress, card, place * MINUTE)
    found = []
    for minute in range(4, 8):
        now = NOW + minute * MINUTE
        queued = progress.next_card(now)
        assert queued is not None
        found.append(queued)
        progress.review(queued.card, Rating.EASY, now, elapsed_ms=1)
    assert found[:3] == [
        Queued("m0.c8", "new", None),
        Queued("m1.c1", "review", NOW + MINUTE),
        Queued("m1.c11", "new", None),
    ]
    assert found[3].card == "m0.c0"


def test_learning_cards_that_are_due_still_come_first(progress: Progress) -> None:
    progress.review("m0.c0", Rating.GOOD, NOW, elapsed_ms=1)
    queue(progress, "m0.c8", MINUTE)
    first, then = progress.next_card(NOW + 9 * MINUTE), progress.next_card(NOW + 10 * MINUTE)
    assert first is not None
    assert then is not None
    assert (first.card, then.card) == ("m0.c8", "m0.c0")


def test_the_days_limits_do_not_hold_it_back_and_the_counts_have_it(tmp_path: Path) -> None:
    nothing = replace(SETTINGS, new_per_day=0, reviews_per_day=0)
    with opened(tmp_path, settings=nothing) as progress:
        stock(progress, deck(12, modules=2))
        assert progress.next_card(NOW) is None
        queue(progress, "m0.c4")
        queue(progress, "m0.c4")
        assert progress.counts(NOW + MINUTE).due == 1
        found = progress.next_card(NOW + MINUTE)
        assert found is not None
        assert found.card == "m0.c4"
        assert progress.next_card(NOW + MINUTE, skip=["m0.c4"]) is None
        assert progress.next_card(NOW + MINUTE, modules={"m1"}) is None
        assert progress.counts(NOW + MINUTE, {"m1"}).total == 0


def test_no_card_is_counted_twice(progress: Progress) -> None:
    progress.review("m0.c0", Rating.EASY, NOW - 30 * DAY, elapsed_ms=1)
    progress.review("m1.c1", Rating.AGAIN, NOW, elapsed_ms=1)
    before = progress.counts(NOW + MINUTE)
    assert (before.due, before.learning, before.new) == (1, 1, 7)
    for card in ("m0.c0", "m1.c1", "m0.c2"):
        queue(progress, card, MINUTE)
    after = progress.counts(NOW + 2 * MINUTE)
    assert (after.due, after.learning, after.new) == (3, 0, 7)


def test_a_family_shows_one_of_its_cards_a_day(tmp_path: Path) -> None:
    with opened(tmp_path) as progress:
        stock(progress, deck(4, family=2))
        queue(progress, "m0.c0")
        queue(progress, "m0.c1")
        assert progress.counts(NOW + MINUTE).due == 1
        assert progress.counts(NOW + MINUTE).new == 1
        progress.review("m0.c0", Rating.EASY, NOW + MINUTE, elapsed_ms=1)
        found = progress.next_card(NOW + 2 * MINUTE)
        assert found is not None
        assert found.card == "m0.c2"
        tomorrow = progress.next_card(NOW + DAY)
        assert tomorrow is not None
        assert tomorrow.card == "m0.c1"


@pytest.mark.parametrize("how", ["review", "cram", "suspend", "bury", "gone", "late", "stranger"])
def test_it_is_queued_no_more(progress: Progress, how: str) -> None:
    queue(progress, "m0.c8")
    now = NOW + MINUTE
    match how:
        case "review" | "cram":
            progress.review("m0.c8", Rating.EASY, now, elapsed_ms=1, cram=how == "cram")
        case "suspend":
            progress.suspend("m0.c8", now)
        case "bury":
            progress.bury("m0.c8", now)
        case "gone":
            stock(progress, deck(3))
        case "late":
            now += QUEUE_DAYS * DAY
    if how == "stranger":
        with opened(progress.path, learner="bo") as other:
            found = other.next_card(now)
    else:
        found = progress.next_card(now)
    assert found is not None
    assert found.card == "m0.c0"


def test_taking_the_review_back_queues_it_again(progress: Progress) -> None:
    queue(progress, "m0.c8")
    progress.review("m0.c8", Rating.EASY, NOW + MINUTE, elapsed_ms=1)
    progress.undo(NOW + 2 * MINUTE)
    found = progress.next_card(NOW + 3 * MINUTE)
    assert found is not None
    assert found.card == "m0.c8"


# Merged in any order

CARDS = ("m0.c0", "m0.c1", "m0.c2")
DEVICES = ("laptop", "phone")
steps = st.lists(
    st.tuples(
        st.sampled_from(DEVICES),
        st.sampled_from(
            ["queue", "queue", "review", "cram", "undo", "suspend", "unsuspend", "reset", "merge"]
        ),
        st.sampled_from(CARDS),
    ),
    max_size=14,
)


def waiting(events: list[Event], progress: Progress) -> list[str]:
    """The queue by its definition: what was queued later than it was last seen, and is not suspended, oldest first."""
    about_cards = [event for event in events if event.kind in CARD_KINDS | {Kind.UNDO}]
    states = fold_all(about_cards, progress.learner, progress._snapshot.model)
    found: dict[str, None] = {}
    for event in sorted(events, key=lambda event: (event.at, event.id)):
        state = states.get(event.subject)
        is_unseen = state is None or state.seen_at is None or state.seen_at < microseconds(event.at)
        if event.kind == Kind.QUEUE and is_unseen and not (state and state.suspended):
            found.setdefault(event.subject)
    return list(found)


def given_out(progress: Progress) -> list[str]:
    """The queue as it is given out, card by card."""
    found: list[str] = []
    while (card := progress.next_card(NOW + 9 * DAY, skip=found)) is not None:
        found.append(card.card)
    return found


def exported(progress: Progress) -> io.BytesIO:
    text = io.StringIO()
    progress.export(text)
    return io.BytesIO(text.getvalue().encode())


def perform(progress: Progress, what: str, card: str, now: timedelta, other: Progress) -> None:
    at = NOW + now
    match what:
        case "queue":
            queue(progress, card, now)
        case "review" | "cram":
            progress.review(card, Rating.EASY, at, elapsed_ms=1, cram=what == "cram")
        case "undo":
            progress.undo(at)
        case "merge":
            progress.merge(exported(other), at)
        case _:
            getattr(progress, what)(card, at)


@given(steps)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_it_is_a_pure_function_of_the_events_in_whatever_order_they_arrive(
    happened: list[tuple[str, str, str]],
) -> None:
    nothing = replace(SETTINGS, new_per_day=0, reviews_per_day=0)
    with TemporaryDirectory() as folder:
        logs = {name: opened(Path(folder) / name, device=name, settings=nothing) for name in DEVICES}
        try:
            for progress in logs.values():
                stock(progress, deck(len(CARDS)))
            for place, (device, what, card) in enumerate(happened):
                other = logs[DEVICES[1 - DEVICES.index(device)]]
                perform(logs[device], what, card, place * MINUTE, other)
            for progress in logs.values():
                assert given_out(progress) == waiting(list(progress._log.events()), progress)
            one, two = logs.values()
            one.merge(exported(two), NOW + DAY)
            two.merge(exported(one), NOW + DAY)
            assert given_out(one) == given_out(two) == waiting(list(one._log.events()), one)
            one.rebuild()
            assert given_out(one) == given_out(two)
            assert one.counts(NOW + 9 * DAY).due == len(given_out(one))
        finally:
            for progress in logs.values():
                progress.close()


def test_of_the_queue_only_the_last_sixty_days_are_read_by_index(progress: Progress) -> None:
    request = Request(NOW, "me", SETTINGS)
    plan = progress._log.query(f"EXPLAIN QUERY PLAN SELECT card.card FROM {_QUEUED}", request.values())
    told = " ".join(row[3] for row in plan)
    assert "SEARCH event USING INDEX event_kind (kind=? AND at>?)" in told
    assert "SEARCH card USING INDEX sqlite_autoindex_card_1 (card=?)" in told
    assert "SCAN card" not in told
