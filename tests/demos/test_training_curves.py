"""The report held against plain loops over answers, numpy's least squares and polyfit, autograd, and what each case must show."""

from __future__ import annotations

import itertools
import math
from dataclasses import asdict
from functools import cache
from typing import Any, get_args

import numpy as np
import pytest
import torch
from torch import Tensor

import training_curves as tc
from llmcore_tui.lab import Anchor, Estimate, Result
from toys import proxy_language as pl

torch.set_num_threads(1)  # as the worker runs a demo


@cache
def result(**flags: Any) -> Result:
    return tc.run(**flags)


def value(name: str, **flags: Any) -> float:
    number = result(**flags).numbers[name]
    assert isinstance(number, Estimate)
    return number.value


@pytest.fixture
def policy() -> Tensor:
    shape = (2, pl.LENGTH, pl.WORDS + 1, pl.WORDS)
    return torch.randn(shape, generator=torch.Generator().manual_seed(3), dtype=torch.float64)


def gold_by_hand(words: tuple[int, ...]) -> float:
    total = sum(1.0 for word in (0, 1, 2) if word in words)
    flattery = words.count(3)
    if flattery:
        total += 0.5 - 0.7 * (flattery - 1)
    return total - 0.2 * words.count(4)


def test_every_answer_stands_once_at_its_index_with_its_gold_reward() -> None:
    everything = list(itertools.product(range(5), repeat=5))
    assert len(pl.ANSWERS) == len(everything) == 3125
    for i, words in enumerate(everything):
        assert tuple(pl.ANSWERS[i].tolist()) == words
        assert float(pl.GOLD[i]) == pytest.approx(gold_by_hand(words))
    assert torch.equal(pl.index_of(pl.ANSWERS), torch.arange(3125))


def test_demonstrations_weigh_prior_and_gold() -> None:
    weights = [math.prod(pl.PRIOR[w] for w in words) * math.exp(0.8 * gold_by_hand(words)) for words in map(tuple, pl.ANSWERS.tolist())]  # fmt: skip
    got = pl.demonstrations().numpy()
    np.testing.assert_allclose(got, np.array(weights) / sum(weights), rtol=1e-10)


def test_the_probability_of_an_answer_is_the_product_of_its_words(policy: Tensor) -> None:
    got = pl.log_probs(policy, pl.ANSWERS)
    np.testing.assert_allclose(got.exp().sum(-1).numpy(), 1, rtol=1e-12)
    table = np.exp(policy.numpy())
    table /= table.sum(-1, keepdims=True)
    for i in (0, 1, 777, 3124):
        words = pl.ANSWERS[i].tolist()
        for s in range(2):
            p = math.prod(table[s, t, 5 if t == 0 else words[t - 1], w] for t, w in enumerate(words))
            assert float(got[s, i]) == pytest.approx(math.log(p), rel=1e-10)


def test_answers_are_drawn_as_often_as_they_are_likely(policy: Tensor) -> None:
    drawn = pl.write(policy, 40_000, torch.Generator().manual_seed(0))
    assert drawn.shape == (2, 40_000, pl.LENGTH)
    for s in range(2):
        p = pl.log_probs(policy, pl.ANSWERS)[s].exp().numpy()
        counts = np.bincount(pl.index_of(drawn)[s].numpy(), minlength=3125)
        top = np.argsort(p)[-20:]
        np.testing.assert_allclose(
            counts[top], 40_000 * p[top], atol=float(4.5 * np.sqrt(40_000 * p[top]).max())
        )


def test_the_proxy_is_the_weighted_least_squares_fit_on_word_counts(policy: Tensor) -> None:
    log_pi = pl.log_probs(policy, pl.ANSWERS)
    got = pl.fitted_proxy(log_pi).numpy()
    for s in range(2):
        root = np.sqrt(log_pi[s].exp().numpy())
        counts = np.array([[list(words).count(w) for w in range(5)] for words in pl.ANSWERS.tolist()], float)
        coefficients, *_ = np.linalg.lstsq(root[:, None] * counts, root * pl.GOLD.numpy(), rcond=None)
        np.testing.assert_allclose(got[s], counts @ coefficients, atol=1e-8)
        # A least-squares fit with an intercept is right on average.
        assert root**2 @ got[s] == pytest.approx(root**2 @ pl.GOLD.numpy())


def test_measures_are_those_of_numpy(policy: Tensor) -> None:
    log_pi = pl.log_probs(policy, pl.ANSWERS)
    log_ref = pl.log_probs(policy.flip(0), pl.ANSWERS)
    proxy = pl.fitted_proxy(log_ref)
    reward, spread, gold, kl, entropy = tc.measured(log_pi, log_ref, proxy)
    for s in range(2):
        p, q, r = log_pi[s].exp().numpy(), log_ref[s].exp().numpy(), proxy[s].numpy()
        assert float(reward[s]) == pytest.approx(p @ r)
        assert float(spread[s]) == pytest.approx(math.sqrt(p @ r**2 - (p @ r) ** 2))
        assert float(gold[s]) == pytest.approx(p @ pl.GOLD.numpy())
        assert float(kl[s]) == pytest.approx(p @ np.log(p / q))
        assert float(entropy[s]) == pytest.approx(-(p @ np.log(p)) / 5)


def test_fine_tuning_goes_down_the_mean_loss_a_word() -> None:
    demos = pl.ANSWERS[torch.tensor([[5, 700, 700], [1, 2, 3]])]
    logits, seen, unseen = pl.fine_tune(demos, pl.demonstrations(), 30, 0.1)
    assert len(seen) == len(unseen) == 31
    assert seen[0].tolist() == pytest.approx([math.log(5)] * 2)
    assert unseen[0].tolist() == pytest.approx([math.log(5)] * 2)
    assert (seen[-1] < 0.6 * seen[0]).all()
    expected = -pl.log_probs(logits, demos).mean(-1) / 5
    torch.testing.assert_close(seen[-1], expected)
    held = -(pl.log_probs(logits, pl.ANSWERS) * pl.demonstrations()).sum(-1) / 5
    torch.testing.assert_close(unseen[-1], held)


def test_the_surrogates_gradient_at_the_old_policy_is_the_policy_gradient(policy: Tensor) -> None:
    logits = policy.clone().requires_grad_()
    answers = pl.write(policy, 6, torch.Generator().manual_seed(1))
    old = pl.log_probs(policy, answers)
    score = torch.tensor([[1.0, 2.0, 0.0, -1.0, 3.0, 1.0]] * 2, dtype=torch.float64)
    (got,) = torch.autograd.grad(tc.surrogate(logits, old, answers, score), logits)
    table = np.exp(policy.numpy())
    table /= table.sum(-1, keepdims=True)
    expected = np.zeros(policy.shape)
    for s, i in itertools.product(range(2), range(6)):
        before = 5
        for t, word in enumerate(answers[s, i].tolist()):
            expected[s, t, before] -= (float(score[s, i]) - 1.0) / 6 * table[s, t, before]
            expected[s, t, before, word] += (float(score[s, i]) - 1.0) / 6
            before = word
    np.testing.assert_allclose(got.numpy(), expected, atol=1e-12)


def test_the_surrogate_is_that_of_a_loop_away_from_the_old_policy(policy: Tensor) -> None:
    answers = pl.write(policy, 4, torch.Generator().manual_seed(1))
    old = pl.log_probs(policy.flip(0), answers)
    score = torch.tensor([[1.0, 2.0, 0.0, -1.0], [0.0, 4.0, 1.0, 1.0]], dtype=torch.float64)
    new = pl.log_probs(policy, answers)
    expected = 0.0
    for s in range(2):
        mean = float(score[s].sum()) / 4
        expected += (
            sum(math.exp(float(new[s, i] - old[s, i])) * (float(score[s, i]) - mean) for i in range(4)) / 4
        )
    assert float(tc.surrogate(policy, old, answers, score)) == pytest.approx(expected, rel=1e-9)


def test_slopes_are_those_of_a_line_fitted_to_the_second_half() -> None:
    rng = np.random.default_rng(0)
    for length in (9, 10, 201):
        curve = rng.normal(size=(length, 3)).cumsum(0)
        half = curve[length // 2 :]
        expected = 100 * np.polyfit(np.arange(len(half)), half, 1)[0]
        np.testing.assert_allclose(tc.slope(curve), expected, rtol=1e-9)
    assert tc.slope(np.arange(11.0)[:, None])[0] == pytest.approx(100.0)


def test_jitter_is_the_mean_distance_of_steps_from_their_mean_in_the_second_half() -> None:
    curve = np.array([[0.0], [9.0], [0.0], [1.0], [-1.0], [-1.0]])
    assert tc.jitter(curve)[0] == pytest.approx(1.0)  # steps -2 and 0 about -1

    assert tc.jitter(np.arange(12.0)[:, None])[0] == pytest.approx(0.0, abs=1e-12)


def test_runs_differ_from_the_healthy_one_only_in_what_the_cards_name() -> None:
    usual = {
        "demonstrations": 400,
        "sft_steps": 60,
        "beta": 0.3,
        "learning_rate": 0.03,
        "batch": 64,
        "epochs": 1,
    }
    changed = {
        name: {key: new for key, new in asdict(run).items() if new != usual[key]}
        for name, run in tc.RUNS.items()
    }
    assert changed == {
        "healthy": {},
        "hacked": {"beta": 0.0},
        "collapsed": {"beta": 0.0, "learning_rate": 0.1, "batch": 8, "epochs": 16},
        "lr_high": {"learning_rate": 1.0, "batch": 16},
        "memorising": {"demonstrations": 8, "sft_steps": 400},
        "kl_strong": {"beta": 5.0},
    }


def test_all_runs_of_the_flag_are_there_and_hidden_draws_each_of_them() -> None:
    assert [*tc.RUNS, "hidden"] == list(get_args(tc.Case))
    assert {tc.chosen("hidden", seed) for seed in range(60)} == set(tc.RUNS)
    assert all(tc.chosen(name, 3) == name for name in get_args(tc.Case) if name != "hidden")


def test_hidden_is_the_drawn_case_and_says_so_only_at_the_end() -> None:
    name = tc.chosen("hidden", 5)
    hidden, open_one = result(case="hidden", seed=5, updates=20), result(case=name, seed=5, updates=20)
    assert hidden.numbers == open_one.numbers
    assert (hidden.says, open_one.says) == (f"hidden_{name}", name)
    assert set(tc.SAYS) == {*tc.RUNS, *(f"hidden_{case}" for case in tc.RUNS)}


def test_a_hacked_run_gains_reward_and_loses_gold() -> None:
    assert value("reward_slope", case="hacked") > 0.1
    assert value("gold_slope", case="hacked") < -0.2
    assert value("kl_slope", case="hacked") > 1
    assert value("gold_peak", case="hacked") > value("gold", case="hacked") + 0.4


def test_a_healthy_run_gains_both_and_settles() -> None:
    assert value("gold", case="healthy") > value("start_reward", case="healthy") + 0.5
    assert abs(value("kl_slope", case="healthy")) < 0.3
    assert value("gold_slope", case="healthy") > -0.02
    assert value("entropy", case="healthy") > 1.0


def test_a_collapsed_run_has_neither_entropy_nor_spread() -> None:
    assert value("entropy", case="collapsed") < 0.15
    assert value("reward_spread", case="collapsed") < 0.4 * value("reward_spread", case="healthy")


def test_a_high_rate_makes_the_kl_jump() -> None:
    assert value("kl_jitter", case="lr_high") > 10 * value("kl_jitter", case="healthy")
    assert value("kl", case="lr_high") > 2 * value("kl", case="healthy")


def test_memorising_shows_before_rl_begins() -> None:
    assert value("heldout_loss", case="memorising") > 1.5 + value("sft_loss", case="memorising")
    assert value("heldout_loss", case="healthy") < 0.1 + value("sft_loss", case="healthy")
    assert value("start_entropy", case="memorising") < 0.7 * value("start_entropy", case="healthy")


def test_a_strong_kl_leaves_the_policy_where_it_was() -> None:
    assert value("kl", case="kl_strong") < 0.05
    assert value("reward", case="kl_strong") < 0.2 + value("start_reward", case="kl_strong")


def test_before_the_first_update_proxy_and_gold_agree_and_the_kl_is_zero() -> None:
    report = tc.train(tc.RUNS["healthy"], 4, 2, 0)
    np.testing.assert_allclose(report.reward[0], report.gold[0], rtol=1e-9)
    np.testing.assert_allclose(report.kl[0], 0, atol=1e-12)
    assert report.reward.shape == (5, 2)
    assert report.sft_loss.shape == (61, 2)


def test_the_kl_is_paid_for_what_the_policy_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    scores: list[Tensor] = []

    def spy(logits: Tensor, old: Tensor, answers: Tensor, score: Tensor) -> Tensor:
        scores.append(score)
        return real(logits, old, answers, score)

    real = tc.surrogate
    monkeypatch.setattr(tc, "surrogate", spy)
    tc.train(tc.Settings(beta=0.0, learning_rate=0.5), 2, 2, 0)
    free = list(scores)
    scores.clear()
    tc.train(tc.Settings(beta=2.0, learning_rate=0.5), 2, 2, 0)
    # At the reference the log-ratio is zero; after one step it is positive on average for what is sampled.
    torch.testing.assert_close(scores[0], free[0])
    assert scores[1].mean() < free[1].mean()


@pytest.mark.parametrize(
    ("share", "gap", "beta"), [(0.2, 1.0, 0.3), (0.5, 2.0, 5.0), (0.9, 0.0, 1.0), (0.01, 3.0, 0.6)]
)
def test_the_tilted_policy_is_the_best_of_a_fine_grid(share: float, gap: float, beta: float) -> None:
    p = np.linspace(1e-6, 1 - 1e-6, 200_001)
    kl = p * np.log(p / share) + (1 - p) * np.log((1 - p) / (1 - share))
    best = int(np.argmax(p * gap - beta * kl))
    better, spent = tc.tilted(share, gap, beta)
    assert better == pytest.approx(p[best], abs=1e-4)
    assert spent == pytest.approx(kl[best], abs=1e-3)
    numbers = tc.run(case="healthy", updates=4, seeds=2, share=share, gap=gap, beta=beta).numbers
    assert (numbers["optimum_share"], numbers["optimum_kl"]) == (better, spent)


@pytest.mark.parametrize("anchor", tc.ANCHORS, ids=lambda a: a.number)
def test_closed_forms_come_out(anchor: Anchor) -> None:
    settings: dict[str, Any] = dict(anchor.set)
    number = tc.run(**settings).numbers[anchor.number]
    assert isinstance(number, float)
    assert abs(number - anchor.value) <= anchor.within


def test_same_flags_give_the_same_numbers_and_another_seed_others() -> None:
    assert tc.run(updates=6, seed=1).numbers == tc.run(updates=6, seed=1).numbers
    assert tc.run(updates=6, seed=1).numbers != tc.run(updates=6, seed=2).numbers


def test_the_table_starts_before_the_first_update_and_ends_with_the_last() -> None:
    (table,) = result(case="healthy").tables
    assert [row[0] for row in table.rows] == [0, 25, 50, 75, 100, 125, 150, 175, 200]
    assert table.rows[-1][1] == pytest.approx(value("reward", case="healthy"), abs=1e-3)


def test_an_error_over_seeds_is_the_sample_deviation_over_the_root_of_their_number() -> None:
    got = tc.over_seeds([1.0, 2.0, 6.0])
    assert (got.value, got.samples) == (3.0, 3)
    assert got.error == pytest.approx(math.sqrt((4 + 1 + 9) / 2) / math.sqrt(3))
