"""The data sets without actions: what they hold, and that policies are graded by the lake and not by them."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toys import offline_data as data

GAMMA = 0.95


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_lake_is_gymnasiums_with_a_goal_of_a_hundred() -> None:
    mdp = data.lake()
    table = gymnasium.make("FrozenLake-v1", map_name="4x4", is_slippery=True).unwrapped.P  # type: ignore[attr-defined]  # toy text
    for s in range(16):
        for a in range(4):
            reward = sum(p * r for p, _, r, _ in table[s][a])
            assert mdp.r[s, a] == pytest.approx(100 * reward)
            stays = sum(p for p, _, _, done in table[s][a] if not done)
            assert mdp.p[s, a].sum() == pytest.approx(stays)
    assert list(mdp.start) == [1.0] + [0.0] * 15


def test_only_holes_and_the_goal_are_dead() -> None:
    assert [s for s, is_alive in enumerate(data.alive(data.lake())) if not is_alive] == [5, 7, 11, 12, 15]


@pytest.mark.parametrize(("gamma", "known"), [(0.99, 54.20259), (0.95, 18.0472)])
def test_best_values_are_those_of_policy_iteration(gamma: float, known: float) -> None:
    mdp = data.lake()
    policy: Any = np.zeros(16, dtype=int)
    v: Any = np.zeros(16)
    for _ in range(50):  # policy iteration with a dense solve, none of the demo's sweeps
        p, r = mdp.p[range(16), policy], mdp.r[range(16), policy]
        v = np.linalg.solve(np.eye(16) - gamma * p, r)
        policy = (mdp.r + gamma * np.einsum("sat,t->sa", mdp.p, v)).argmax(axis=1)
    q = data.best_values(mdp, gamma)
    np.testing.assert_allclose(q.max(axis=1), v, atol=1e-9)
    assert q[0].max() == pytest.approx(known, rel=1e-5)


@settings(deadline=None, max_examples=25)
@given(st.floats(0, 1), st.integers(0, 2**31))
def test_a_behaviour_is_a_distribution_over_at_least_one_action(coverage: float, seed: int) -> None:
    policy = data.behaviours(data.lake(), GAMMA, coverage, 3, rng(seed))
    assert policy.shape == (3, 16, 4)
    np.testing.assert_allclose(policy.sum(axis=2), 1.0)
    assert ((policy > 0).sum(axis=2) >= 1).all()


def test_coverage_is_the_share_of_the_other_actions() -> None:
    for coverage, expected in ((0.0, 1.0), (0.5, 2.5), (1.0, 4.0)):
        policy = data.behaviours(data.lake(), GAMMA, coverage, 400, rng(1))
        assert (policy > 0).sum(axis=2).mean() == pytest.approx(expected, abs=0.04)


def test_a_full_behaviour_is_the_soft_policy_of_the_best_values() -> None:
    mdp = data.lake()
    q = data.best_values(mdp, GAMMA)
    e = np.exp(q / 5)
    policy = data.behaviours(mdp, GAMMA, 1.0, 2, rng())
    np.testing.assert_allclose(policy[1], e / e.sum(axis=1, keepdims=True), rtol=1e-12)


def test_the_always_taken_action_follows_the_soft_policy() -> None:
    mdp = data.lake()
    q = data.best_values(mdp, GAMMA)[14]  # the state before the goal, where actions differ most
    e = np.exp((q - q.max()) / 5)
    only = data.behaviours(mdp, GAMMA, 0.0, 4000, rng(3))[:, 14].mean(axis=0)
    np.testing.assert_allclose(only, e / e.sum(), atol=4 * 0.5 / np.sqrt(4000))


@settings(deadline=None, max_examples=20)
@given(st.integers(2, 60), st.integers(0, 2**31))
def test_a_batch_holds_whole_transitions_of_taken_actions_only(samples: int, seed: int) -> None:
    mdp = data.lake()
    policy = data.behaviours(mdp, GAMMA, 0.5, 2, rng(seed))
    batch = data.collect(mdp, policy, samples, rng(seed + 1))
    np.testing.assert_allclose(batch.share.sum(axis=2), 1.0)
    counts = batch.share * samples
    np.testing.assert_allclose(counts, counts.round(), atol=1e-9)
    assert not batch.seen[policy == 0].any()
    assert not batch.p[~batch.seen].any()
    assert not batch.r[~batch.seen].any()
    ends = 1 - batch.p.sum(axis=3) - batch.r / 100  # what fell into a hole
    assert (ends[batch.seen] >= -1e-12).all()
    assert not batch.p[np.broadcast_to(mdp.p, batch.p.shape) == 0].any()


def test_many_samples_approach_the_lake_and_all_is_the_lake() -> None:
    mdp = data.lake()
    policy = data.behaviours(mdp, GAMMA, 0.5, 2, rng(5))
    many, whole = data.collect(mdp, policy, 1_000_000, rng(6)), data.collect(mdp, policy, "all", rng(6))
    np.testing.assert_allclose(many.share, policy, atol=4e-3)
    often = policy > 0.05
    np.testing.assert_allclose(many.p[often], whole.p[often], atol=0.02)
    np.testing.assert_allclose(many.r[often], whole.r[often], atol=2)
    assert (whole.p[policy > 0] == np.broadcast_to(mdp.p, whole.p.shape)[policy > 0]).all()
    assert (whole.r[policy > 0] == np.broadcast_to(mdp.r, whole.r.shape)[policy > 0]).all()
    assert not whole.p[policy == 0].any()
    assert not whole.r[policy == 0].any()


def test_targets_are_reward_plus_discounted_next_value() -> None:
    mdp = data.lake()
    policy = data.behaviours(mdp, GAMMA, 0.7, 3, rng(2))
    batch = data.collect(mdp, policy, 30, rng(2))
    v = rng(4).normal(size=(3, 16))
    got = batch.targets(v, 0.8)
    for d, s, a in ((0, 0, 0), (1, 14, 2), (2, 6, 1)):
        assert got[d, s, a] == pytest.approx(
            batch.r[d, s, a] + 0.8 * sum(batch.p[d, s, a, t] * v[d, t] for t in range(16))
        )


def test_a_policys_value_is_the_mean_of_its_walks() -> None:
    mdp = data.lake()
    policy = data.behaviours(mdp, GAMMA, 0.5, 1, rng(9))
    value = float(data.policy_values(mdp, policy, GAMMA)[0, 0])
    generator, returns = rng(10), []
    for _ in range(3000):
        s, total, weight = 0, 0.0, 1.0
        while True:
            a = generator.choice(4, p=policy[0, s])
            goal = mdp.r[s, a] / 100
            outcome = generator.choice(18, p=[*mdp.p[s, a], goal, max(0.0, 1 - mdp.p[s, a].sum() - goal)])
            if outcome >= 16:
                total += weight * 100 * (outcome == 16)
                break
            s, weight = int(outcome), weight * GAMMA
        returns.append(total)
    assert abs(float(np.mean(returns)) - value) < 4 * float(np.std(returns)) / np.sqrt(3000)


def test_greedy_puts_everything_on_the_largest() -> None:
    q = np.array([[[1.0, 3.0, 2.0], [-5.0, -9.0, -7.0]]])
    assert data.greedy(q).tolist() == [[[0, 1, 0], [1, 0, 0]]]
