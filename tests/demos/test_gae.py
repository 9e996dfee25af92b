"""GAE held against a double loop over eq. 14 and 16, and its toy against enumeration of every episode."""

from __future__ import annotations

import itertools
import math
import statistics
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import gae
from llmcore_tui.lab import Anchor, Estimate

Array = NDArray[np.float64]
finite = st.floats(-5, 5)
share = st.floats(0, 1)


@st.composite
def episodes(draw: st.DrawFn) -> tuple[Array, Array, float, Array]:
    """Rewards, values, the value after the last step, and where an episode terminated."""
    length = draw(st.integers(1, 8))
    row = st.lists(finite, min_size=length, max_size=length)
    ends = st.lists(st.sampled_from([0.0, 1.0]), min_size=length, max_size=length)
    return np.array(draw(row)), np.array(draw(row)), draw(finite), np.array(draw(ends))


def k_step(t: int, k: int, rewards: Array, values: Array, last: float, dones: Array, gamma: float) -> float:
    """Eq. 14: k rewards, then the critic, minus V(s_t); nothing is counted after the episode terminated."""
    total, discount = -float(values[t]), 1.0
    for i in range(t, min(t + k, len(rewards))):
        total += discount * float(rewards[i])
        discount *= gamma
        if dones[i]:
            return total
    after = t + k
    return total + discount * (float(values[after]) if after < len(values) else last)


def weighted_average(
    t: int, rewards: Array, values: Array, last: float, dones: Array, gamma: float, lam: float
) -> float:
    """The first line of eq. 16, cut at the end of the data, where the longest estimator takes all remaining weight."""
    left = len(rewards) - t
    weights = [(1 - lam) * lam ** (k - 1) for k in range(1, left)] + [lam ** (left - 1)]
    return sum(
        weight * k_step(t, k, rewards, values, last, dones, gamma)
        for k, weight in zip(range(1, left + 1), weights, strict=True)
    )


@given(episodes(), share, share)
def test_the_recursion_is_the_weighted_average_of_k_step_estimators(
    episode: tuple[Array, Array, float, Array], gamma: float, lam: float
) -> None:
    rewards, values, last, dones = episode
    got = gae.advantages(rewards, values, last, dones, gamma=gamma, lam=lam)
    want = [weighted_average(t, rewards, values, last, dones, gamma, lam) for t in range(len(rewards))]
    np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-9)


@given(episodes(), share)
def test_lambda_zero_is_the_td_error(episode: tuple[Array, Array, float, Array], gamma: float) -> None:
    rewards, values, last, dones = episode
    after = np.append(values[1:], last)
    td_error = rewards + gamma * after * (1 - dones) - values
    np.testing.assert_allclose(
        gae.advantages(rewards, values, last, dones, gamma=gamma, lam=0.0), td_error, atol=1e-12
    )


@given(episodes(), share)
def test_lambda_one_is_the_return_minus_the_value(
    episode: tuple[Array, Array, float, Array], gamma: float
) -> None:
    rewards, values, last, dones = episode
    for t in range(len(rewards)):
        got = gae.advantages(rewards, values, last, dones, gamma=gamma, lam=1.0)[t]
        assert got == pytest.approx(
            k_step(t, len(rewards), rewards, values, last, dones, gamma), rel=1e-9, abs=1e-9
        )


@given(episodes(), episodes(), share, share)
def test_a_terminated_step_hides_everything_after_it(
    first: tuple[Array, Array, float, Array],
    second: tuple[Array, Array, float, Array],
    gamma: float,
    lam: float,
) -> None:
    first[3][-1] = 1.0
    joined = [np.concatenate([first[i], second[i]]) for i in (0, 1, 3)]
    both = gae.advantages(joined[0], joined[1], second[2], joined[2], gamma=gamma, lam=lam)
    alone = gae.advantages(first[0], first[1], first[2], first[3], gamma=gamma, lam=lam)
    np.testing.assert_allclose(both[: len(alone)], alone, atol=1e-12)


def test_many_episodes_side_by_side_are_each_their_own() -> None:
    rng = np.random.default_rng(1)
    rewards, values, last = rng.normal(size=(6, 4)), rng.normal(size=(6, 4)), rng.normal(size=4)
    dones = (rng.random((6, 4)) < 0.3).astype(float)
    together = gae.advantages(rewards, values, last, dones, gamma=0.9, lam=0.7)
    for j in range(4):
        alone = gae.advantages(rewards[:, j], values[:, j], float(last[j]), dones[:, j], gamma=0.9, lam=0.7)
        np.testing.assert_array_equal(together[:, j], alone)


def enumerate_episodes(
    steps: int, critic_error: float, gamma: float, lam: float
) -> tuple[float, float, float]:
    """Q, mean and deviation of the λ-return from all 2^T token sequences of the toy, written out again by hand."""

    def value(t: int, k: int) -> float:
        if t == steps:
            return 0.0
        total = 0.0
        for tail in itertools.product((0, 1), repeat=steps - t):
            good = sum(tail)
            chance = 0.6**good * 0.4 ** (steps - t - good)
            total += chance * (gamma ** (steps - t - 1) if k + good > steps / 2 else 0.0)
        return total

    mean = square = q = 0.0
    for tokens in itertools.product((0, 1), repeat=steps):
        chance = 0.8 if tokens[0] else 0.2
        for token in tokens[1:]:
            chance *= 0.6 if token else 0.4
        reward = 1.0 if sum(tokens) > steps / 2 else 0.0
        critic = [value(t, sum(tokens[:t])) + critic_error for t in range(steps)]
        deltas = [(reward if t == steps - 1 else gamma * critic[t + 1]) - critic[t] for t in range(steps)]
        g = critic[0] + sum((gamma * lam) ** t * delta for t, delta in enumerate(deltas))
        mean, square = mean + chance * g, square + chance * g * g
        q += chance * gamma ** (steps - 1) * reward
    return q, mean, math.sqrt(max(square - mean * mean, 0.0))


@pytest.mark.parametrize(
    ("steps", "error", "gamma", "lam"),
    [(2, 0.3, 0.9, 0.5), (5, 0.5, 0.99, 0.95), (6, -0.2, 1.0, 0.3), (5, 0.0, 0.8, 0.7)],
)
def test_exact_bias_and_spread_equal_enumeration(steps: int, error: float, gamma: float, lam: float) -> None:
    q, mean, std = enumerate_episodes(steps, error, gamma, lam)
    numbers = gae.run(lam=lam, gamma=gamma, value_error=error, steps=steps, episodes=10).numbers
    assert numbers["bias_exact"] == pytest.approx(mean - q, abs=1e-12)
    assert numbers["std_exact"] == pytest.approx(std, abs=1e-12)
    undiscounted, _, _ = enumerate_episodes(steps, 0.0, 1.0, 1.0)
    assert numbers["discount_bias"] == pytest.approx(q - undiscounted, abs=1e-12)


def test_of_an_answer_of_one_token_the_action_value_is_the_chance_that_it_is_good() -> None:
    assert gae.exact_q(gae.exact_values(1, 0.9), 0.9) == pytest.approx(0.8, abs=1e-12)


@given(share, share, st.floats(-2, 2), st.integers(2, 30))
def test_a_constant_critic_error_gives_the_closed_form_bias(
    lam: float, gamma: float, error: float, steps: int
) -> None:
    values = gae.exact_values(steps, gamma)
    critic = values + error * np.vstack([np.ones((steps, steps + 1)), np.zeros((1, steps + 1))])
    mean, _ = gae.lambda_return_moments(critic, gamma=gamma, lam=lam)
    closed = error * gamma * (1 - lam) * sum((gamma * lam) ** k for k in range(steps - 1))
    assert mean - gae.exact_q(values, gamma) == pytest.approx(closed, abs=1e-10)


@pytest.mark.parametrize("lam", [0.0, 0.5, 0.95, 1.0])
def test_an_exact_critic_has_no_bias_at_any_lambda(lam: float) -> None:
    numbers = gae.run(lam=lam, value_error=0.0, episodes=4000).numbers
    sampled = numbers["bias"]
    assert isinstance(sampled, Estimate)
    assert abs(sampled.value) < 4 * sampled.error
    assert numbers["bias_exact"] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_the_samples_agree_with_the_exact_moments(seed: int) -> None:
    numbers = gae.run(seed=seed).numbers
    for sampled, exact in (("bias", "bias_exact"), ("std", "std_exact")):
        estimate, truth = numbers[sampled], numbers[exact]
        assert isinstance(estimate, Estimate)
        assert isinstance(truth, float)
        assert abs(estimate.value - truth) < 4 * estimate.error


def test_standard_errors_are_those_of_repeated_sampling() -> None:
    mean, std = gae.mean_and_std(np.array([1.0, 2.0, 4.0]))
    assert (mean.value, std.value) == pytest.approx((7 / 3, statistics.stdev([1, 2, 4])))
    rng = np.random.default_rng(3)
    pairs = [gae.mean_and_std(rng.random(400)) for _ in range(3000)]
    for estimates in ([mean for mean, _ in pairs], [std for _, std in pairs]):
        spread = float(np.std([e.value for e in estimates]))
        assert spread == pytest.approx(float(np.mean([e.error for e in estimates])), rel=0.1)


def test_switching_the_idea_off_raises_the_spread_and_removes_the_bias() -> None:
    on, off = gae.run().numbers, gae.run(lam=1.0).numbers
    assert off["bias_exact"] == pytest.approx(0.0, abs=1e-12)
    for key in ("std", "bias"):
        a, b = on[key], off[key]
        assert isinstance(a, Estimate)
        assert isinstance(b, Estimate)
        margin = 4 * math.hypot(a.error, b.error)
        assert (b.value - a.value if key == "std" else a.value - b.value) > margin


@pytest.mark.parametrize("anchor", gae.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}")
def test_published_values_come_out(anchor: Anchor) -> None:
    settings: dict[str, Any] = dict(anchor.set)
    number = gae.run(**settings).numbers[anchor.number]
    assert isinstance(number, float)
    assert abs(number - anchor.value) <= anchor.within


@pytest.mark.parametrize(
    ("lam", "gamma", "steps"), [(0.95, 1.0, 50), (0.9, 0.9, 7), (1.0, 1.0, 20), (0.0, 1.0, 5)]
)
def test_the_last_reward_reaches_the_first_step_with_the_decay_to_the_power_of_the_steps_between(
    lam: float, gamma: float, steps: int
) -> None:
    numbers = gae.run(lam=lam, gamma=gamma, steps=steps, episodes=2).numbers
    assert numbers["last_reward_weight"] == pytest.approx((gamma * lam) ** (steps - 1), rel=1e-9, abs=1e-12)


def test_the_best_lambda_falls_to_zero_as_the_critic_becomes_exact() -> None:
    best = [gae.run(value_error=e, episodes=2).numbers["best_lam"] for e in (0.5, 0.2, 0.1, 0.0)]
    assert best == sorted(best, key=float, reverse=True)  # type: ignore[arg-type]  # all floats
    assert best[-1] == 0.0


def test_the_sentence_belongs_to_what_ran() -> None:
    assert gae.run(episodes=2).says == "trade"
    assert gae.run(episodes=2, lam=1.0).says == "monte_carlo"
    assert gae.run(episodes=2, value_error=0.0).says == "exact_critic"
