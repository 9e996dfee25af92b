"""BCQ's mask held against counting, its fixed point against sweeps over samples, both ends against what they should be."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bcq
from llmcore_tui.lab import Anchor, Estimate
from toys import offline_data as data

GAMMA = 0.95
LIVE = [s for s in range(16) if s not in (5, 7, 11, 12, 15)]


def problem(
    seed: int = 0, samples: Any = 100, coverage: float = 0.5, datasets: int = 3
) -> tuple[Any, data.Batch, Any]:
    generator = np.random.default_rng(seed)
    mdp = data.lake()
    policy = data.behaviours(mdp, GAMMA, coverage, datasets, generator)
    return mdp, data.collect(mdp, policy, samples, generator), policy


def value(number: Any) -> float:
    return float(number.value if isinstance(number, Estimate) else number)


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=6).filter(any), st.integers(0, 16))
def test_the_mask_keeps_what_counting_in_fractions_keeps(counts: list[int], sixteenths: int) -> None:
    tau = Fraction(sixteenths, 16)  # exact in binary
    expected = [Fraction(n) >= tau * max(counts) for n in counts]
    got = bcq.kept(np.array(counts, dtype=np.float64), float(tau))
    assert got.tolist() == expected
    assert got[counts.index(max(counts))]


def test_the_mask_is_taken_over_actions_and_within_each_state() -> None:
    share = np.array([[[0.9, 0.1], [0.4, 0.6]], [[0.2, 0.8], [0.5, 0.5]]])
    assert bcq.kept(share, 0.5).tolist() == [[[True, False], [True, True]], [[False, True], [True, True]]]


def test_zero_keeps_all_and_a_little_more_keeps_what_was_seen_and_one_the_commonest() -> None:
    _, batch, _ = problem()
    assert bcq.kept(batch.share, 0.0).all()
    assert (bcq.kept(batch.share, 1e-6) == batch.seen).all()
    assert (bcq.kept(batch.share, 1.0) == (batch.share == batch.share.max(axis=2, keepdims=True))).all()


@settings(deadline=None, max_examples=20)
@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 2**31))
def test_a_higher_threshold_keeps_fewer(one: float, other: float, seed: int) -> None:
    share = np.random.default_rng(seed).dirichlet(np.ones(4), size=5)
    low, high = sorted((one, other))
    assert not (bcq.kept(share, high) & ~bcq.kept(share, low)).any()


@pytest.mark.parametrize("tau", [0.0, 0.3, 1.0])
def test_what_is_learned_is_value_iteration_over_kept_actions(tau: float) -> None:
    _, batch, _ = problem(1, datasets=2)
    first = np.random.default_rng(2).normal(size=batch.share.shape)
    mask = batch.share >= tau * batch.share.max(axis=2, keepdims=True)
    got = bcq.learn(batch, first, mask, GAMMA)
    for d in range(2):
        q = first[d].copy()
        for _ in range(400):  # state by state, in place
            for s, a in itertools.product(range(16), range(4)):
                if batch.share[d, s, a] > 0:
                    after = sum(
                        batch.p[d, s, a, t] * max(q[t, b] for b in range(4) if mask[d, t, b])
                        for t in np.flatnonzero(batch.p[d, s, a])
                    )
                    q[s, a] = batch.r[d, s, a] + GAMMA * after
        np.testing.assert_allclose(got[d], q, atol=1e-8)


def test_pairs_that_are_not_in_the_data_keep_their_first_value() -> None:
    _, batch, _ = problem()
    first = np.random.default_rng(3).normal(size=batch.share.shape)
    got = bcq.learn(batch, first, bcq.kept(batch.share, 0.3), GAMMA)
    assert (got[~batch.seen] == first[~batch.seen]).all()


def test_a_policy_is_graded_by_its_own_kept_action_in_the_real_lake() -> None:
    mdp, batch, _ = problem()
    q = np.random.default_rng(4).normal(size=batch.share.shape)
    mask = bcq.kept(batch.share, 0.5)
    learned, true, chosen = bcq.graded(mdp, q, mask, GAMMA)
    for d in range(3):
        policy = [max((a for a in range(4) if mask[d, s, a]), key=lambda a: q[d, s, a]) for s in range(16)]
        assert chosen[d].tolist() == policy
        assert learned[d] == q[d, 0, policy[0]]
        v = np.linalg.solve(np.eye(16) - GAMMA * mdp.p[range(16), policy], mdp.r[range(16), policy])
        assert true[d] == pytest.approx(v[0], rel=1e-10)


def test_numbers_are_means_over_the_data_sets_of_the_same_run() -> None:
    numbers = bcq.run(tau=0.4, datasets=4, seed=3).numbers
    generator = np.random.default_rng(3)
    mdp = data.lake()
    policy = data.behaviours(mdp, GAMMA, 0.5, 4, generator)
    batch = data.collect(mdp, policy, 100, generator)
    mask = batch.share >= 0.4 * batch.share.max(axis=2, keepdims=True)
    q = bcq.learn(batch, 20 * generator.normal(size=policy.shape), mask, GAMMA)
    allowed = np.where(mask, q, -1e9)
    true = data.policy_values(mdp, np.eye(4)[allowed.argmax(axis=2)], GAMMA)[:, 0]
    learned = allowed[:, 0].max(axis=1)
    clone = data.policy_values(mdp, np.eye(4)[batch.share.argmax(axis=2)], GAMMA)[:, 0]
    for key, values in (
        ("kept_actions", mask[:, LIVE].sum(axis=2).mean(axis=1)),
        ("overestimation", learned - true),
        ("learned_value", learned),
        ("return", true),
        ("unseen_chosen", np.zeros(4)),
        ("behaviour_return", data.policy_values(mdp, policy, GAMMA)[:, 0]),
        ("clone_return", clone),
    ):
        number = numbers[key]
        assert isinstance(number, Estimate)
        assert number.value == pytest.approx(float(np.mean(values)), abs=1e-9)
        assert number.error == pytest.approx(float(np.std(values, ddof=1)) / 2, abs=1e-9)
        assert number.samples == 4
    assert numbers["best_return"] == pytest.approx(18.0472, abs=1e-3)


def test_unseen_actions_are_chosen_only_without_a_mask() -> None:
    generator = np.random.default_rng(0)
    mdp = data.lake()
    policy = data.behaviours(mdp, GAMMA, 0.5, 5, generator)
    batch = data.collect(mdp, policy, 100, generator)
    q = bcq.learn(batch, 20 * generator.normal(size=policy.shape), np.ones_like(batch.seen), GAMMA)
    by_hand = np.mean([batch.share[d, s, q[d, s].argmax()] == 0 for d in range(5) for s in LIVE])
    assert value(bcq.run(tau=0.0, datasets=5).numbers["unseen_chosen"]) == pytest.approx(by_hand)
    assert by_hand > 0.05


def test_with_known_effects_the_best_within_the_data_is_found_by_enumeration() -> None:
    """All policies over the actions that the data hold: some thousands for this seed."""
    mdp, _, policy = problem(7, datasets=1)
    got = float(bcq.support_returns(mdp, policy, np.zeros(policy.shape), GAMMA)[0])
    taken = policy[0] > 0
    best = -1.0
    for actions in itertools.product(*[np.flatnonzero(taken[s]) for s in LIVE]):
        full = np.zeros(16, dtype=int)
        full[LIVE] = actions
        best = max(
            best,
            float(np.linalg.solve(np.eye(16) - GAMMA * mdp.p[range(16), full], mdp.r[range(16), full])[0]),
        )
    assert got == pytest.approx(best, rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_a_mask_in_between_beats_both_ends_and_the_data(seed: int) -> None:
    naive, middle, clone = (bcq.run(tau=t, seed=seed).numbers for t in (0.0, 0.6, 1.0))
    assert value(naive["overestimation"]) > 8
    assert abs(value(middle["overestimation"])) < 2
    assert value(middle["return"]) > value(naive["return"]) + 3
    assert value(middle["return"]) > value(clone["return"]) + 0.3
    assert value(middle["return"]) > value(middle["behaviour_return"]) + 4
    assert value(middle["return"]) <= value(middle["support_return"]) <= value(middle["best_return"])


def test_cloning_is_the_commonest_action() -> None:
    numbers = bcq.run(tau=1.0, samples=1001, datasets=8).numbers
    assert value(numbers["return"]) == pytest.approx(value(numbers["clone_return"]), abs=0.5)


def test_a_low_threshold_needs_more_data() -> None:
    few, many = (bcq.run(tau=0.01, samples=n, datasets=30).numbers for n in (20, 1000))
    assert value(few["overestimation"]) > value(many["overestimation"]) + 5
    assert value(few["return"]) < value(many["return"]) - 2


def test_the_curves_hold_the_run_at_its_own_tau() -> None:
    result = bcq.run(datasets=6)
    at = bcq.LADDER.index(0.3)
    learned, true, actions = result.series
    assert learned.y[at] == pytest.approx(value(result.numbers["learned_value"]))
    assert true.y[at] == pytest.approx(value(result.numbers["return"]))
    assert actions.y[at] == pytest.approx(value(result.numbers["kept_actions"]))
    assert [row[0] for row in result.tables[0].rows] == list(bcq.LADDER)
    assert list(learned.x) == list(bcq.LADDER)


@pytest.mark.parametrize(
    ("counts", "tau", "kept", "limit"),
    [
        ((60, 30, 17, 3), 0.3, 2, 18 / 110),
        ((60, 30, 17, 3), 0.0, 4, 0.0),
        ((5, 5, 0), 1.0, 2, 0.5),
        ((8, 4, 2, 1), 0.25, 3, 2 / 15),
    ],
)
def test_the_example_counts_what_reaches_the_limit(
    counts: tuple[float, ...], tau: float, kept: int, limit: float
) -> None:
    numbers = bcq.run(counts=counts, tau=tau, datasets=2).numbers
    assert numbers["example_kept"] == kept
    assert numbers["example_limit"] == pytest.approx(limit, rel=1e-12)


def test_an_example_without_data_is_refused() -> None:
    with pytest.raises(ValueError, match="no transition"):
        bcq.run(counts=(0, 0))


@pytest.mark.parametrize("anchor", bcq.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}")
def test_published_values_come_out(anchor: Anchor) -> None:
    flags: dict[str, Any] = {"datasets": 4, **anchor.set}
    assert abs(value(bcq.run(**flags).numbers[anchor.number]) - anchor.value) <= anchor.within


@pytest.mark.parametrize(("tau", "says"), [(0.0, "naive"), (0.3, "masked"), (1.0, "clone")])
def test_the_sentence_belongs_to_what_ran(tau: float, says: str) -> None:
    assert bcq.run(tau=tau, datasets=2).says == says


def test_both_demos_learn_from_the_same_data() -> None:
    import cql

    for key in ("behaviour_return", "best_return"):
        assert bcq.run(datasets=3).numbers[key] == cql.run(datasets=3).numbers[key]
