"""Fuzz stays within FSRS's ranges, comes from the seed, and prefers days with less to do."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import fsrs
from hypothesis import given
from hypothesis import strategies as st

from llmcore_progress.interval import balanced, draw, fuzz_range, spread

MAXIMUM = 36_500
fractions = st.floats(0, 1, exclude_max=True)


@given(days=st.integers(1, MAXIMUM), fraction=fractions)
def test_a_fuzzed_interval_stays_within_the_range(days: int, fraction: float) -> None:
    low, high = fuzz_range(days, MAXIMUM)
    assert low <= spread(low, high, fraction) <= high
    assert low <= days <= high


@given(days=st.integers(1, 2_000))
def test_the_range_is_the_one_py_fsrs_draws_from(days: int) -> None:
    scheduler = fsrs.Scheduler(maximum_interval=MAXIMUM)
    low, high = fuzz_range(days, MAXIMUM)
    drawn = {scheduler._get_fuzzed_interval(interval=timedelta(days=days)).days for _ in range(60)}
    # py-fsrs rounds a draw from [low, high + 1), so that it can go one day beyond its own range; ours cannot
    assert low <= min(drawn)
    assert max(drawn) <= (high + 1 if days > 2 else days)


def test_known_ranges() -> None:
    # delta = 1 + 0.15 * min(x - 2.5, 4.5) + 0.1 * min(x - 7, 13) + 0.05 * (x - 20), each part from 0
    assert fuzz_range(2, MAXIMUM) == (2, 2)
    assert fuzz_range(3, MAXIMUM) == (2, 4)  # delta 1.075
    assert fuzz_range(10, MAXIMUM) == (8, 12)  # delta 1.975
    assert fuzz_range(100, MAXIMUM) == (93, 107)  # delta 6.975
    assert fuzz_range(100, 100) == (93, 100)


@given(shorter=st.integers(1, 3_000), more=st.integers(0, 100))
def test_ranges_of_longer_intervals_lie_later(shorter: int, more: int) -> None:
    first, second = fuzz_range(shorter, MAXIMUM), fuzz_range(shorter + more, MAXIMUM)
    assert first[0] <= second[0]
    assert first[1] <= second[1]


def test_every_day_of_a_range_is_drawn_alike() -> None:
    drawn = Counter(spread(93, 107, draw(0, f"card {number}", 3)) for number in range(15_000))
    assert set(drawn) == set(range(93, 108))
    assert max(drawn.values()) < 1.2 * min(drawn.values())


def test_a_draw_depends_on_seed_card_and_review_and_on_nothing_else() -> None:
    assert draw(7, "gae.lambda", 3) == draw(7, "gae.lambda", 3)
    assert (
        len(
            {
                draw(7, "gae.lambda", 3),
                draw(8, "gae.lambda", 3),
                draw(7, "gae.mu", 3),
                draw(7, "gae.lambda", 4),
            }
        )
        == 4
    )
    assert draw(0, "gae.lambda-bias-variance", 2) == 0x30827E8852040C / 2**56  # `b2sum -l 56`


@given(fraction=fractions, load=st.dictionaries(st.integers(93, 107), st.integers(0, 50)))
def test_balancing_stays_within_the_range(fraction: float, load: dict[int, int]) -> None:
    assert 93 <= balanced(93, 107, 100, fraction, load) <= 107


def test_balancing_flattens_the_days() -> None:
    load = dict.fromkeys(range(93, 108), 0) | {100: 300}
    for number in range(1_500):
        load[balanced(93, 107, 100, draw(0, str(number), 0), load)] += 1
    quiet = [cards for day, cards in load.items() if day != 100]
    assert load[100] < 310
    assert max(quiet) < 1.25 * min(quiet)


def test_without_fuzz_the_least_busy_day_nearest_to_the_exact_one_is_taken() -> None:
    busy = dict.fromkeys(range(93, 108), 5)
    assert balanced(93, 107, 100, None, busy) == 100
    assert balanced(93, 107, 100, None, busy | {95: 4, 104: 4, 106: 3}) == 106
    assert balanced(93, 107, 100, None, busy | {95: 4, 104: 4}) == 104
