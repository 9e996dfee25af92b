"""The advantage demo held against torch's autograd, action by action, and against closed forms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import advantage
from llmcore_tui.lab import Anchor, NotRun

logit = st.floats(-3, 3)
reward = st.floats(-10, 10)


@st.composite
def bandits(draw: st.DrawFn) -> tuple[tuple[float, ...], tuple[float, ...], float]:
    """Logits, one reward an action, and an offset; three actions or more, so that two rewards are never a range."""
    size = draw(st.integers(3, 6))
    row = st.lists(logit, min_size=size, max_size=size)
    return (
        tuple(draw(row)),
        tuple(draw(st.lists(reward, min_size=size, max_size=size))),
        draw(st.floats(-20, 20)),
    )


def by_autograd(logits: tuple[float, ...], q: list[float], b: list[float]) -> tuple[Any, Any, float]:
    """True gradient of Σ π q, and mean and variance of ∇log π(a)(q_a - b_a), each log π differentiated by torch."""
    theta = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    [true] = torch.autograd.grad(torch.softmax(theta, 0) @ torch.tensor(q, dtype=torch.float64), theta)
    pi = torch.softmax(theta, 0).detach().tolist()
    samples = []
    for a in range(len(q)):
        [score] = torch.autograd.grad(torch.log_softmax(theta, 0)[a], theta)
        samples.append(score * (q[a] - b[a]))
    mean = sum((p * g for p, g in zip(pi, samples, strict=True)), torch.zeros_like(theta))
    square = sum(p * float(g @ g) for p, g in zip(pi, samples, strict=True))
    return true.numpy(), mean.detach().numpy(), square - float((mean @ mean).detach())


def baselines_by_hand(logits: tuple[float, ...], q: list[float]) -> dict[str, list[float]]:
    """V, b* and the others from sums over the actions; ‖∇log π(a)‖² = (1-π_a)² + Σ_{c≠a} π_c²."""
    top = max(logits)
    weights = [math.exp(x - top) for x in logits]
    pi = [w / sum(weights) for w in weights]
    norms = [(1 - p) ** 2 + sum(x * x for c, x in enumerate(pi) if c != a) for a, p in enumerate(pi)]
    v = sum(p * x for p, x in zip(pi, q, strict=True))
    best = sum(p * n * x for p, n, x in zip(pi, norms, q, strict=True)) / sum(
        p * n for p, n in zip(pi, norms, strict=True)
    )
    size = len(q)
    return {"value": [v] * size, "optimal": [best] * size, "none": [0.0] * size, "action": q}


@given(bandits(), st.sampled_from(["value", "optimal", "none", "action"]))
def test_mean_and_variance_are_those_of_autograd_over_all_actions(
    bandit: tuple[tuple[float, ...], tuple[float, ...], float], baseline: Any
) -> None:
    logits, rewards, offset = bandit
    q = [r + offset for r in rewards]
    b = baselines_by_hand(logits, q)
    true, mean, variance = by_autograd(logits, q, b[baseline])
    numbers = advantage.run(baseline=baseline, logits=logits, rewards=rewards, offset=offset).numbers
    scale = 1 + max(abs(x) for x in q) ** 2
    assert numbers["grad_variance"] == pytest.approx(variance, rel=1e-7, abs=1e-10 * scale)
    assert numbers["grad_mean_error"] == pytest.approx(float(np.abs(mean - true).max()), abs=1e-12 * scale)
    assert numbers["state_value"] == pytest.approx(b["value"][0], rel=1e-9, abs=1e-12 * scale)
    assert numbers["optimal_baseline"] == pytest.approx(b["optimal"][0], rel=1e-9, abs=1e-12 * scale)
    assert numbers["advantage_0"] == pytest.approx(q[0] - b["value"][0], rel=1e-9, abs=1e-12 * scale)
    assert numbers["mean_advantage"] == pytest.approx(0.0, abs=1e-12 * scale)


def test_logits_far_apart_do_not_overflow() -> None:
    np.testing.assert_array_equal(advantage.softmax(np.array([-1000.0, 0.0, 1000.0])), [0.0, 0.0, 1.0])


@given(bandits(), st.floats(-50, 50))
def test_no_baseline_moves_the_mean_of_the_gradient(
    bandit: tuple[tuple[float, ...], tuple[float, ...], float], b: float
) -> None:
    logits, rewards, _ = bandit
    pi, q = advantage.softmax(np.array(logits)), np.array(rewards)
    mean, _ = advantage.moments(pi, q, np.full_like(q, b))
    true, _, _ = by_autograd(logits, list(rewards), [0.0] * len(q))
    np.testing.assert_allclose(mean, true, atol=1e-11)


@given(bandits(), st.floats(-50, 50))
def test_the_variance_is_a_parabola_over_the_optimal_baseline(
    bandit: tuple[tuple[float, ...], tuple[float, ...], float], b: float
) -> None:
    """Var(b) = Var(b*) + E[‖∇log π‖²](b - b*)², so that no baseline is better than b* (Greensmith et al. 2004)."""
    logits, rewards, _ = bandit
    pi, q = advantage.softmax(np.array(logits)), np.array(rewards)
    best = advantage.optimal_baseline(pi, q)
    _, least = advantage.moments(pi, q, np.full_like(q, best))
    _, variance = advantage.moments(pi, q, np.full_like(q, b))
    curvature = sum(p * ((1 - p) ** 2 + (pi**2).sum() - p * p) for p in pi)
    assert variance == pytest.approx(least + curvature * (b - best) ** 2, rel=1e-8, abs=1e-8)
    assert variance >= least - 1e-9


@given(st.integers(2, 12), st.floats(-20, 20))
def test_a_uniform_policys_value_is_its_best_baseline(actions: int, offset: float) -> None:
    numbers = advantage.run(actions=actions, offset=offset).numbers
    assert numbers["optimal_baseline"] == pytest.approx(numbers["state_value"], abs=1e-9)
    rewards = [1 - k / (actions - 1) + offset for k in range(actions)]
    mean = sum(rewards) / actions
    spread = sum((r - mean) ** 2 for r in rewards) / actions
    assert numbers["grad_variance"] == pytest.approx((1 - 2 / actions) * spread, rel=1e-9, abs=1e-12)


def two_arms(baseline: Any) -> dict[str, Any]:
    flags: dict[str, Any] = {"logits": (math.log(9), 0.0), "rewards": (1.0, 0.0), "offset": 0.0}
    return dict(advantage.run(baseline=baseline, **flags).numbers)


def test_v_can_raise_the_variance_where_one_arm_is_rare() -> None:
    assert two_arms("none")["grad_variance"] == pytest.approx(0.0018, rel=1e-9)
    assert two_arms("value")["grad_variance"] == pytest.approx(0.1152, rel=1e-9)
    assert two_arms("value")["variance_ratio"] == pytest.approx(64, rel=1e-9)
    assert two_arms("optimal")["grad_variance"] == pytest.approx(0.0, abs=1e-15)


def test_a_baseline_that_knows_the_action_erases_the_gradient() -> None:
    numbers = advantage.run(baseline="action").numbers
    assert numbers["grad_variance"] == 0.0
    assert numbers["grad_mean_error"] == pytest.approx(0.2 * 0.5)


def test_two_rewards_are_spread_evenly_over_more_actions() -> None:
    given_each = advantage.run(logits=(0.0, 1.0, 2.0), rewards=(3.0, 2.0, 1.0)).numbers
    assert advantage.run(logits=(0.0, 1.0, 2.0), rewards=(3.0, 1.0)).numbers == given_each
    assert advantage.run(actions=4, rewards=(2.0,)).numbers["advantage_0"] == pytest.approx(0.0, abs=1e-12)
    with pytest.raises(ValueError, match="3 rewards for 5 actions"):
        advantage.run(rewards=(1.0, 2.0, 3.0))


def test_a_ratio_over_no_variance_is_not_made_up() -> None:
    result = advantage.run(rewards=(1.0, 1.0), offset=-1.0)
    assert isinstance(result.numbers["variance_ratio"], NotRun)
    assert result.says == "no_variance"


def test_switching_the_baseline_off_raises_the_variance() -> None:
    on, off = advantage.run().numbers, advantage.run(baseline="none").numbers
    for key in ("grad_variance", "variance_ratio"):
        a, b = on[key], off[key]
        assert isinstance(a, float)
        assert isinstance(b, float)
        assert b > 1000 * a
    assert off["baseline_used"] == 0.0
    assert off["variance_ratio"] == 1.0
    assert on["variance_ratio"] == pytest.approx(0.075 / 88.275, rel=1e-9)


@pytest.mark.parametrize("anchor", advantage.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}")
def test_published_values_come_out(anchor: Anchor) -> None:
    settings: dict[str, Any] = dict(anchor.set)
    number = advantage.run(**settings).numbers[anchor.number]
    assert isinstance(number, float)
    assert abs(number - anchor.value) <= anchor.within


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ({}, "lowers"),
        ({"baseline": "none"}, "none"),
        ({"baseline": "action"}, "biased"),
        ({"logits": (2.0, 0.0), "offset": 0.0}, "raises"),
        ({"offset": -0.5}, "same"),
    ],
)
def test_the_sentence_belongs_to_what_ran(flags: dict[str, Any], says: str) -> None:
    assert advantage.run(**flags).says == says


def test_the_curve_is_the_variance_over_the_baseline_with_the_three_marked() -> None:
    logits = (3.0, 2.0, 1.0, 0.0, -1.0)
    result = advantage.run(logits=logits)
    curve, *marks = result.series
    q = [11.0, 10.75, 10.5, 10.25, 10.0]
    for k in (0, 17, 60):
        _, _, variance = by_autograd(logits, q, [curve.x[k]] * 5)
        assert curve.y[k] == pytest.approx(variance, rel=1e-6)
    hand = baselines_by_hand(logits, q)
    assert [mark.x[0] for mark in marks] == pytest.approx([hand["value"][0], hand["optimal"][0], 0.0])
    assert min(curve.x) < 0 < hand["value"][0] < max(curve.x)


def test_the_tables_say_the_same_by_hand() -> None:
    logits, q = (math.log(9), 0.0), [1.0, 0.0]
    baselines, actions = advantage.run(logits=logits, rewards=(1.0, 0.0), offset=0.0).tables
    for row, variance, error in zip(baselines.rows, [0.1152, 0.0, 0.0018, 0.0], [0, 0, 0, 0.09], strict=True):
        assert row[1] == pytest.approx(0.9 * (b := baselines_by_hand(logits, q)[str(row[0])])[0] + 0.1 * b[1])
        assert row[2:] == pytest.approx([variance, error], abs=1e-12)
    for a, (row, norm) in enumerate(zip(actions.rows, [0.02, 1.62], strict=True)):
        assert row[1:] == pytest.approx([[0.9, 0.1][a], q[a], q[a] - 0.9, norm])
