"""The actor-critic held against plain loops, torch autograd, numpy's covariance and gymnasium's own CartPole."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import actor_critic as ac
from llmcore_tui.lab import Anchor, Estimate, NotReached, NotRun, Result

Array = NDArray[np.float64]
finite = st.floats(-5, 5)
share = st.floats(0, 1)


@st.composite
def steps(draw: st.DrawFn) -> tuple[Array, Array, Array, NDArray[np.bool_], NDArray[np.bool_]]:
    """Rewards, V(s_t), V(s_{t+1}), terminated, truncated of some steps; the last one ends an episode."""
    length = draw(st.integers(1, 8))
    numbers = st.lists(finite, min_size=length, max_size=length)
    ends = draw(st.lists(st.sampled_from(["", "", "term", "trunc"]), min_size=length, max_size=length))
    ends[-1] = draw(st.sampled_from(["term", "trunc"]))
    terminated, truncated = np.array([e == "term" for e in ends]), np.array([e == "trunc" for e in ends])
    return np.array(draw(numbers)), np.array(draw(numbers)), np.array(draw(numbers)), terminated, truncated


def summed(
    rewards: Array,
    now: Array,
    after: Array,
    terminated: NDArray[np.bool_],
    truncated: NDArray[np.bool_],
    gamma: float,
    lam: float,
    bootstrap: bool,
) -> list[float]:
    """Σ_l (γλ)^l δ_{t+l} up to the end of the episode, by a double loop."""
    result = []
    for t in range(len(rewards)):
        total = 0.0
        for i in range(t, len(rewards)):
            known = terminated[i] or (truncated[i] and not bootstrap)
            delta = rewards[i] + (0.0 if known else gamma * after[i]) - now[i]
            total += (gamma * lam) ** (i - t) * float(delta)
            if terminated[i] or truncated[i]:
                break
        result.append(total)
    return result


@given(steps(), share, share, st.booleans())
def test_advantages_are_the_discounted_sum_of_td_errors_to_the_end_of_the_episode(
    given_steps: tuple[Array, Array, Array, NDArray[np.bool_], NDArray[np.bool_]],
    gamma: float,
    lam: float,
    bootstrap: bool,
) -> None:
    got = ac.advantages(*given_steps, gamma=gamma, lam=lam, bootstrap=bootstrap)
    np.testing.assert_allclose(got, summed(*given_steps, gamma, lam, bootstrap), rtol=1e-9, atol=1e-9)


@given(steps(), share, share)
def test_a_truncated_step_is_a_terminal_one_that_pays_the_discounted_value_of_its_last_state(
    given_steps: tuple[Array, Array, Array, NDArray[np.bool_], NDArray[np.bool_]], gamma: float, lam: float
) -> None:
    rewards, now, after, terminated, truncated = given_steps
    paid = rewards + gamma * after * truncated
    nowhere = np.zeros_like(truncated)
    np.testing.assert_allclose(
        ac.advantages(*given_steps, gamma=gamma, lam=lam, bootstrap=True),
        ac.advantages(
            paid, now, after, terminated | truncated, nowhere, gamma=gamma, lam=lam, bootstrap=True
        ),
        atol=1e-9,
    )


def played(theta: Array, places: int, seed: int = 0) -> ac.Episodes:
    envs = gymnasium.make_vec(
        "CartPole-v1", num_envs=len(theta) * places, vectorization_mode="vector_entry_point"
    )
    envs.reset(seed=seed)
    episodes = ac.play(envs, theta, np.ones(len(theta), dtype=bool), np.random.default_rng(seed))
    envs.close()
    return episodes


BALANCING = np.array([0.5, 2.0, 3.0, 6.0, 0.0])


def test_episodes_are_gymnasiums_cart_pole_step_by_step() -> None:
    episodes = played(np.array([np.zeros(5), BALANCING]), 2)
    lengths = episodes.alive.sum(axis=0)
    assert lengths[0].max() < 200
    assert lengths[1].max() == 500
    for seed in range(2):
        for place in range(2):
            env: Any = gymnasium.make("CartPole-v1").unwrapped
            length = int(lengths[seed, place])
            env.reset(seed=0)
            env.state = tuple(episodes.x[0, seed, place, :4] * ac.SCALE)
            for t in range(length):
                env.state = tuple(episodes.x[t, seed, place, :4] * ac.SCALE)
                after, _, fallen, _, _ = env.step(int(episodes.right[t, seed, place]))
                np.testing.assert_allclose(episodes.x_next[t, seed, place, :4] * ac.SCALE, after, atol=1e-5)
                assert episodes.terminated[t, seed, place] == fallen
                assert episodes.truncated[t, seed, place] == (t == 499 and not fallen)
                if t + 1 < length:
                    np.testing.assert_array_equal(
                        episodes.x_next[t, seed, place], episodes.x[t + 1, seed, place]
                    )
            assert not episodes.alive[length:, seed, place].any()
            assert not (episodes.terminated | episodes.truncated)[length:, seed, place].any()


def test_seeds_that_are_not_playing_have_no_steps() -> None:
    envs = gymnasium.make_vec("CartPole-v1", num_envs=6, vectorization_mode="vector_entry_point")
    envs.reset(seed=0)
    episodes = ac.play(envs, np.zeros((2, 5)), np.array([False, True]), np.random.default_rng(0))
    envs.close()
    assert (episodes.returns[0] == 0).all()
    assert (episodes.returns[1] > 5).all()


def test_the_policy_goes_right_with_the_logistic_probability_of_its_features() -> None:
    theta = np.array([BALANCING, -BALANCING])
    episodes = played(theta, 3)
    for s in range(2):
        logits = torch.from_numpy(episodes.x[:, s]) @ torch.from_numpy(theta[s])
        np.testing.assert_allclose(episodes.p_right[:, s], torch.sigmoid(logits).numpy(), rtol=1e-9)
    chosen, expected = episodes.right[episodes.alive], episodes.p_right[episodes.alive]
    error = math.sqrt(float((expected * (1 - expected)).sum())) / len(expected)
    assert abs(float(chosen.mean() - expected.mean())) < 4 * error


def test_features_of_many_observations_are_those_of_each() -> None:
    observations = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32)
    features = ac.actor_features(observations)
    assert features.shape == (2, 3, 5)
    np.testing.assert_array_equal(features[..., 4], 1.0)
    np.testing.assert_array_equal(features[1, 2], ac.actor_features(observations[1, 2]))


def test_an_episodes_gradient_is_torchs_gradient_of_the_weighted_log_probability() -> None:
    episodes = played(np.array([np.zeros(5), BALANCING / 4]), 3)
    weights = np.random.default_rng(0).normal(size=episodes.alive.shape)
    got = ac.episode_gradients(episodes, weights)
    thetas = [np.zeros(5), BALANCING / 4]
    for s in range(2):
        for place in range(3):
            theta = torch.tensor(thetas[s], requires_grad=True)
            length = int(episodes.alive[:, s, place].sum())
            logits = torch.from_numpy(episodes.x[:length, s, place]) @ theta
            signs = torch.from_numpy(np.where(episodes.right[:length, s, place], 1.0, -1.0))
            log_pi = torch.nn.functional.logsigmoid(signs * logits)
            (log_pi * torch.from_numpy(weights[:length, s, place])).sum().backward()  # type: ignore[no-untyped-call]  # torch does not annotate it
            assert theta.grad is not None
            np.testing.assert_allclose(got[s, place], theta.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_without_a_critic_an_action_is_weighed_by_the_discounted_steps_that_are_left() -> None:
    episodes = played(np.array([np.zeros(5), BALANCING]), 2)
    got = ac.monte_carlo(episodes, 0.9)
    for s in range(2):
        for place in range(2):
            length = int(episodes.alive[:, s, place].sum())
            want = [(1 - 0.9 ** (length - t)) / (1 - 0.9) for t in range(length)]
            np.testing.assert_allclose(got[:length, s, place], want, rtol=1e-9)


def test_the_critic_is_the_ridge_solution_on_all_products_of_features() -> None:
    rng = np.random.default_rng(1)
    x = np.concatenate([rng.normal(size=(60, 4)), np.ones((60, 1))], axis=1)
    targets = rng.normal(size=60)
    products = np.array([[row[i] * row[j] for i in range(5) for j in range(i, 5)] for row in x])
    for kind, phi in (("quadratic", products), ("linear", x)):
        size = phi.shape[1]
        stacked = torch.from_numpy(np.vstack([phi, math.sqrt(1e-4 * 60) * np.eye(size)]))
        wanted = torch.linalg.lstsq(
            stacked, torch.from_numpy(np.append(targets, np.zeros(size)))[:, None]
        ).solution[:, 0]
        w = ac.fit_critic(x, targets, kind)  # type: ignore[arg-type]  # the two literals
        np.testing.assert_allclose(w, wanted.numpy(), rtol=1e-7)


def test_values_are_the_critics_features_times_its_weights_before_and_after_a_step() -> None:
    episodes = played(np.zeros((2, 5)), 2)
    w = np.random.default_rng(2).normal(size=(2, 5))
    now, after = ac.values_of(episodes, w, "linear")
    for s in range(2):
        np.testing.assert_allclose(now[:, s], episodes.x[:, s] @ w[s])
        np.testing.assert_allclose(after[:, s], episodes.x_next[:, s] @ w[s])


def test_total_variance_is_the_trace_of_the_covariance() -> None:
    gradients = np.random.default_rng(3).normal(size=(50, 5)) @ np.diag([1.0, 2, 3, 4, 5])
    got = ac.total_variance(gradients)
    assert got.value == pytest.approx(float(np.trace(np.cov(gradients.T))), rel=1e-9)


def test_the_error_of_a_mean_is_that_of_repeated_sampling() -> None:
    rng = np.random.default_rng(4)
    found = [ac.estimate_of_mean(rng.random(30)) for _ in range(4000)]
    assert float(np.std([e.value for e in found])) == pytest.approx(
        float(np.mean([e.error for e in found])), rel=0.05
    )
    assert ac.estimate_of_mean(np.array([3.0])) == Estimate(3.0, 0.0, 1)


def test_relative_bias_is_the_lost_share_and_its_error_that_of_repeated_sampling() -> None:
    rng = np.random.default_rng(5)
    direction = np.array([2.0, 1.0, 0.0])
    found = []
    for _ in range(1500):
        unbiased = direction + rng.normal(size=(400, 3))
        found.append(ac.relative_bias(0.7 * unbiased + 0.5 * rng.normal(size=(400, 3)), unbiased))
    values = np.array([e.value for e in found])
    assert float(values.mean()) == pytest.approx(-0.3, abs=0.003)
    assert float(values.std()) == pytest.approx(float(np.mean([e.error for e in found])), rel=0.1)


@cache
def result(**flags: Any) -> Result:
    return ac.run(**flags)


def estimate(of: Result, key: str) -> Estimate:
    number = of.numbers[key]
    assert isinstance(number, Estimate)
    return number


def test_with_a_critic_every_seed_solves_the_task_within_the_default_budget() -> None:
    on = result()
    assert estimate(on, "return").value > 475
    solved = estimate(on, "steps_to_475")
    assert solved.samples == 8
    assert 40_000 < solved.value < 100_000


def test_switching_the_critic_off_raises_the_variance_and_lowers_the_return() -> None:
    on, off = result(), result(critic=False)
    assert estimate(off, "grad_variance").value > 2 * estimate(on, "grad_variance").value
    assert estimate(off, "return").value < estimate(on, "return").value
    assert isinstance(off.numbers["value_at_limit"], NotRun)
    assert isinstance(off.numbers["steps_to_475"], NotReached)
    bias = estimate(off, "grad_bias")
    assert abs(bias.value) < 4 * bias.error


def test_taking_the_time_limit_for_the_end_makes_the_critic_undervalue_a_balanced_pole() -> None:
    on, cut = result(), result(bootstrap=False)
    assert estimate(on, "value_at_limit").value == pytest.approx(100, abs=3)
    # The states look the same at any time, so the critic averages (1-γ^k)/(1-γ) over the k steps left: about 80.
    blind = float(np.mean([(1 - 0.99**k) / 0.01 for k in range(1, 501)]))
    assert estimate(cut, "value_at_limit").value == pytest.approx(blind, abs=5)


def test_a_critic_that_cannot_tell_states_apart_biases_the_gradient_unless_lambda_is_one() -> None:
    biases = [
        estimate(result(features="linear", lam=lam, steps=1000), "grad_bias") for lam in (0.0, 0.95, 1.0)
    ]
    assert biases[0].value < -0.8
    assert -0.3 < biases[1].value < -4 * biases[1].error
    assert biases[2].value == 0.0
    good = estimate(result(steps=1000), "grad_bias")
    assert abs(good.value) < 4 * good.error


def test_a_small_budget_is_said_not_to_reach_the_threshold() -> None:
    short = result(steps=1000)
    reached, limit = short.numbers["steps_to_475"], short.numbers["value_at_limit"]
    assert isinstance(reached, NotReached)
    assert "0 of 8" in reached.budget
    assert isinstance(limit, NotReached)


def test_the_same_flags_give_the_same_numbers_and_another_seed_others() -> None:
    assert ac.run(steps=1000).numbers == result(steps=1000).numbers
    assert ac.run(steps=1000, seed=1).numbers["return"] != result(steps=1000).numbers["return"]


@pytest.mark.parametrize("anchor", ac.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}")
def test_published_values_come_out(anchor: Anchor) -> None:
    number = result(**dict(anchor.set)).numbers[anchor.number]
    assert isinstance(number, float)
    assert abs(number - anchor.value) <= anchor.within


def test_the_sentence_belongs_to_what_ran() -> None:
    assert result().says == "critic"
    assert result(critic=False).says == "monte_carlo"
    assert result(bootstrap=False).says == "cut"
    assert result(bootstrap=False, steps=1000).says == "cut_never"
