"""The statistics are what a plain count over the events says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from llmcore_progress import Json, Kind, Progress, Rating
from llmcore_progress.statistics import Share
from tests.progress.given import DAY, MINUTE, NOW, deck, generous, opened, stock


@pytest.fixture
def progress(tmp_path: Path) -> Iterator[Progress]:
    with opened(tmp_path, settings=generous(learning_steps=(), relearning_steps=())) as log:
        stock(log, deck(10))
        yield log


def test_an_empty_log_has_empty_statistics(progress: Progress) -> None:
    found = progress.statistics(NOW)
    assert (found.cards, found.new, found.reviews, found.streak, found.longest_streak) == (10, 10, 0, 0, 0)
    assert found.retention.all == Share(0, 0)
    assert found.retention.all.value is None
    assert (found.retention.predicted, found.calibration.median_ratio, found.days) == (None, None, ())


def test_true_retention_counts_reviews_at_intervals_of_a_day_or_more(progress: Progress) -> None:
    now = NOW - 400 * DAY
    expected: list[float] = []
    young = mature = young_recalled = mature_recalled = 0
    for rating in (4, 3, 2, 1, 3, 3, 3, 1, 3, 3):
        state = progress.state("m0.c0")
        if state.last_day is not None and state.due is not None:
            interval = state.due.toordinal() - state.last_day
            expected.append(state.retrievability(now) or 0)
            mature += interval >= 21
            mature_recalled += interval >= 21 and rating > 1
            young += interval < 21
            young_recalled += interval < 21 and rating > 1
        progress.review("m0.c0", rating, now, elapsed_ms=1)  # type: ignore[arg-type]  # a plain number will do
        due = progress.state("m0.c0").due
        assert due is not None
        now = due
    found = progress.statistics(NOW)
    assert found.retention_ever.young == Share(young_recalled, young)
    assert found.retention_ever.mature == Share(mature_recalled, mature)
    assert found.retention_ever.all == Share(7, 9)
    assert min(young, mature) >= 3
    assert found.retention_ever.predicted == pytest.approx(sum(expected) / len(expected), abs=1e-6)
    assert found.ratings == (2, 1, 6, 1)


def test_recent_retention_is_of_the_last_thirty_days(progress: Progress) -> None:
    for card, days in (("m0.c0", 60), ("m0.c1", 38)):
        progress.review(card, Rating.EASY, NOW - days * DAY, elapsed_ms=1)
    progress.review("m0.c0", Rating.AGAIN, NOW - 31 * DAY, elapsed_ms=1)
    progress.review("m0.c1", Rating.GOOD, NOW - 29 * DAY, elapsed_ms=1)
    found = progress.statistics(NOW)
    assert (found.retention.all, found.retention_ever.all) == (Share(1, 1), Share(1, 2))


def test_a_cram_is_no_review_of_memory(progress: Progress) -> None:
    progress.review("m0.c0", Rating.EASY, NOW - 9 * DAY, elapsed_ms=60_000)
    progress.review("m0.c0", Rating.AGAIN, NOW, elapsed_ms=60_000, cram=True)
    found = progress.statistics(NOW)
    assert (found.reviews, found.ratings, found.retention_ever.all) == (2, (0, 0, 0, 1), Share(0, 0))
    assert found.minutes == 2.0


def test_an_undone_review_does_not_count(progress: Progress) -> None:
    before = progress.statistics(NOW)
    progress.review("m0.c0", Rating.EASY, NOW, elapsed_ms=60_000)
    progress.undo(NOW)
    assert progress.statistics(NOW) == before


def test_a_streak_is_days_in_a_row_up_to_today_or_yesterday(progress: Progress) -> None:
    for days in (9, 8, 7, 6, 2, 1):
        progress.record(Kind.QUIZ, "q", {"right": True, "elapsed_ms": 30_000}, NOW - days * DAY)
    assert (progress.streak(NOW), progress.statistics(NOW).longest_streak) == (2, 4)
    progress.record(Kind.PREDICTION, "gae", {}, NOW)
    assert progress.streak(NOW) == progress.statistics(NOW).streak == 3
    assert progress.streak(NOW + 2 * DAY) == 0


def test_a_day_ends_at_four_in_the_morning(progress: Progress) -> None:
    late = NOW.replace(hour=23)
    for moment in (late, late + 4 * 60 * MINUTE, late + 5 * 60 * MINUTE):  # 23:00, 03:00, 04:00
        progress.review("m0.c0", Rating.GOOD, moment, elapsed_ms=30_000)
    days = progress.statistics(late).days
    assert [(one.day, one.reviews, one.minutes) for one in days] == [
        (date(2026, 11, 22), 2, 1.0),
        (date(2026, 11, 23), 1, 0.5),
    ]


def test_minutes_leave_out_the_hours_a_card_stood_open(progress: Progress) -> None:
    progress.review("m0.c0", Rating.GOOD, NOW, elapsed_ms=36_000_000)
    progress.review("m0.c1", Rating.GOOD, NOW, elapsed_ms=-5)
    assert progress.statistics(NOW).minutes_today == 60.0


def test_calibration_of_predictions(progress: Progress) -> None:
    def predict(predicted: Json, value: Json, holds: Json) -> None:
        progress.record(Kind.PREDICTION, "gae", {"predicted": predicted, "value": value, "holds": holds}, NOW)

    predict(2.0, 1.0, False)
    predict(1.0, 4.0, False)
    predict(10, 10.0, True)
    predict(-1.0, 3.0, False)  # no ratio
    predict(0.0, 3.0, False)
    predict("a lot", 3.0, None)
    predict(True, 3.0, None)
    found = progress.statistics(NOW).calibration
    assert (found.made, found.within) == (7, Share(1, 5))
    assert found.median_ratio == 1.0  # of 2, 0.25, 1
    assert found.median_factor == 2.0  # of 2, 4, 1
    predict(3.0, 1.0, False)
    found = progress.statistics(NOW).calibration
    assert (found.median_ratio, found.median_factor) == (1.5, 2.5)


def test_cards_are_counted_by_where_they_stand(progress: Progress) -> None:
    progress.review("m0.c0", Rating.EASY, NOW - 9 * DAY, elapsed_ms=1)
    progress.review("m0.c1", Rating.EASY, NOW - 9 * DAY, elapsed_ms=1)
    progress.review("m0.c1", Rating.EASY, NOW, elapsed_ms=1)
    progress.suspend("m0.c2", NOW)
    found = progress.statistics(NOW)
    assert (found.cards, found.new, found.young, found.mature, found.learning, found.suspended, found.leeches) == (
        10, 8, 1, 1, 0, 1, 0,
    )  # fmt: skip
    assert found.forecast == progress.forecast(NOW, 30)
    assert sum(found.forecast) == 1


def test_learning_cards_and_leeches_are_counted(tmp_path: Path) -> None:
    with opened(tmp_path, settings=replace(generous(), leech_lapses=1)) as progress:
        stock(progress, deck(2))
        progress.review("m0.c0", Rating.EASY, NOW - 9 * DAY, elapsed_ms=1)
        progress.review("m0.c0", Rating.AGAIN, NOW, elapsed_ms=1)
        found = progress.statistics(NOW)
        assert (found.learning, found.leeches, found.young) == (1, 1, 0)
