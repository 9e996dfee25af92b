"""PPO held against the clip written as cases, finite differences, plain loops over all answers, and gymnasium's CartPole."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from functools import cache
from typing import Any, get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

import ppo
from llmcore_tui.lab import Anchor, Estimate, NotReached, NotRun, Result
from toys import answers as toy
from toys import ppo_cartpole as cart

torch.set_num_threads(1)  # as the worker runs a demo

ratios = st.floats(0.05, 5)
signed = st.floats(-5, 5)
widths = st.floats(0.05, 0.8)


@cache
def result(**flags: Any) -> Result:
    return ppo.run(**flags)


def value(number: object) -> float:
    assert isinstance(number, Estimate)
    return number.value


def by_cases(ratio: float, advantage: float, clip: float) -> tuple[float, float]:
    """The clipped objective and its derivative by ln π_new, without min: only two cases are clipped."""
    if advantage > 0 and ratio > 1 + clip:
        return (1 + clip) * advantage, 0.0
    if advantage < 0 and ratio < 1 - clip:
        return (1 - clip) * advantage, 0.0
    return ratio * advantage, ratio * advantage


@given(ratios, signed, widths)
def test_only_two_of_the_four_cases_are_clipped(ratio: float, advantage: float, clip: float) -> None:
    got = ppo.one_sample(ratio, advantage, clip=clip, use_clip=True)
    assert got == pytest.approx(by_cases(ratio, advantage, clip), rel=1e-9, abs=1e-12)


@given(ratios, signed, widths)
def test_without_the_clip_objective_and_gradient_are_the_weighted_advantage(
    ratio: float, advantage: float, clip: float
) -> None:
    got = ppo.one_sample(ratio, advantage, clip=clip, use_clip=False)
    assert got == pytest.approx((ratio * advantage, ratio * advantage), rel=1e-9, abs=1e-12)


@given(ratios, signed, widths)
def test_the_clip_only_ever_lowers_the_objective(ratio: float, advantage: float, clip: float) -> None:
    with_clip, free = (ppo.one_sample(ratio, advantage, clip=clip, use_clip=u)[0] for u in (True, False))
    assert with_clip <= free + 1e-12


@pytest.mark.parametrize("anchor", ppo.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}-{a.value:g}")
def test_closed_forms_come_out(anchor: Anchor) -> None:
    quick: dict[str, Any] = {"iterations": 2, "seeds": 2, "epochs": 2, **anchor.set}
    number = result(**quick).numbers[anchor.number]
    assert isinstance(number, float)
    assert abs(number - anchor.value) <= anchor.within


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-3, 3), st.sampled_from([-2.0, -0.3, 0.0, 1.0, 4.0])), min_size=2, max_size=8
    ),
    widths,
    st.booleans(),
)
def test_signals_count_samples_as_a_loop_does(
    samples: list[tuple[float, float]], clip: float, use_clip: bool
) -> None:
    new = torch.tensor([[x for x, _ in samples]], dtype=torch.float64)
    old, weights = torch.full_like(new, 0.25), torch.tensor([[a for _, a in samples]], dtype=torch.float64)
    got = ppo.signals(new, old, weights, clip=clip, use_clip=use_clip)
    r = [math.exp(x - 0.25) for x, _ in samples]
    n = len(samples)
    assert float(got.clipped) == pytest.approx(sum(abs(x - 1) > clip for x in r) / n)
    silent = sum(by_cases(x, a, clip)[1] == 0 and a != 0 for x, (_, a) in zip(r, samples, strict=True)) / n
    assert float(got.silent) == pytest.approx(silent if use_clip else 0.0)
    assert float(got.approx_kl) == pytest.approx(sum(x - 1 - math.log(x) for x in r) / n, rel=1e-9, abs=1e-12)
    assert float(got.largest) == pytest.approx(max(r))
    assert float(got.gap) == pytest.approx(max(abs(x - 1) for x in r), abs=1e-12)


def small_policies(shift: float) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Logits of π, π and π_ref of the study of KL estimates, by numpy."""
    z_ref = np.array([0.0, 0.4, 0.8, 1.2, 1.6])
    reference = np.exp(z_ref) / np.exp(z_ref).sum()
    z = np.log(reference) + shift * np.array([1.0, -1.0, 0.5, 0.0, -0.5])
    return z, np.exp(z) / np.exp(z).sum(), reference


TERMS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "k1": lambda r: -np.log(r),
    "k2": lambda r: np.log(r) ** 2 / 2,
    "k3": lambda r: r - 1 - np.log(r),
}


@pytest.mark.parametrize("shift", [0.2, 1.0, 2.0])
@pytest.mark.parametrize("estimator", get_args(ppo.Estimator))
def test_kl_estimates_have_the_bias_and_deviation_of_a_sum_over_tokens(shift: float, estimator: Any) -> None:
    _, p, q = small_policies(shift)
    terms = TERMS[estimator](q / p)
    exact = float(p @ np.log(p / q))
    kl, bias, deviation, _ = ppo.kl_study(shift, estimator, "reward")
    assert kl == pytest.approx(exact, rel=1e-12)
    assert bias == pytest.approx(float(p @ terms) - exact, abs=1e-12)
    assert deviation == pytest.approx(math.sqrt(p @ terms**2 - (p @ terms) ** 2), rel=1e-9)


def slope(f: Any, z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Central differences of f at z."""
    step = 1e-6
    return np.array([(f(z + step * e) - f(z - step * e)) / (2 * step) for e in np.eye(len(z))])


def softmax(z: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.exp(z) / np.exp(z).sum())


@pytest.mark.parametrize("place", get_args(ppo.Place))
@pytest.mark.parametrize("estimator", get_args(ppo.Estimator))
def test_the_expected_gradient_of_a_kl_term_is_that_of_finite_differences(estimator: Any, place: Any) -> None:
    z, p, q = small_policies(0.7)
    truth = slope(lambda y: softmax(y) @ np.log(softmax(y) / q), z)
    term = TERMS[estimator]
    if place == "reward":
        got = slope(lambda y: p @ (term(q / p) * np.log(softmax(y))), z)
    else:
        got = slope(lambda y: p @ term(q / softmax(y)), z)
    error = float(np.linalg.norm(got - truth) / np.linalg.norm(truth))
    assert ppo.kl_study(0.7, estimator, place)[3] == pytest.approx(error, abs=1e-6)


def test_k3_in_the_loss_pulls_along_the_other_kl() -> None:
    z, p, q = small_policies(1.0)
    forward = slope(lambda y: -(q @ np.log(softmax(y))), z)
    got = slope(lambda y: p @ TERMS["k3"](q / softmax(y)), z)
    np.testing.assert_allclose(got, forward, atol=1e-7)


@pytest.fixture
def policy() -> Tensor:
    generator = torch.Generator().manual_seed(4)
    shape = (2, toy.TOKENS * (toy.TOKENS + 1), toy.WORDS)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def test_return_entropy_and_kl_are_those_of_a_sum_over_all_answers(
    policy: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toy, "TOKENS", 3)
    monkeypatch.setattr(toy, "WORDS", 3)
    logits = policy[:, :12, :3]
    good = [2, 0, 1]
    got = toy.exact_scores(logits, torch.tensor(good))
    for s in range(2):
        returns = kl = entropy = 0.0
        for words in itertools.product(range(3), repeat=3):
            count, log_p = 0, 0.0
            for t, word in enumerate(words):
                z = logits[s, t * 4 + count].numpy()
                log_p += float(z[word] - np.log(np.exp(z).sum()))
                count += word == good[t]
            p = math.exp(log_p)
            returns += p * count / 3
            kl += p * (log_p + 3 * math.log(3))
            entropy -= p * log_p
        assert [float(x[s]) for x in got] == pytest.approx([returns, kl, entropy / 3], rel=1e-9)


def test_answers_are_drawn_from_the_policy_and_rewarded_by_their_share_of_good_words(policy: Tensor) -> None:
    good = toy.good_words(0)
    generator = torch.Generator().manual_seed(0)
    batches = [toy.write_answers(policy, good, 0.0, generator) for _ in range(150)]
    for batch in batches[:3]:
        hits = batch.token == good
        torch.testing.assert_close(batch.reward, hits.double().mean(-1))
        before = hits.cumsum(-1) - hits.long()
        assert torch.equal(batch.state, torch.arange(toy.TOKENS) * (toy.TOKENS + 1) + before)
        for s in range(2):
            expected = policy[s].log_softmax(-1)[batch.state[s]].gather(-1, batch.token[s][..., None])[..., 0]
            torch.testing.assert_close(batch.log_old[s], expected)
    reward = torch.stack([b.reward.mean(-1) for b in batches])
    error = reward.std(0) / math.sqrt(len(batches))
    assert ((reward.mean(0) - toy.exact_scores(policy, good)[0]).abs() < 4 * error).all()


def test_the_noise_of_the_reward_has_the_asked_deviation(policy: Tensor) -> None:
    good = toy.good_words(0)
    batches = [toy.write_answers(policy, good, 0.5, torch.Generator().manual_seed(i)) for i in range(60)]
    noise = torch.stack([b.reward - (b.token == good).double().mean(-1) for b in batches])
    assert float(noise.std()) == pytest.approx(0.5, rel=0.05)
    assert abs(float(noise.mean())) < 0.03


def test_kl_in_the_reward_is_paid_at_each_token_and_the_score_at_the_last(policy: Tensor) -> None:
    batch = toy.write_answers(policy, toy.good_words(0), 0.3, torch.Generator().manual_seed(0))
    rewards = ppo.token_rewards(batch, 0.2)
    for s, b in ((0, 0), (1, 5)):
        expected = [-0.2 * (float(x) - math.log(1 / toy.WORDS)) for x in batch.log_old[s, b]]
        expected[-1] += float(batch.reward[s, b])
        assert rewards[s, b].tolist() == pytest.approx(expected)


def test_advantages_are_discounted_sums_of_td_errors_of_each_answer(policy: Tensor) -> None:
    batch = toy.write_answers(policy, toy.good_words(0), 0.3, torch.Generator().manual_seed(0))
    table = torch.randn(policy.shape[:2], generator=torch.Generator().manual_seed(9), dtype=torch.float64)
    advantage, target = ppo.estimates(batch, table, 0.1)
    rewards = ppo.token_rewards(batch, 0.1)
    shape = (2, toy.BATCH, toy.TOKENS)
    for s, b in ((0, 3), (1, 0)):
        v = [*(float(table[s, i]) for i in batch.state[s, b]), 0.0]
        for t in range(toy.TOKENS):
            expected = sum(
                0.95 ** (i - t) * (float(rewards[s, b, i]) + v[i + 1] - v[i]) for i in range(t, toy.TOKENS)
            )
            assert float(advantage.view(shape)[s, b, t]) == pytest.approx(expected, rel=1e-9)
            assert float(target.view(shape)[s, b, t]) == pytest.approx(expected + v[t], rel=1e-9)


def test_normalised_advantages_have_mean_zero_and_sample_deviation_one() -> None:
    x = torch.tensor([[1.0, 2.0, 4.0, 9.0], [0.0, -1.0, 5.0, 2.0]], dtype=torch.float64)
    got = ppo.normalised(x).numpy()
    np.testing.assert_allclose(got.mean(1), 0, atol=1e-12)
    np.testing.assert_allclose(got.std(1, ddof=1), 1, rtol=1e-6)
    np.testing.assert_allclose(ppo.normalised(x[0]).numpy(), got[0], rtol=1e-12)
    # A batch of nearly equal advantages is not blown up: 1e-8 is added to the deviation.
    tiny = torch.tensor([[0.0, 2e-8]], dtype=torch.float64)
    expected = (tiny.numpy() - 1e-8) / (np.sqrt(2) * 1e-8 + 1e-8)
    np.testing.assert_allclose(ppo.normalised(tiny).numpy(), expected, rtol=1e-9)


@pytest.mark.parametrize(
    "flags", [{}, {"use_clip": False}, {"kl_place": "loss", "kl_estimator": "k3"}, {"normalise": False}]
)
def test_the_ratio_is_one_in_the_first_minibatch_whatever_the_flags(flags: dict[str, Any]) -> None:
    numbers = result(iterations=4, seeds=2, epochs=3, **flags).numbers
    assert numbers["first_ratio_gap"] == pytest.approx(0.0, abs=1e-12)
    assert value(numbers["largest_ratio"]) > 1.05


def test_one_step_a_batch_never_needs_the_clip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ppo, "MINIBATCHES", 1)
    clipped, free = (ppo.run(epochs=1, iterations=5, seeds=2, use_clip=u).numbers for u in (True, False))
    assert value(clipped["clip_fraction"]) == value(clipped["zero_gradient_share"]) == 0.0
    assert value(clipped["approx_kl"]) == 0.0
    assert clipped["return"] == free["return"]


def test_the_first_step_goes_up_the_policy_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Adam's first step is lr times the sign of the gradient: that of Σ A ∇ln π by hand, at the uniform policy."""
    monkeypatch.setattr(ppo, "MINIBATCHES", 1)
    logits, good, _, _ = ppo.train_answers(
        clip=0.2,
        use_clip=True,
        epochs=1,
        iterations=1,
        learning_rate=0.01,
        beta=0.0,
        kl_place="reward",
        kl_estimator="k1",
        entropy_bonus=0.0,
        noise=0.0,
        normalise=False,
        seeds=2,
        seed=3,
    )
    start = torch.zeros_like(logits)
    batch = toy.write_answers(start, good, 0.0, torch.Generator().manual_seed(3))
    weight, _ = ppo.estimates(batch, torch.zeros(logits.shape[:2], dtype=torch.float64), 0.0)
    gradient = np.zeros(logits.shape)
    for s in range(2):
        for b, t in itertools.product(range(toy.BATCH), range(toy.TOKENS)):
            score = -np.full(toy.WORDS, 1 / toy.WORDS)
            score[int(batch.token[s, b, t])] += 1
            gradient[s, int(batch.state[s, b, t])] += float(weight[s, b * toy.TOKENS + t]) * score
    moved = np.abs(gradient) > 1e-6
    assert moved.sum() > 100
    np.testing.assert_allclose(logits.numpy()[moved], 0.01 * np.sign(gradient[moved]), rtol=1e-3)


def test_clipping_keeps_the_update_small_and_learns_more() -> None:
    on, off = result(seeds=8), result(seeds=8, use_clip=False)
    assert value(on.numbers["approx_kl"]) < 0.6 * value(off.numbers["approx_kl"])
    assert value(on.numbers["largest_ratio"]) < 0.2 * value(off.numbers["largest_ratio"])
    assert value(on.numbers["return"]) > value(off.numbers["return"]) + 0.05
    assert value(on.numbers["return"]) > 0.6 > on.numbers["start_return"]  # type: ignore[operator]  # a float
    assert on.numbers["start_return"] == pytest.approx(1 / toy.WORDS)
    assert (on.says, off.says) == ("clipped", "free")


def test_a_heavier_kl_keeps_the_policy_nearer_to_its_reference() -> None:
    kls = [value(result(beta=b, iterations=15).numbers["reference_kl"]) for b in (0.0, 0.05, 0.3)]
    assert kls[0] > kls[1] > kls[2] > 0


def test_k1_in_the_loss_does_not_hold_the_policy_and_k2_does() -> None:
    flags = {"beta": 0.5, "iterations": 25, "epochs": 2, "kl_place": "loss", "seeds": 8}
    k1, k2 = (value(result(kl_estimator=k, **flags).numbers["reference_kl"]) for k in ("k1", "k2"))
    assert k2 < 0.5 * k1, (k1, k2)


def test_an_entropy_bonus_keeps_the_entropy() -> None:
    plain, bonus = (value(result(entropy_bonus=w, iterations=15).numbers["entropy"]) for w in (0.0, 0.3))
    assert bonus > plain + 0.1
    assert bonus < math.log(toy.WORDS)


def test_memory_is_sixteen_bytes_a_trained_and_two_a_frozen_parameter() -> None:
    numbers = result(policy_params=175e9, reward_params=6e9, iterations=1, seeds=2, epochs=1).numbers
    assert numbers["trained_gb"] == pytest.approx(175 * 16 + 6 * 16)
    assert numbers["frozen_gb"] == pytest.approx(175 * 2 + 6 * 2)
    assert numbers["models_gb"] == pytest.approx(181 * 18)


def test_same_flags_give_the_same_numbers_and_another_seed_others() -> None:
    quick: dict[str, Any] = {"iterations": 3, "seeds": 2}
    assert ppo.run(seed=5, **quick).numbers == ppo.run(seed=5, **quick).numbers
    assert ppo.run(seed=5, **quick).numbers != ppo.run(seed=6, **quick).numbers


def test_tables_show_the_cases_and_every_placement() -> None:
    cases, terms, seeds = result(iterations=1, seeds=2, epochs=1).tables
    assert [row[1:] for row in cases.rows] == [
        [0.5, 0.5],
        [1, 1],
        [1.2, 0],
        [-0.8, 0],
        [-1, -1],
        [-1.5, -1.5],
    ]
    assert len(terms.rows) == 6
    assert len(seeds.rows) == 2


# CartPole


def test_each_seeds_network_is_its_own() -> None:
    network = cart.layers([4, 3, 2], 0.01, 2, torch.Generator().manual_seed(0))
    x = torch.randn(2, 5, 4, generator=torch.Generator().manual_seed(1))
    got = cart.forward(network, x).detach().numpy()
    w1, b1, w2, b2 = (p.detach().numpy() for p in network)
    for s in range(2):
        expected = np.tanh(x[s].numpy() @ w1[s] + b1[s]) @ w2[s] + b2[s]
        np.testing.assert_allclose(got[s], expected, atol=1e-6)
    gram = network[0].detach()[0].mT @ network[0].detach()[0]
    torch.testing.assert_close(gram, 2 * torch.eye(3), atol=1e-5, rtol=0)


def test_gae_stops_at_both_ends_and_bootstraps_only_at_the_time_limit() -> None:
    rows = torch.tensor([[[1.0]], [[1.0]], [[0.0]], [[1.0]], [[1.0]]])
    now = torch.tensor([2.0, 3.0, 5.0, 7.0, 11.0]).view(5, 1, 1)
    after = torch.tensor([3.0, 5.0, 7.0, 11.0, 13.0]).view(5, 1, 1)
    term = torch.tensor([False, True, False, False, False]).view(5, 1, 1)
    trunc = torch.tensor([False, False, False, True, False]).view(5, 1, 1)
    rollout = cart.Rollout(rows, rows, rows, now, after, rows, term, trunc, ~term)
    g, lam = cart.GAMMA, cart.LAM
    last = 1 + g * 13 - 11
    cut = 1 + g * 11 - 7
    reset = 0 + g * 7 - 5 + g * lam * cut
    ended = 1 - 3
    first = 1 + g * 3 - 2 + g * lam * ended
    expected = [first, ended, reset, cut, last]
    assert cart.gae(rollout).flatten().tolist() == pytest.approx(expected, rel=1e-5)


def test_a_rollout_knows_the_true_next_state_and_which_steps_only_reset() -> None:
    player = cart.Player(2, 0)
    generator = torch.Generator().manual_seed(0)
    actor = cart.layers([4, 8, 2], 0.01, 2, generator)
    critic = cart.layers([4, 8, 1], 1.0, 2, generator)
    first, second = (player.rollout(actor, critic, generator) for _ in range(2))
    ended = torch.cat([first.terminated, second.terminated])
    real, reward = torch.cat([first.real, second.real]), torch.cat([first.reward, second.reward])
    assert ended.any()
    assert torch.equal(real[1:], ~ended[:-1])  # no time limit is reached within 64 steps
    assert torch.equal(reward, real.float())
    torch.testing.assert_close(first.value_next[:-1], first.value[1:])
    torch.testing.assert_close(first.value_next[-1], second.value[0])
    for s in range(2):
        log_pi = cart.forward(actor, first.observation[:, s].flatten(0, 1).expand(2, -1, -1)).detach()[s]
        expected = log_pi.log_softmax(-1).gather(-1, first.action[:, s].reshape(-1, 1))[:, 0]
        torch.testing.assert_close(first.log_old[:, s].flatten(), expected)
    played = sum(len(ends) for ends in player.episodes)
    assert played == int(ended.sum())
    assert sum(map(sum, player.episodes)) + player.running.sum() == pytest.approx(float(reward.sum()))


def test_steps_that_only_reset_count_in_no_mean() -> None:
    x = torch.tensor([[1.0, 2.0, 50.0, 6.0]])
    real = torch.tensor([[1.0, 1.0, 0.0, 1.0]])
    assert float(cart.weighted_mean(x, real)) == pytest.approx(3.0)
    got = cart.normalised(x, real)[0, [0, 1, 3]].numpy()
    assert got.mean() == pytest.approx(0.0, abs=1e-6)
    assert got.std() == pytest.approx(1.0, rel=1e-5)


def test_a_short_cartpole_run_learns_and_says_what_it_did_not_compute() -> None:
    got = result(env="CartPole-v1", steps=12_288, seeds=2)
    assert got.says == "cartpole"
    assert value(got.numbers["return"]) > 40  # a random policy lasts about 22 steps
    assert isinstance(got.numbers["steps_to_475"], NotReached)
    assert isinstance(got.numbers["reference_kl"], NotRun)
    assert got.numbers["first_ratio_gap"] == pytest.approx(0.0, abs=1e-5)
    assert 0 < value(got.numbers["approx_kl"]) < 0.05


def test_an_error_over_seeds_is_the_sample_deviation_over_the_root_of_their_number() -> None:
    got = ppo.over_seeds([1.0, 2.0, 6.0])
    assert (got.value, got.samples) == (3.0, 3)
    assert got.error == pytest.approx(math.sqrt((4 + 1 + 9) / 2) / math.sqrt(3))
