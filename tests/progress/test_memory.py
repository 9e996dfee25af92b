"""Memory and intervals are py-fsrs's own, told in the learner's days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import fsrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_progress.memory import Fsrs, Memory, Phase, key, recall

START = datetime(2026, 1, 5, tzinfo=UTC)
STEPS = (timedelta(minutes=1), timedelta(minutes=10))
AGAIN_STEPS = (timedelta(minutes=10),)
histories = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 4)), min_size=1, max_size=20)


def plain(retention: float = 0.9) -> fsrs.Scheduler:
    return fsrs.Scheduler(
        desired_retention=retention, learning_steps=(), relearning_steps=(), enable_fuzzing=False
    )


@given(history=histories, retention=st.sampled_from([0.8, 0.9, 0.95]))
def test_memory_and_intervals_are_those_of_py_fsrs(history: list[tuple[int, int]], retention: float) -> None:
    scheduler, card, now = plain(retention), fsrs.Card(card_id=1), START
    memory, model = None, Fsrs(36_500)
    for days, rating in history:
        elapsed = 0 if memory is None else days
        now += timedelta(days=elapsed)
        card, _ = scheduler.review_card(card, fsrs.Rating(rating), now)
        memory, interval = model.after(memory, elapsed, rating, retention)
        assert memory == Memory(card.stability or 0, card.difficulty or 0)
        assert interval == (card.due - now).days


@given(history=histories)
def test_steps_are_those_of_py_fsrs(history: list[tuple[int, int]]) -> None:
    scheduler = fsrs.Scheduler(enable_fuzzing=False)
    card, now = fsrs.Card(card_id=1), START
    model, memory, phase, step = Fsrs(36_500), None, Phase.NEW, 0
    for days, rating in history:
        elapsed = 0 if memory is None else days
        now += timedelta(days=elapsed)
        card, _ = scheduler.review_card(card, fsrs.Rating(rating), now)
        answered = model.answer(memory, phase, step, elapsed, rating, 0.9, STEPS, AGAIN_STEPS)
        memory, _ = model.after(memory, elapsed, rating, 0.9)
        phase, step = answered.phase, answered.step
        assert memory == Memory(card.stability or 0, card.difficulty or 0)
        assert phase == Phase(int(card.state))
        assert timedelta(days=answered.interval_days) + answered.wait == card.due - now


def test_golden_intervals_of_fsrs_6() -> None:
    """Good at every due day, with py-fsrs 6.3's default parameters: computed with py-fsrs alone, then written down."""
    model, memory, elapsed, intervals = Fsrs(36_500), None, 0, []
    for _ in range(8):
        memory, elapsed = model.after(memory, elapsed, 3, 0.9)
        intervals.append(elapsed)
    assert intervals == [2, 11, 46, 163, 497, 1346, 3292, 7398]


def test_a_lapse_shortens_what_follows() -> None:
    model = Fsrs(36_500)
    memory, days = model.after(Memory(46.0, 5.0), 46, 1, 0.9)
    assert memory.stability < 46
    assert days < 46
    assert memory.difficulty > 5


def test_the_longest_interval_is_kept() -> None:
    assert Fsrs(100).after(Memory(5_000.0, 1.0), 5_000, 4, 0.9)[1] == 100


def test_an_absurd_elapsed_time_breaks_nothing() -> None:
    memory, days = Fsrs(36_500).after(Memory(10.0, 5.0), 3_600_000, 3, 0.9)
    assert memory.stability > 10
    assert 1 <= days <= 36_500


def test_recall_is_ninety_percent_when_stability_has_passed() -> None:
    assert recall(30.0, 30) == pytest.approx(0.9, rel=1e-12)
    assert recall(30.0, 0) == 1.0
    assert recall(30.0, -4) == 1.0
    # FSRS-6: R = (1 + F t/S)^-d with d = 0.1542 and F = 0.9^(-1/d) - 1
    assert recall(30.0, 60) == pytest.approx((1 + (0.9 ** (-1 / 0.1542) - 1) * 2) ** -0.1542, rel=1e-12)


def test_the_key_names_algorithm_and_version() -> None:
    from importlib.metadata import version

    assert key() == f"fsrs-6 {version('fsrs')} default parameters"
