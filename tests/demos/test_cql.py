"""CQL's loss held against autograd, its fixed point against a closed form, its bound against the real lake."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import cql
from llmcore_tui.lab import Anchor, Estimate, NotRun
from toys import offline_data as data

torch.set_num_threads(1)

GAMMA = 0.95


def problem(
    seed: int = 0, samples: Any = 100, coverage: float = 0.5, datasets: int = 3
) -> tuple[data.Batch, Any]:
    generator = np.random.default_rng(seed)
    mdp = data.lake()
    policy = data.behaviours(mdp, GAMMA, coverage, datasets, generator)
    return data.collect(mdp, policy, samples, generator), mdp


def drawn(seed: int, *shape: int) -> Any:
    return 5 * np.random.default_rng(seed).normal(size=shape)


def value(number: Any) -> float:
    return float(number.value if isinstance(number, Estimate) else number)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**31), st.floats(0, 10))
def test_the_loss_is_that_of_every_sample_and_its_gradient_that_of_autograd(seed: int, alpha: float) -> None:
    """Written per transition as in the paper, a sample of ten for the share of each action."""
    generator = np.random.default_rng(seed)
    counts = generator.multinomial(10, [0.1, 0.2, 0.3, 0.4])
    y = generator.normal(size=4)
    q = torch.tensor(5 * generator.normal(size=4), requires_grad=True)
    taken = np.repeat(np.arange(4), counts)
    pushed = torch.stack([torch.logsumexp(q, 0) - q[int(a)] for a in taken]).mean()
    bellman = torch.stack([(q[int(a)] - float(y[a])) ** 2 / 2 for a in taken]).mean()
    loss = alpha * pushed + bellman
    (gradient,) = torch.autograd.grad(loss, q)
    table, share = q.detach().numpy()[None], counts[None] / 10
    np.testing.assert_allclose(
        cql.cql_loss(table, share, y[None], alpha), [loss.item()], rtol=1e-10, atol=1e-12
    )
    np.testing.assert_allclose(
        cql.cql_gradient(table, share, y[None], alpha)[0], gradient.numpy(), rtol=1e-9, atol=1e-11
    )


@settings(deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=2, max_size=6), st.floats(-30, 30))
def test_the_penalty_ignores_a_shift_of_all_actions_and_is_never_below_the_datas_entropy(
    row: list[float], shift: float
) -> None:
    q = np.array([row])
    share = np.random.default_rng(1).dirichlet(np.ones(len(row)))[None]
    entropy = -float((share * np.log(share)).sum())
    here, there = cql.penalty(q, share), cql.penalty(q + shift, share)
    assert here[0] == pytest.approx(there[0], abs=1e-9)
    assert here[0] >= entropy - 1e-9
    assert cql.penalty(np.log(share), share)[0] == pytest.approx(entropy, abs=1e-12)


def test_the_penaltys_push_sums_to_zero_and_lowers_every_unseen_action() -> None:
    share = np.array([[0.5, 0.5, 0.0, 0.0]])
    q = np.array([[1.0, -2.0, 4.0, 0.0]])
    push = cql.cql_gradient(q, share, q, 1.0)[0]  # targets met: the penalty alone
    assert push.sum() == pytest.approx(0.0, abs=1e-12)
    assert (push[2:] > 0).all()  # descent lowers them
    assert push[0] < 0  # soft-max share below the data's: raised


def test_softmax_and_logsumexp_survive_large_values() -> None:
    q = np.array([[1000.0, 999.0], [-1000.0, -1000.0]])
    np.testing.assert_allclose(cql.logsumexp(q), [1000 + math.log1p(math.exp(-1)), -1000 + math.log(2)])
    np.testing.assert_allclose(cql.softmax(q), [[1 / (1 + math.exp(-1)), 1 / (1 + math.e)], [0.5, 0.5]])


def test_without_the_penalty_unseen_values_stay_and_seen_ones_solve_bellmans_equation() -> None:
    batch, mdp = problem()
    first = drawn(1, 3, 16, 4)
    q, _ = cql.learn(batch, mdp, first, 0.0, GAMMA)
    assert (q[~batch.seen] == first[~batch.seen]).all()
    want = first.copy()
    for _ in range(2000):  # value iteration, pair by pair
        v = want.max(axis=2)
        for d, s, a in itertools.product(range(3), range(16), range(4)):
            if batch.seen[d, s, a]:
                want[d, s, a] = batch.r[d, s, a] + GAMMA * batch.p[d, s, a] @ v[d]
        if _ > 300 and np.abs(want.max(axis=2) - v).max() < 1e-10:
            break
    sure = batch.share > 0.02  # the rarest pairs are still on their way
    np.testing.assert_allclose(q[sure], want[sure], atol=1e-3)


@pytest.mark.parametrize("alpha", [0.3, 1.0, 3.0])
def test_a_seen_action_settles_at_its_target_plus_alpha_times_one_minus_the_ratio(alpha: float) -> None:
    batch, mdp = problem(2, "all")
    q, _ = cql.learn(batch, mdp, drawn(3, 3, 16, 4), alpha, GAMMA)
    e = np.exp(q - q.max(axis=2, keepdims=True))
    soft = e / e.sum(axis=2, keepdims=True)
    y = batch.r + GAMMA * np.einsum("dsat,dt->dsa", batch.p, q.max(axis=2))
    sure = batch.share > 0.1
    expected = y + alpha * (1 - soft / np.where(batch.seen, batch.share, 1.0))
    np.testing.assert_allclose(q[sure], expected[sure], atol=2e-3)
    down, up = cql.shifts(q, batch, GAMMA, data.alive(mdp))
    moved = (q - y)[:, data.alive(mdp)][batch.seen[:, data.alive(mdp)]]
    assert down.max() == pytest.approx(-moved.min(), abs=1e-12)
    assert up.max() == pytest.approx(moved.max(), abs=1e-12)
    assert up.max() <= alpha + 1e-3


def test_the_shift_of_seen_actions_is_nothing_on_average_over_the_data() -> None:
    batch, mdp = problem(4, "all", coverage=1.0)
    q, _ = cql.learn(batch, mdp, drawn(5, 3, 16, 4), 1.0, GAMMA)
    y = batch.r + GAMMA * np.einsum("dsat,dt->dsa", batch.p, q.max(axis=2))
    np.testing.assert_allclose((batch.share * (q - y)).sum(axis=2), 0.0, atol=1e-6)


def test_a_heavy_penalty_makes_the_soft_max_the_datas_policy() -> None:
    batch, mdp = problem(6, "all", coverage=1.0)
    q, _ = cql.learn(batch, mdp, np.zeros((3, 16, 4)), 1e4, GAMMA)
    np.testing.assert_allclose(cql.softmax(q), batch.share, atol=0.01)


def test_looks_are_taken_at_even_steps_and_tell_belief_and_truth() -> None:
    batch, mdp = problem()
    first = drawn(1, 3, 16, 4)
    q, looks = cql.learn(batch, mdp, first, 1.0, GAMMA, looks=4)
    assert [look.step for look in looks] == [0, 1000, 2000, 3000, 4000]
    assert looks[0].learned.tolist() == first[:, 0].max(axis=1).tolist()
    assert looks[-1].learned.tolist() == q[:, 0].max(axis=1).tolist()
    choice = np.eye(4)[q.argmax(axis=2)]
    np.testing.assert_allclose(looks[-1].true, data.policy_values(mdp, choice, GAMMA)[:, 0])


def test_the_first_step_descends_the_loss_by_one_over_one_plus_alpha(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cql, "STEPS", 1)
    batch, mdp = problem()
    first = drawn(7, 3, 16, 4)
    q, _ = cql.learn(batch, mdp, first, 3.0, GAMMA, looks=1)
    e = torch.tensor(first, requires_grad=True)
    y = torch.tensor(batch.r + GAMMA * np.einsum("dsat,dt->dsa", batch.p, first.max(axis=2)))
    share = torch.tensor(batch.share)
    loss = (3.0 * (torch.logsumexp(e, 2) - (share * e).sum(2)) + 0.5 * (share * (e - y) ** 2).sum(2)).sum()
    (gradient,) = torch.autograd.grad(loss, e)
    np.testing.assert_allclose(q, first - gradient.numpy() / 4, atol=1e-10)


def test_numbers_are_means_over_the_data_sets_of_the_same_run() -> None:
    numbers = cql.run(datasets=4, seed=3).numbers
    generator = np.random.default_rng(3)
    mdp = data.lake()
    policy = data.behaviours(mdp, GAMMA, 0.5, 4, generator)
    batch = data.collect(mdp, policy, 100, generator)
    q, _ = cql.learn(batch, mdp, 20 * generator.normal(size=policy.shape), 1.0, GAMMA)
    live = [s for s in range(16) if s not in (5, 7, 11, 12, 15)]
    learned = q[:, 0].max(axis=1)
    true = data.policy_values(mdp, np.eye(4)[q.argmax(axis=2)], GAMMA)[:, 0]
    pushed = np.log(np.exp(q).sum(axis=2)) - (batch.share * q).sum(axis=2)
    unseen = [[batch.share[d, s, q[d, s].argmax()] == 0 for s in live] for d in range(4)]
    behaviour = data.policy_values(mdp, policy, GAMMA)[:, 0]
    for key, values in (
        ("overestimation", learned - true),
        ("learned_value", learned),
        ("return", true),
        ("penalty", pushed[:, live].mean(axis=1)),
        ("unseen_chosen", np.mean(unseen, axis=1)),
        ("behaviour_return", behaviour),
    ):
        number = numbers[key]
        assert isinstance(number, Estimate)
        assert number.value == pytest.approx(float(np.mean(values)), abs=1e-9)
        assert number.error == pytest.approx(float(np.std(values, ddof=1)) / 2, abs=1e-9)
        assert number.samples == 4
    assert numbers["best_return"] == pytest.approx(18.0472, abs=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_the_penalty_turns_an_over_estimate_into_a_lower_bound_and_earns_more(seed: int) -> None:
    naive, careful = (cql.run(alpha=a, seed=seed, datasets=30).numbers for a in (0.0, 1.0))
    assert value(naive["overestimation"]) > 8
    assert value(careful["overestimation"]) < 0
    assert value(careful["return"]) > value(naive["return"]) + 2
    assert value(careful["unseen_chosen"]) < 0.005 < 0.1 < value(naive["unseen_chosen"])


def test_more_data_of_the_same_kind_do_not_cure_it_but_coverage_does() -> None:
    few, many = (
        value(cql.run(alpha=0.0, samples=n, datasets=25).numbers["overestimation"]) for n in (100, "all")
    )
    assert many > 8
    assert few > 8
    assert (
        abs(value(cql.run(alpha=0.0, samples="all", coverage=1.0, datasets=2).numbers["overestimation"]))
        < 1e-6
    )


def test_a_larger_alpha_makes_the_learned_value_smaller() -> None:
    learned = [value(cql.run(alpha=a, datasets=10).numbers["learned_value"]) for a in (0, 0.1, 1, 10)]
    assert learned == sorted(learned, reverse=True)


@pytest.mark.parametrize(("q", "taken"), [((1.0, 2.0, 4.0), 0), ((0.0, 3.0), 1), ((5.0, 5.0, 5.0, 5.0), 2)])
def test_the_example_is_one_states_penalty_and_its_push(q: tuple[float, ...], taken: int) -> None:
    numbers = cql.run(q=q, taken=taken, datasets=2).numbers
    total = sum(math.exp(x) for x in q)
    assert numbers["example_penalty"] == pytest.approx(math.log(total) - q[taken], rel=1e-12)
    assert numbers["example_push"] == pytest.approx(math.exp(q[taken]) / total - 1, rel=1e-12)


def test_an_action_that_the_example_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="3 actions"):
        cql.run(taken=3)


def test_seen_actions_are_not_said_to_move_without_a_penalty() -> None:
    result = cql.run(alpha=0.0, datasets=2)
    assert isinstance(result.numbers["seen_lowered"], NotRun)
    assert isinstance(result.numbers["seen_raised"], NotRun)
    assert result.says == "naive"
    assert cql.run(datasets=2).says == "conservative"


def test_the_curves_end_at_the_numbers() -> None:
    result = cql.run(datasets=3)
    learned, true = result.series
    assert learned.y[-1] == pytest.approx(value(result.numbers["learned_value"]))
    assert true.y[-1] == pytest.approx(value(result.numbers["return"]))
    assert list(learned.x) == list(range(0, 4001, 100))


def test_the_spread_of_the_first_table_is_what_the_naive_learner_believes() -> None:
    values = [
        value(cql.run(alpha=0.0, spread=s, datasets=15).numbers["overestimation"]) for s in (0, 10, 20, 40)
    ]
    assert values == sorted(values)
    assert values[0] < 6 < values[-1] / 4


@pytest.mark.parametrize("anchor", cql.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}")
def test_published_values_come_out(anchor: Anchor) -> None:
    flags: dict[str, Any] = {"datasets": 4, **anchor.set}
    assert abs(value(cql.run(**flags).numbers[anchor.number]) - anchor.value) <= anchor.within


def test_the_seed_decides() -> None:
    assert cql.run(datasets=2, seed=5).numbers == cql.run(datasets=2, seed=5).numbers
    assert cql.run(datasets=2, seed=5).numbers != cql.run(datasets=2, seed=6).numbers
