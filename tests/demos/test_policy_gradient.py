"""The short corridor held against closed forms, torch autograd and the exact law of an episode's length and score."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import policy_gradient as pg
from llmcore_tui.lab import Anchor, Estimate, Result

Array = NDArray[np.float64]
probability = st.floats(0.1, 0.9)


def closed_return(p: float) -> float:
    """J(p) = (2p - 4) / (p(1-p)), from the three Bellman equations solved by hand."""
    return (2 * p - 4) / (p * (1 - p))


def logit(p: float) -> float:
    return math.log(p / (1 - p))


def estimate(result: Result, key: str) -> Estimate:
    number = result.numbers[key]
    assert isinstance(number, Estimate)
    return number


def walk(state: int, right: bool) -> int:
    """The corridor of Example 13.1 in words: state 1 is reversed, the wall is left of state 0, the goal is 3."""
    if state == 1:
        return 0 if right else 2
    return state + 1 if right else max(state - 1, 0)


def iterated_values(p: float) -> list[float]:
    """v by sweeping the Bellman equation until nothing moves."""
    v = [0.0, 0.0, 0.0, 0.0]
    for _ in range(5000):
        v = [-1 + p * v[walk(s, True)] + (1 - p) * v[walk(s, False)] for s in range(3)] + [0.0]
    return v[:3]


def law_of_an_episode(p: float, longest: int = 1200) -> Array:
    """P(T = t, n_right = n) for t < longest by pushing the distribution over (state, n_right) forward."""
    law = np.zeros((longest, longest))
    mass = np.zeros((3, longest))
    mass[0, 0] = 1.0
    for t in range(1, longest):
        after = np.zeros_like(mass)
        for s in range(3):
            for right, chance in ((True, p), (False, 1 - p)):
                moved = np.roll(mass[s], 1) if right else mass[s]
                to = walk(s, right)
                if to == 3:
                    law[t] += chance * moved
                else:
                    after[to] += chance * moved
        mass = after
    return law


def moments(law: Array, p: float) -> dict[str, float]:
    """Expectations over an episode of its return G = -T and its score S = n_right - pT."""
    length, right = np.indices(law.shape)
    g, s = -length.astype(float), right - p * length
    mu = float((law * g).sum())

    def mean(x: Any) -> float:
        return float((law * x).sum())

    return {
        "mu": mu,
        "gs": mean((g - mu) * s),
        "gs2": mean((g - mu) ** 2 * s**2),
        "g2": mean((g - mu) ** 2),
        "s2": mean(s**2),
        "raw2": mean((g * s) ** 2),
        "total": float(law.sum()),
    }


def variance_to_go(p: float, baseline: bool) -> float:
    """Var of Σ g_t (G_t - b_t) from the start, by the linear equations of its first two moments with the return."""
    v = iterated_values(p)
    moves = [
        [(chance, score, walk(s, right)) for right, chance, score in ((True, p, 1 - p), (False, 1 - p, -p))]
        for s in range(3)
    ]

    def solve(constant: list[float]) -> list[float]:
        a = np.eye(4)
        for s in range(3):
            for chance, _, to in moves[s]:
                a[s, to] -= chance
        return [float(x) for x in np.linalg.solve(a, [*constant, 0.0])]

    def expect(terms: Callable[[int, float, int], float]) -> list[float]:
        return solve([sum(c * terms(s, score, to) for c, score, to in moves[s]) for s in range(3)])

    b = v if baseline else [0.0, 0.0, 0.0]
    g1 = expect(lambda s, score, to: -1.0)
    g2 = expect(lambda s, score, to: 1 - 2 * g1[to])
    x1 = expect(lambda s, score, to: score * (g1[to] - 1 - b[s]))
    xg = expect(lambda s, score, to: score * (1 - 2 * g1[to] + g2[to] - b[s] * (g1[to] - 1)) - x1[to])
    x2 = expect(
        lambda s, score, to: (
            score**2 * (g2[to] - 2 * (1 + b[s]) * g1[to] + (1 + b[s]) ** 2)
            + 2 * score * (xg[to] - (1 + b[s]) * x1[to])
        )
    )
    return x2[0] - x1[0] ** 2


@given(probability)
def test_values_solve_the_bellman_equation_and_the_closed_form(p: float) -> None:
    got = pg.values(np.array([p, 1 - p]))
    assert got[0] == pytest.approx(closed_return(p), rel=1e-9)
    np.testing.assert_allclose(got, iterated_values(p), rtol=1e-6)


@given(probability)
def test_the_policy_gradient_theorem_gives_the_slope_of_the_return(p: float) -> None:
    theta, h = logit(p), 1e-5
    slope = (
        closed_return(1 / (1 + math.exp(-theta - h))) - closed_return(1 / (1 + math.exp(-theta + h)))
    ) / (2 * h)
    assert pg.analytic_gradient(theta) == pytest.approx(slope, rel=1e-5, abs=1e-5)


@given(probability)
def test_the_policy_is_torchs_softmax_over_the_two_logits(p: float) -> None:
    theta = logit(p)
    reference = torch.softmax(torch.tensor([theta, 0.0], dtype=torch.float64), 0).numpy()
    np.testing.assert_allclose(pg.policy(np.array(theta)), reference, rtol=1e-12)


def test_an_episode_follows_the_corridor_until_the_goal() -> None:
    states, rights, alive = pg.sample(np.full(50, 0.4), np.random.default_rng(0))
    for n in range(50):
        state = 0
        for t in range(int(alive[:, n].sum())):
            assert states[t, n] == state
            state = walk(state, bool(rights[t, n]))
        assert state == 3
        assert not alive[int(alive[:, n].sum()) :, n].any()


@pytest.mark.parametrize("baseline", [True, False])
@pytest.mark.parametrize("reward_to_go", [True, False])
def test_an_episodes_gradient_is_torchs_gradient_of_the_surrogate(baseline: bool, reward_to_go: bool) -> None:
    thetas = np.array([-0.7, 0.2])
    episodes = pg.sample(np.repeat(1 / (1 + np.exp(-thetas)), 4), np.random.default_rng(1))
    got = pg.episode_gradients(
        thetas, episodes, baseline=baseline, reward_to_go=reward_to_go, estimator="reinforce"
    )
    states, rights, alive = episodes
    for n in range(8):
        theta = torch.tensor(thetas[n // 4], dtype=torch.float64, requires_grad=True)
        v = iterated_values(1 / (1 + math.exp(-thetas[n // 4])))
        length = int(alive[:, n].sum())
        surrogate = torch.zeros((), dtype=torch.float64)
        for t in range(length):
            weight = -(length - t) if reward_to_go else -length
            bias = v[int(states[t, n])] if reward_to_go else v[0]
            log_pi = torch.nn.functional.logsigmoid(theta if rights[t, n] else -theta)
            surrogate = surrogate + log_pi * (weight - (bias if baseline else 0.0))
        surrogate.backward()  # type: ignore[no-untyped-call]  # torch does not annotate it
        assert theta.grad is not None
        assert got[n // 4, n % 4] == pytest.approx(float(theta.grad), rel=1e-9)


def test_leave_one_out_is_the_sample_covariance_of_return_and_score() -> None:
    theta = np.array([-0.4])
    p = 1 / (1 + math.exp(0.4))
    episodes = pg.sample(np.full(6, p), np.random.default_rng(2))
    got = pg.episode_gradients(theta, episodes, baseline=False, reward_to_go=False, estimator="rloo").mean()
    _, rights, alive = episodes
    length = alive.sum(axis=0)
    score = (rights & alive).sum(axis=0) - p * length
    assert got == pytest.approx(float(np.cov(-length, score, ddof=1)[0, 1]), rel=1e-9)


VARIANTS: list[tuple[bool, bool, Literal["reinforce", "rloo"]]] = [
    (False, False, "reinforce"),
    (True, False, "reinforce"),
    (False, True, "reinforce"),
    (True, True, "reinforce"),
    (False, False, "rloo"),
]


@pytest.mark.parametrize(("baseline", "reward_to_go", "estimator"), VARIANTS)
def test_mean_and_variance_are_those_of_the_exact_law(
    baseline: bool, reward_to_go: bool, estimator: Literal["reinforce", "rloo"]
) -> None:
    p, batch = 0.4, 4
    exact = moments(law_of_an_episode(p), p)
    assert exact["total"] == pytest.approx(1.0, abs=1e-9)
    if estimator == "rloo":
        # A U-statistic with kernel h = (G-G')(S-S')/2: its variance by Hoeffding's decomposition.
        first = (exact["gs2"] - exact["gs"] ** 2) / 4
        second = (exact["gs2"] + exact["g2"] * exact["s2"] + 2 * exact["gs"] ** 2) / 2 - exact["gs"] ** 2
        variance = (4 * (batch - 2) * first + 2 * second) / (batch * (batch - 1))
    elif reward_to_go:
        variance = variance_to_go(p, baseline) / batch
    else:
        variance = (exact["gs2"] if baseline else exact["raw2"]) / batch - exact["gs"] ** 2 / batch
    result = pg.run(
        baseline=baseline,
        reward_to_go=reward_to_go,
        estimator=estimator,
        batch=batch,
        p=p,
        estimates=20_000,
        updates=1,
        runs=2,
    )
    assert result.numbers["gradient"] == pytest.approx(exact["gs"], rel=1e-9)
    error, spread = estimate(result, "gradient_error"), estimate(result, "variance")
    assert error.error == pytest.approx(math.sqrt(variance / 20_000), rel=0.1)
    assert abs(error.value) < 4 * error.error
    assert abs(spread.value - variance) < 4 * spread.error
    assert spread.value == pytest.approx(variance, rel=0.1)


def test_the_error_is_the_mean_estimate_less_the_gradient() -> None:
    result = pg.run(estimates=100, updates=1, runs=2)
    theta = np.full(100, logit(0.3))
    p = 1 / (1 + np.exp(-np.full(800, logit(0.3))))
    episodes = pg.sample(p, np.random.default_rng(0))
    gradients = pg.episode_gradients(theta, episodes, baseline=True, reward_to_go=True, estimator="reinforce")
    mean = float(gradients.mean(axis=1).mean())
    assert estimate(result, "gradient_error").value == pytest.approx(mean - 8.476190476190474, rel=1e-6)


def test_the_error_of_a_variance_is_that_of_repeated_sampling() -> None:
    rng = np.random.default_rng(6)
    found = [pg.estimate_of_variance(rng.random(400)) for _ in range(3000)]
    spread = float(np.std([e.value for e in found]))
    assert spread == pytest.approx(float(np.mean([e.error for e in found])), rel=0.1)
    assert pg.estimate_of_variance(np.array([1.0, 2.0, 4.0])).value == pytest.approx(
        statistics.variance([1, 2, 4])
    )


def test_importance_weights_are_the_ratio_of_the_episodes_probabilities() -> None:
    theta, behaviour = np.array([0.3, 0.3]), np.array([0.1, 0.5])
    episodes = pg.sample(np.repeat(1 / (1 + np.exp(-behaviour)), 3), np.random.default_rng(4))
    got = pg.importance_weights(theta, behaviour, episodes)
    _, rights, alive = episodes
    for n in range(6):
        target, used = (1 / (1 + math.exp(-x)) for x in (0.3, behaviour[n // 3]))
        weight = 1.0
        for t in range(int(alive[:, n].sum())):
            weight *= target / used if rights[t, n] else (1 - target) / (1 - used)
        assert got[n // 3, n % 3] == pytest.approx(weight, rel=1e-9)


@pytest.mark.parametrize("lag", [-0.2, 0.2])
def test_episodes_of_another_policy_give_the_same_gradient_with_fewer_effective_samples(lag: float) -> None:
    on = pg.run(updates=1, runs=2)
    off = pg.run(lag=lag, updates=1, runs=2)
    assert estimate(on, "effective_share").value == 1.0
    assert estimate(off, "effective_share").value < 0.9
    error = estimate(off, "gradient_error")
    assert abs(error.value) < 4 * error.error


def test_the_ratio_is_one_for_plain_reinforce_and_below_one_with_both_ideas() -> None:
    plain = pg.run(baseline=False, reward_to_go=False, updates=1, runs=2)
    assert estimate(plain, "variance_ratio").value == 1.0
    both = pg.run(updates=1, runs=2)
    ratio = estimate(both, "variance_ratio")
    exact = variance_to_go(0.3, True) / (lambda m: m["raw2"] - m["gs"] ** 2)(
        moments(law_of_an_episode(0.3), 0.3)
    )
    assert abs(ratio.value - exact) < 5 * ratio.error
    assert ratio.value == pytest.approx(exact, rel=0.1)


def test_learning_comes_to_the_best_policy_and_noise_keeps_it_away() -> None:
    both, plain = pg.run(), pg.run(baseline=False, reward_to_go=False)
    best = closed_return(2 - math.sqrt(2))
    assert estimate(both, "return_learned").value == pytest.approx(best, abs=0.2)
    assert estimate(both, "p_learned").value == pytest.approx(2 - math.sqrt(2), abs=0.04)
    assert estimate(plain, "return_learned").value < estimate(both, "return_learned").value


def test_one_update_moves_by_the_step_times_the_mean_gradient() -> None:
    rng = np.random.default_rng(5)
    theta = np.full(3, logit(0.3))
    gradients = pg.episode_gradients(
        theta, pg.sample(np.full(12, 0.3), rng), baseline=True, reward_to_go=True, estimator="reinforce"
    )
    path = pg.learn(
        logit(0.3),
        baseline=True,
        reward_to_go=True,
        estimator="reinforce",
        batch=4,
        updates=1,
        step=0.01,
        runs=3,
        rng=np.random.default_rng(5),
    )
    np.testing.assert_allclose(path[1] - path[0], 0.01 * gradients.mean(axis=1), rtol=1e-9)


@pytest.mark.parametrize("anchor", pg.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}")
def test_published_values_come_out(anchor: Anchor) -> None:
    settings: dict[str, Any] = dict(anchor.set)
    number = pg.run(**settings).numbers[anchor.number]
    assert isinstance(number, float)
    assert abs(number - anchor.value) <= anchor.within


def test_the_sentence_belongs_to_what_ran() -> None:
    small: dict[str, Any] = {"estimates": 100, "updates": 1, "runs": 2}
    assert pg.run(**small).says == "variant"
    assert pg.run(baseline=False, reward_to_go=False, **small).says == "plain"
    assert pg.run(estimator="rloo", baseline=False, reward_to_go=False, **small).says == "variant"
    assert pg.run(lag=0.1, **small).says == "off_policy"
