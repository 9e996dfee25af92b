"""Rating, undoing and marking cards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import fsrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcore_progress import Kind, Phase, Progress, Rating
from llmcore_progress.interval import fuzz_range
from tests.progress.given import DAY, MINUTE, NOW, SETTINGS, deck, generous, opened, stock

CARD = "m0.c0"
histories = st.lists(
    st.tuples(st.sampled_from(list(Rating)), st.integers(0, 60 * 24 * 200)), min_size=1, max_size=8
)


@pytest.fixture
def progress(tmp_path: Path) -> Iterator[Progress]:
    with opened(tmp_path) as log:
        yield log


def test_a_card_goes_through_its_steps_into_reviews(progress: Progress) -> None:
    now = NOW
    assert progress.preview(CARD, now) == {
        Rating.AGAIN: MINUTE,
        Rating.HARD: 5.5 * MINUTE,
        Rating.GOOD: 10 * MINUTE,
        Rating.EASY: 8 * DAY,
    }
    progress.review(CARD, Rating.GOOD, now, elapsed_ms=4_000)
    assert progress.state(CARD).phase == Phase.LEARNING
    now += 10 * MINUTE
    assert progress.preview(CARD, now)[Rating.GOOD] == 2 * DAY
    progress.review(CARD, Rating.GOOD, now, elapsed_ms=4_000)
    state = progress.state(CARD)
    assert (state.phase, state.due) == (Phase.REVIEW, datetime(2026, 11, 24, 4, tzinfo=NOW.tzinfo))
    assert state.stability_days == pytest.approx(2.3065)
    now += 2 * DAY
    progress.review(CARD, Rating.AGAIN, now, elapsed_ms=4_000)
    state = progress.state(CARD)
    assert (state.phase, state.lapses, state.due) == (Phase.RELEARNING, 1, now + 10 * MINUTE)


def test_the_event_of_a_review_holds_all_that_decided_it(progress: Progress) -> None:
    first = progress.review(CARD, Rating.EASY, NOW, elapsed_ms=4_000, detail={"answer": "less bias"})
    second = progress.review(CARD, Rating.AGAIN, NOW + 8 * DAY, elapsed_ms=5_000)
    assert first.body == {
        "rating": 4,
        "elapsed_ms": 4_000,
        "phase": "review",
        "due": "2026-11-30",
        "interval_days": 8,
        "retention": 0.9,
        "after": None,
        "interval_before_days": 0,
        "recall": None,
        "detail": {"answer": "less bias"},
        "day": "2026-11-22",
        "utc_offset_minutes": 0,
    }
    recall = fsrs.Scheduler().get_card_retrievability(
        fsrs.Card(1, fsrs.State.Review, None, 8.2956, 5.0, NOW, NOW), NOW + 8 * DAY
    )
    assert second.body == {
        "rating": 1,
        "elapsed_ms": 5_000,
        "phase": "relearning",
        "step": 0,
        "due": "2026-11-30T10:10:00.000000Z",
        "interval_days": 0,
        "retention": 0.9,
        "after": first.id,
        "interval_before_days": 8,
        "recall": round(recall, 6),
        "day": "2026-11-30",
        "utc_offset_minutes": 0,
    }


def test_within_the_steps_there_is_no_prediction_of_recall_and_no_interval_before(progress: Progress) -> None:
    progress.review(CARD, Rating.EASY, NOW, elapsed_ms=1)
    progress.review(CARD, Rating.AGAIN, NOW + 8 * DAY, elapsed_ms=1)
    relearning = progress.review(CARD, Rating.GOOD, NOW + 8 * DAY + 10 * MINUTE, elapsed_ms=1)
    assert (relearning.body["recall"], relearning.body["interval_before_days"]) == (None, 0)


def test_without_fuzz_intervals_are_those_of_py_fsrs(progress: Progress) -> None:
    scheduler = fsrs.Scheduler(enable_fuzzing=False)
    card, now = fsrs.Card(card_id=1), NOW.replace(hour=12)
    for rating in (3, 3, 3, 1, 3, 2, 4, 3):
        card, _ = scheduler.review_card(card, fsrs.Rating(rating), now)
        wait = progress.preview(CARD, now)[Rating(rating)]
        assert wait == card.due - now
        progress.review(CARD, rating, now, elapsed_ms=1)  # type: ignore[arg-type]  # a plain number will do
        state = progress.state(CARD)
        assert (state.stability_days, state.difficulty) == (card.stability, card.difficulty)
        now += wait


@given(
    history=histories,
    fuzz=st.booleans(),
    balance=st.booleans(),
    retention=st.sampled_from([0.7, 0.9, 0.99]),
    seed=st.integers(0, 9),
)
@settings(max_examples=60, deadline=None)
def test_a_better_rating_never_comes_back_sooner(
    history: list[tuple[Rating, int]], fuzz: bool, balance: bool, retention: float, seed: int
) -> None:
    chosen = generous(fuzz=fuzz, load_balancing=balance, retention=retention, seed=seed)
    with TemporaryDirectory() as folder, opened(Path(folder), settings=chosen) as progress:
        stock(progress, deck(3))
        now = NOW
        progress.review("m0.c1", Rating.EASY, now, elapsed_ms=1)  # so that days differ in their load
        for rating, minutes in history:
            now += minutes * MINUTE
            waits = progress.preview(CARD, now)
            assert list(waits) == list(Rating)
            assert all(worse <= better for worse, better in pairwise(waits.values()))
            made = progress.review(CARD, rating, now, elapsed_ms=1)
            days = made.body["interval_days"]
            assert waits[rating] == (timedelta(days=days) if days else progress.state(CARD).due - now)  # type: ignore[operator, arg-type]  # as the body has it


@given(history=histories, seed=st.integers(0, 1_000), balance=st.booleans())
@settings(max_examples=40, deadline=None)
def test_fuzz_stays_within_fsrs_ranges_of_the_exact_interval(
    history: list[tuple[Rating, int]], seed: int, balance: bool
) -> None:
    chosen = generous(fuzz=True, load_balancing=balance, seed=seed)
    with (
        TemporaryDirectory() as folder,
        opened(Path(folder) / "a", settings=chosen) as fuzzed,
        opened(Path(folder) / "b") as exact,
    ):
        now = NOW
        for rating, minutes in history:
            now += minutes * MINUTE
            waits, exactly = fuzzed.preview(CARD, now), exact.preview(CARD, now)
            for each in Rating:
                low, high = fuzz_range(exactly[each].days, 36_500)
                assert low <= waits[each].days <= high
            fuzzed.review(CARD, rating, now, elapsed_ms=1)
            exact.review(CARD, rating, now, elapsed_ms=1)


def test_fuzz_differs_between_cards_and_not_between_computers(tmp_path: Path) -> None:
    def intervals(folder: str, seed: int) -> list[timedelta]:
        with opened(tmp_path / folder, settings=replace(SETTINGS, fuzz=True, seed=seed)) as progress:
            for number in range(20):
                progress.review(f"m0.c{number}", Rating.EASY, NOW, elapsed_ms=1)
            return [progress.preview(f"m0.c{number}", NOW + 8 * DAY)[Rating.GOOD] for number in range(20)]

    assert intervals("a", 1) == intervals("b", 1)
    assert intervals("a", 1) != intervals("c", 2)
    assert len(set(intervals("d", 1))) > 3


def test_load_balancing_keeps_off_busy_days(tmp_path: Path) -> None:
    chosen = generous(fuzz=True, load_balancing=True)
    with opened(tmp_path, settings=chosen) as progress:
        stock(progress, deck(400))
        for number in range(400):
            progress.review(f"m0.c{number}", Rating.EASY, NOW, elapsed_ms=1)
        load = [cards for cards in progress.forecast(NOW, 12) if cards]
        assert sum(load) == 400
        assert len(load) == fuzz_range(8, 36_500)[1] - fuzz_range(8, 36_500)[0] + 1
        assert max(load) <= 1.3 * min(load)


def test_undo_goes_back_step_by_step(progress: Progress) -> None:
    stock(progress, deck(3))
    states = [progress.state(CARD)]
    progress.review(CARD, Rating.GOOD, NOW, elapsed_ms=1)
    states.append(progress.state(CARD))
    progress.review(CARD, Rating.EASY, NOW + 10 * MINUTE, elapsed_ms=1)
    states.append(progress.state(CARD))
    progress.suspend(CARD, NOW + 11 * MINUTE)
    progress.record(Kind.PREDICTION, CARD, {"predicted": 3.0}, NOW + 12 * MINUTE)
    undone = []
    while (event := progress.undo(NOW + 20 * MINUTE)) is not None:
        undone.append(event.kind)
        assert progress.state(CARD) == states.pop()
    assert undone == [Kind.SUSPEND, Kind.REVIEW, Kind.REVIEW]
    assert states == []
    assert progress.next_card(NOW) is not None
    assert [each.kind for each in progress.events()][-3:] == [Kind.UNDO] * 3


def test_undo_names_what_it_takes_back(progress: Progress) -> None:
    made = progress.flag(CARD, "wrong", NOW)
    assert progress.undo(NOW) == made
    (undo,) = progress.events([Kind.UNDO])
    assert (undo.subject, undo.body["event"]) == (CARD, made.id)


def test_one_event_can_be_undone_by_its_name(progress: Progress) -> None:
    first = progress.note(CARD, "one", NOW)
    progress.note(CARD, "two", NOW)
    progress.review("m0.c1", Rating.GOOD, NOW, elapsed_ms=1)
    assert progress.undo(NOW, event=first.id) == first
    assert progress.undo(NOW, event=first.id) is None
    assert progress.undo(NOW, event="no such") is None
    assert progress.state(CARD).note == "two"
    assert progress.state("m0.c1").reviews == 1


def test_undo_leaves_other_devices_and_learners_alone(tmp_path: Path) -> None:
    with opened(tmp_path, device="phone") as phone:
        phone.review(CARD, Rating.GOOD, NOW, elapsed_ms=1)
    with opened(tmp_path) as laptop:
        assert laptop.undo(NOW) is None
    with opened(tmp_path, device="phone") as phone:
        assert phone.undo(NOW) is not None


def test_an_undone_first_review_gives_the_days_new_card_back(tmp_path: Path) -> None:
    with opened(tmp_path, settings=replace(SETTINGS, new_per_day=1)) as progress:
        stock(progress, deck(2))
        progress.review(CARD, Rating.EASY, NOW, elapsed_ms=1)
        assert progress.next_card(NOW) is None
        progress.undo(NOW)
        queued = progress.next_card(NOW)
        assert queued is not None
        assert queued.card == CARD


def test_a_card_forgotten_often_is_a_leech(tmp_path: Path) -> None:
    with opened(tmp_path, settings=replace(SETTINGS, leech_lapses=3, relearning_steps=())) as progress:
        progress.review(CARD, Rating.EASY, NOW, elapsed_ms=1)
        leeches = []
        for nth in range(1, 4):
            progress.review(CARD, Rating.AGAIN, NOW + nth * 30 * DAY, elapsed_ms=1)
            leeches.append(progress.state(CARD).leech)
        assert leeches == [False, False, True]


def test_a_reset_card_is_new_and_comes_in_its_old_place(progress: Progress) -> None:
    stock(progress, deck(2))
    progress.review(CARD, Rating.EASY, NOW, elapsed_ms=1)
    progress.note(CARD, "mine", NOW)
    progress.reset(CARD, NOW)
    state = progress.state(CARD)
    assert (state.phase, state.reviews, state.note) == (Phase.NEW, 0, "mine")
    queued = progress.next_card(NOW)
    assert queued is not None
    assert (queued.card, queued.why) == (CARD, "new")
    assert progress.undo(NOW) is not None
    assert progress.state(CARD).phase == Phase.REVIEW


def test_marks_are_shown_in_the_state(progress: Progress) -> None:
    progress.flag(CARD, "the sign is wrong", NOW)
    progress.note(CARD, "think of eq. 16", NOW)
    progress.bury(CARD, NOW)
    progress.suspend(CARD, NOW)
    state = progress.state(CARD)
    assert (state.flagged, state.note, state.suspended) == ("the sign is wrong", "think of eq. 16", True)
    assert state.buried_until == datetime(2026, 11, 23, 4, tzinfo=NOW.tzinfo)
    progress.unflag(CARD, NOW)
    progress.note(CARD, "", NOW)
    progress.unsuspend(CARD, NOW)
    state = progress.state(CARD)
    assert (state.flagged, state.note, state.suspended) == (None, "", False)


def test_recall_falls_with_the_days(progress: Progress) -> None:
    assert progress.state(CARD).retrievability(NOW) is None
    progress.review(CARD, Rating.EASY, NOW, elapsed_ms=1)
    state = progress.state(CARD)
    recalls = [state.retrievability(NOW + days * DAY) for days in (0, 4, 8, 9, 30)]
    assert recalls == sorted(recalls, reverse=True)  # type: ignore[type-var]  # none is None any more
    assert recalls[0] == 1.0
    assert recalls[2] == pytest.approx(0.9, abs=0.005)


def test_a_rating_that_is_none_is_refused(progress: Progress) -> None:
    with pytest.raises(ValueError, match="5"):
        progress.review(CARD, 5, NOW, elapsed_ms=1)  # type: ignore[arg-type]  # wrong on purpose
    assert list(progress.events()) == []


def test_every_event_knows_the_learners_day_and_offset(tmp_path: Path) -> None:
    from zoneinfo import ZoneInfo

    shanghai = replace(SETTINGS, zone=ZoneInfo("Asia/Shanghai"))
    with opened(tmp_path, settings=shanghai) as progress:
        made = progress.record(
            Kind.QUIZ, "gae.q.lambda", {"right": True}, datetime(2026, 11, 22, 23, tzinfo=NOW.tzinfo)
        )
        assert (made.body["day"], made.body["utc_offset_minutes"]) == ("2026-11-23", 480)
        assert made.day == datetime(2026, 11, 23, tzinfo=NOW.tzinfo).toordinal()
        assert next(progress.events()) == made


def test_history_stays_where_it_was_when_the_learner_travels(tmp_path: Path) -> None:
    from zoneinfo import ZoneInfo

    evening = datetime.fromisoformat("2026-11-22T23:00+08:00")
    with opened(tmp_path, settings=replace(SETTINGS, zone=ZoneInfo("Asia/Shanghai"))) as progress:
        for day in range(3):
            progress.review(f"m0.c{day}", Rating.EASY, evening + day * DAY, elapsed_ms=60_000)
        at_home = progress.statistics(evening + 2 * DAY)
        assert at_home.streak == 3
    with opened(tmp_path, settings=replace(SETTINGS, zone=ZoneInfo("America/Los_Angeles"))) as progress:
        abroad = progress.statistics(evening + 2 * DAY + 10 * 60 * MINUTE)
        assert abroad.days == at_home.days
        progress.rebuild()
        assert progress.statistics(evening + 2 * DAY).days == at_home.days


def test_several_threads_may_share_a_log(progress: Progress) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def rate(number: int) -> str:
        progress.next_card(NOW)
        return progress.review(f"m0.c{number}", Rating.GOOD, NOW, elapsed_ms=1).id

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(rate, range(40)))
    assert {each.id for each in progress.events()} == made
    assert len(made) == 40
