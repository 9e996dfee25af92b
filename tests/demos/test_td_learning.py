"""n-step TD held against the book's pseudocode, step by step, and its target against enumeration of every walk."""

from __future__ import annotations

import itertools
import math
import statistics
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import td_learning as demo
from llmcore_tui.lab import Anchor, Estimate


def true_value(s: int, states: int) -> float:
    """The gambler's ruin: the chance s/(N+1) of the right end (+1) against the left one (-1)."""
    return 2 * s / (states + 1) - 1


def episode_by_the_book(v: list[float], walk: list[int], n: float, alpha: float) -> None:
    """The box "n-step TD for estimating V" of section 7.1, line by line, γ=1; `v` has the two ends, both 0."""
    last = len(v) - 1
    end, t = math.inf, 0
    rewards = [0.0]
    while True:
        if t < end:
            after = walk[t + 1]
            rewards.append(1.0 if after == last else -1.0 if after == 0 else 0.0)
            if after in (0, last):
                end = t + 1
        tau = t - n + 1  # never reached by n=∞, whose targets are all whole returns
        if n == math.inf and t + 1 == end:
            for visited in range(int(end)):
                v[walk[visited]] += alpha * (sum(rewards[visited + 1 :]) - v[walk[visited]])
            return
        if tau >= 0:
            tau = int(tau)
            target = sum(rewards[tau + 1 : int(min(tau + n, end)) + 1])
            if tau + n < end:
                target += v[walk[tau + int(n)]]
            v[walk[tau]] += alpha * (target - v[walk[tau]])
        if tau == end - 1:
            return
        t += 1


def errors_by_the_book(walks: Any, n: float, alpha: float, states: int) -> list[list[float]]:
    """RMS error after every episode of every run."""
    _, runs, episodes = walks.shape
    table = []
    for r in range(runs):
        v, row = [0.0] * (states + 2), []
        for e in range(episodes):
            episode_by_the_book(v, [int(x) for x in walks[:, r, e]], n, alpha)
            squares = [(v[s] - true_value(s, states)) ** 2 for s in range(1, states + 1)]
            row.append(math.sqrt(sum(squares) / states))
        table.append(row)
    return table


@pytest.mark.parametrize(("states", "alpha"), [(19, 0.4), (5, 0.1), (7, 1.0)])
def test_every_n_learns_as_the_pseudocode_does(states: int, alpha: float) -> None:
    walks = demo.sample_walks(states, 4 * 6, np.random.default_rng(7)).reshape(-1, 4, 6)
    ns = [1, 2, 3, 4, 9, 40, demo.WHOLE]
    v = np.array([true_value(s, states) for s in range(1, states + 1)])
    got = demo.rms_errors(walks, ns, alpha, v)
    for k, n in enumerate(ns):
        want = errors_by_the_book(walks, math.inf if n == demo.WHOLE else n, alpha, states)
        np.testing.assert_allclose(got[k], want, rtol=1e-12, atol=1e-12)


def test_the_error_is_the_mean_over_runs_and_first_episodes() -> None:
    numbers = demo.run(runs=8, episodes=5, n=3, alpha=0.3, seed=2).numbers
    walks = demo.sample_walks(19, 40, np.random.default_rng(2)).reshape(-1, 8, 5)
    for key, n in (("rms_error", 3), ("rms_error_td", 1), ("rms_error_mc", math.inf)):
        means = [statistics.mean(row) for row in errors_by_the_book(walks, n, 0.3, 19)]
        got = numbers[key]
        assert isinstance(got, Estimate)
        assert got.value == pytest.approx(statistics.mean(means), rel=1e-12)
        assert got.error == pytest.approx(statistics.stdev(means) / math.sqrt(8), rel=1e-9)
        assert got.samples == 8


def moments_by_enumeration(start: int, states: int, n: int, v: list[float]) -> tuple[float, float]:
    """Mean and deviation of the n-step return over all 2^n ways to go; `v` are the estimates of the inner states."""
    mean = square = 0.0
    for steps in itertools.product((-1, 1), repeat=n):
        s, worth = start, None
        for step in steps:
            s += step
            if s in (0, states + 1):
                worth = 1.0 if s else -1.0
                break
        worth = v[s - 1] if worth is None else worth
        mean, square = mean + worth / 2**n, square + worth * worth / 2**n
    return mean, math.sqrt(max(square - mean * mean, 0.0))


@given(st.integers(1, 9), st.integers(3, 9), st.integers(0, 2**32 - 1))
def test_moments_of_the_target_equal_enumeration(n: int, states: int, seed: int) -> None:
    v = [float(x) for x in np.random.default_rng(seed).normal(size=states)]
    mean, std = demo.target_moments(demo.random_walk(states), np.array(v), n)
    want = [moments_by_enumeration(s, states, n, v) for s in range(1, states + 1)]
    np.testing.assert_allclose(mean, [m for m, _ in want], atol=1e-12)
    np.testing.assert_allclose(std, [d for _, d in want], atol=1e-7)


@pytest.mark.parametrize("n", [1, 2, 4, 8, 16])
def test_bias_and_spread_at_the_start_equal_enumeration(n: int) -> None:
    want = [moments_by_enumeration(s, 19, n, [0.0] * 19) for s in range(1, 20)]
    bias = math.sqrt(statistics.mean((m - true_value(s, 19)) ** 2 for s, (m, _) in enumerate(want, 1)))
    std = math.sqrt(statistics.mean(d * d for _, d in want))
    numbers = demo.run(n=n, runs=2, episodes=1).numbers
    assert numbers["target_bias"] == pytest.approx(bias, rel=1e-9)
    assert numbers["target_std"] == pytest.approx(std, rel=1e-9)


@pytest.mark.parametrize("states", [3, 5, 19, 40])
def test_monte_carlo_has_no_bias_and_the_returns_own_spread(states: int) -> None:
    numbers = demo.run(n="mc", states=states, runs=2, episodes=1).numbers
    assert numbers["target_bias"] == 0.0
    variance = statistics.mean(1 - true_value(s, states) ** 2 for s in range(1, states + 1))
    assert numbers["target_std"] == pytest.approx(math.sqrt(variance), rel=1e-9)
    far, _ = demo.target_moments(demo.random_walk(states), np.zeros(states), 10**6)
    np.testing.assert_allclose(far, [true_value(s, states) for s in range(1, states + 1)], atol=1e-9)


@given(st.integers(1, 40), st.integers(3, 15), st.integers(0, 2**32 - 1))
def test_the_expected_target_errs_less_than_the_estimates_do(n: int, states: int, seed: int) -> None:
    """The error reduction property, eq. 7.3 at γ=1."""
    chain = demo.random_walk(states)
    estimates = np.random.default_rng(seed).normal(size=states)
    mean, _ = demo.target_moments(chain, estimates, n)
    assert np.abs(mean - chain.values()).max() <= np.abs(estimates - chain.values()).max() + 1e-12


@pytest.mark.parametrize("states", [3, 4, 19, 41])
def test_true_values_are_the_gamblers_ruin(states: int) -> None:
    want = [true_value(s, states) for s in range(1, states + 1)]
    np.testing.assert_allclose(demo.random_walk(states).values(), want, atol=1e-12)


def test_walks_move_by_one_and_end_where_they_should() -> None:
    walks = demo.sample_walks(19, 4000, np.random.default_rng(5))
    assert (walks[0] == 10).all()
    assert (demo.sample_walks(4, 3, np.random.default_rng(5))[0] == 2).all()
    assert set(np.unique(walks[-1])) == {0, 20}
    steps = np.diff(walks, axis=0)
    inside = (walks[:-1] > 0) & (walks[:-1] < 20)
    assert (np.abs(steps[inside]) == 1).all()
    assert (steps[~inside] == 0).all()
    lengths = inside.sum(axis=0)
    assert abs(lengths.mean() - 10 * 10) < 4 * lengths.std() / math.sqrt(4000)  # k(N+1-k) steps on average
    assert abs((walks[-1] == 20).mean() - 0.5) < 4 * 0.5 / math.sqrt(4000)
    assert abs((steps[0] == 1).mean() - 0.5) < 4 * 0.5 / math.sqrt(4000)


@pytest.mark.parametrize(
    ("n", "states", "reached"),
    [(1, 5, 1), (2, 5, 2), (3, 5, 3), (9, 5, 3), (4, 19, 4), (60, 19, 10), (9, 4, 3)],
)
def test_one_straight_walk_teaches_the_last_n_states(n: int, states: int, reached: int) -> None:
    assert demo.run(n=n, states=states, runs=2, episodes=1).numbers["states_reached"] == reached


@pytest.mark.parametrize("seed", range(3))
def test_the_best_n_lies_between_the_ends(seed: int) -> None:
    numbers = demo.run(seed=seed).numbers
    own, one_step, monte_carlo = (numbers[k] for k in ("rms_error", "rms_error_td", "rms_error_mc"))
    assert isinstance(own, Estimate)
    assert isinstance(one_step, Estimate)
    assert isinstance(monte_carlo, Estimate)
    assert numbers["best_n"] == 4
    for end in (one_step, monte_carlo):
        assert end.value - own.value > 4 * math.hypot(own.error, end.error)


def test_a_smaller_walk_or_a_smaller_step_moves_the_best_n() -> None:
    assert demo.run(states=5).numbers["best_n"] == 1
    assert demo.run(alpha=0.1).numbers["best_n"] == 16


def test_monte_carlo_is_an_n_longer_than_every_walk() -> None:
    longest, monte_carlo = demo.run(n=100_000).numbers, demo.run(n="mc").numbers
    assert longest["rms_error"] == monte_carlo["rms_error"] == monte_carlo["rms_error_mc"]
    assert longest["target_bias"] == pytest.approx(0.0, abs=1e-12)


def test_switching_bootstrapping_off_removes_the_bias_and_adds_spread() -> None:
    on, off = demo.run().numbers, demo.run(n="mc").numbers
    for key, direction in demo.OFF.moves.items():
        a, b = on[key], off[key]
        a, b = (a.value, b.value) if isinstance(a, Estimate) and isinstance(b, Estimate) else (a, b)
        assert isinstance(a, float | int)
        assert isinstance(b, float | int)
        assert (b - a > 0) == (direction == "up")
        assert a != b


@pytest.mark.parametrize("anchor", demo.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}")
def test_published_values_come_out(anchor: Anchor) -> None:
    settings: dict[str, Any] = dict(anchor.set)
    number = demo.run(**settings).numbers[anchor.number]
    value = number.value if isinstance(number, Estimate) else number
    assert isinstance(value, float | int)
    assert abs(value - anchor.value) <= anchor.within


@pytest.mark.parametrize(
    ("flags", "says"),
    [({}, "between"), ({"n": 1}, "one_step"), ({"n": "mc"}, "monte_carlo"), ({"n": 64}, "no_gain")],
)
def test_the_sentence_belongs_to_what_ran(flags: dict[str, Any], says: str) -> None:
    assert demo.run(**flags).says == says


def test_the_first_curve_is_the_error_over_n() -> None:
    result = demo.run(runs=20)
    curve = result.series[0]
    rows = [[cell for cell in row if isinstance(cell, float)] for row in result.tables[0].rows]
    level, learning = result.series[1], result.series[2]
    assert list(level.y) == [rows[-1][2]] * 2
    assert [level.x[0], level.x[-1]] == [0, 9]
    walks = demo.sample_walks(19, 200, np.random.default_rng(0)).reshape(-1, 20, 10)
    by_hand = np.mean(errors_by_the_book(walks, 4, 0.4, 19), axis=0)
    np.testing.assert_allclose(learning.y, by_hand, rtol=1e-12)
    assert list(learning.x) == list(range(1, 11))
    assert list(curve.x) == [math.log2(2**k) for k in range(10)]
    assert list(curve.y) == [row[2] for row in rows[:10]]
    assert curve.y[2] == pytest.approx(demo.run(runs=20, n=4).numbers["rms_error"].value)  # type: ignore[union-attr]
