"""RLHF's toy counted a second time: trees by enumeration, PPO's parts by loops, optima by laws, the curve by what it must do."""

from __future__ import annotations

import itertools
import math
import statistics
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import rlhf
from llmcore_tui.lab import Anchor, Estimate, NotRun
from toys import noisy_pairs, support_language, token_ppo

torch.set_num_threads(1)  # as the worker runs a demo

WORDS = ["END", "sorry", "thanks", "refund", "track", "reset", "promise", "well"]
ALL = [words for length in range(6) for words in itertools.product(range(1, 8), repeat=length)]
"""Every answer as words, in breadth-first order."""


def value(result: Any, key: str) -> float:
    number = result.numbers[key]
    return number.value if isinstance(number, Estimate) else number


def test_nodes_are_all_answers_in_order_of_length() -> None:
    assert len(ALL) == support_language.ANSWERS == 19608
    for node in (*range(70), 500, 3000, 19607):
        assert support_language.spelled(node) == " ".join(WORDS[w] for w in ALL[node])
        assert support_language.COUNTS[node].tolist() == [0.0] + [
            float(ALL[node].count(w)) for w in range(1, 8)
        ]
    assert sum(len(words) < 5 for words in ALL) == support_language.PREFIXES


def true_worth(prompt: int, words: tuple[int, ...]) -> float:
    said = set(words)
    right = 3 + prompt
    total = 0.2 * (right in said) + 0.1 * (1 in said) + 0.05 * (2 in said) - 0.15 * (6 in said)
    total -= 0.1 * len(said & ({3, 4, 5} - {right})) + 0.02 * words.count(7)
    return total - 0.1 * sum(words.count(w) - 1 for w in said if w != 7)


def test_the_true_reward_of_every_answer() -> None:
    gold = support_language.gold_reward()
    for prompt in range(3):
        np.testing.assert_allclose(gold[prompt], [true_worth(prompt, w) for w in ALL], atol=1e-12)
    best = [support_language.spelled(int(node)) for node in gold.argmax(axis=1)]
    assert [sorted(b.split()) for b in best] == [["refund", "sorry", "thanks"], ["sorry", "thanks", "track"], ["reset", "sorry", "thanks"]]  # fmt: skip


def test_the_reward_model_reads_counts_alone() -> None:
    read = support_language.answer_features()
    for prompt, node in itertools.product(range(3), (0, 5, 77, 2222, 19000)):
        words = ALL[node]
        right = words.count(3 + prompt)
        wrong = sum(words.count(a) for a in (3, 4, 5)) - right
        assert read[prompt, node].tolist() == [right, wrong, *(words.count(w) for w in (1, 2, 6, 7))]


def test_the_policy_reads_prompt_last_word_words_said_and_place() -> None:
    features = support_language.state_features()
    assert features.shape == (3, support_language.PREFIXES, 23)
    for prompt, node in itertools.product(range(3), (0, 3, 40, 333, 2800)):
        words = ALL[node]
        last = words[-1] if words else 0
        expected = [float(prompt == p) for p in range(3)] + [float(last == w) for w in range(8)]
        expected += [float(w in words) for w in range(1, 8)] + [float(len(words) == t) for t in range(5)]
        assert features[prompt, node].tolist() == expected


def test_an_answers_log_probability_is_the_sum_of_its_words() -> None:
    g = torch.Generator().manual_seed(0)
    words = torch.log_softmax(torch.randn(3, 2801, 8, generator=g, dtype=torch.float64), dim=-1)
    logp = support_language.answer_logp(words)
    torch.testing.assert_close(logp.exp().sum(1), torch.ones(3, dtype=torch.float64), rtol=1e-12, atol=0)
    index = {w: node for node, w in enumerate(ALL)}
    for prompt, node in itertools.product(range(3), (0, 1, 7, 60, 400, 2801, 19607)):
        said = ALL[node]
        total = sum(float(words[prompt, index[said[:t]], w]) for t, w in enumerate(said))
        total += float(words[prompt, node, 0]) if len(said) < 5 else 0.0
        assert float(logp[prompt, node]) == pytest.approx(total, rel=1e-12)


def test_demonstrations_become_one_row_a_word_with_the_end() -> None:
    prompts, nodes, words = support_language.tokens([(2, [1, 5]), (0, []), (1, [7, 1, 4, 6, 2])])
    assert prompts.tolist() == [2, 2, 2, 0, 1, 1, 1, 1, 1]
    assert words.tolist() == [1, 5, 0, 0, 7, 1, 4, 6, 2]
    assert [ALL[n] for n in nodes.tolist()] == [
        (),
        (1,),
        (1, 5),
        (),
        (),
        (7,),
        (7, 1),
        (7, 1, 4),
        (7, 1, 4, 6),
    ]
    written = support_language.demonstrations(4000, np.random.default_rng(0))
    right = sum(3 + p in w for p, w in written) / 4000
    assert right == pytest.approx(0.85 * (0.65 + 0.35 / 3), abs=0.03)
    assert {p for p, _ in written} == {0, 1, 2}


def small_rollout() -> tuple[token_ppo.Rollout, torch.Tensor]:
    g = torch.Generator().manual_seed(1)
    words = torch.log_softmax(torch.randn(3, 2801, 8, generator=g, dtype=torch.float64), dim=-1)
    return token_ppo.sample(words, 3000, g), words


def test_sampled_answers_are_paths_through_the_tree_and_follow_the_policy() -> None:
    taken, words = small_rollout()
    for i in range(0, 3000, 100):
        length = int(taken.live[i].sum())
        said = [w for w in taken.words[i, :length].tolist() if w]
        assert ALL[int(taken.answers[i])] == tuple(said)
        assert [ALL[n] for n in taken.nodes[i, :length].tolist()] == [tuple(said[:t]) for t in range(length)]
        assert length == min(len(said) + 1, 5)
    assert taken.prompts.tolist() == [i % 3 for i in range(3000)]
    for prompt in range(3):
        first = taken.words[taken.prompts == prompt, 0]
        share = torch.bincount(first, minlength=8) / len(first)
        torch.testing.assert_close(share.double(), words[prompt, 0].exp(), rtol=0, atol=0.06)


def test_the_score_comes_last_and_the_kl_at_every_word() -> None:
    live = torch.tensor([[True, True, False], [True, True, True]])
    logp = torch.tensor([[-1.0, -2.0, -9.0], [-0.5, -0.5, -3.0]])
    reference = torch.tensor([[-2.0, -1.0, -4.0], [-0.5, -1.5, -1.0]])
    rewards = token_ppo.token_rewards(torch.tensor([10.0, 20.0]), logp, reference, live, 0.1)
    torch.testing.assert_close(rewards, torch.tensor([[-0.1, 10.1, 0.0], [0.0, -0.1, 20.2]]))


@pytest.mark.parametrize("lam", [0.0, 0.5, 0.95, 1.0])
def test_token_advantages_are_the_sum_of_later_deltas(lam: float) -> None:
    g = torch.Generator().manual_seed(2)
    rewards, values = torch.randn(2, 4, 5, generator=g, dtype=torch.float64)
    lengths = [1, 3, 5, 2]
    live = torch.tensor([[t < n for t in range(5)] for n in lengths])
    rewards = rewards * live
    advantages = token_ppo.token_gae(rewards, values, live, lam)
    for i, n in enumerate(lengths):
        delta = [rewards[i, t] + (values[i, t + 1] if t + 1 < n else 0.0) - values[i, t] for t in range(n)]
        for t in range(n):
            expected = sum(lam ** (k - t) * float(delta[k]) for k in range(t, n))
            assert float(advantages[i, t]) == pytest.approx(expected, rel=1e-12)
        assert not advantages[i, n:].any()


@pytest.mark.parametrize(
    ("ratio", "advantage", "gives", "slope"),
    [(0.5, 1.0, 0.5, 0.5), (1.5, 1.0, 1.2, 0.0), (0.5, -1.0, -0.8, 0.0), (1.5, -1.0, -1.5, -1.5), (1.0, 2.0, 2.0, 2.0)],
)  # fmt: skip
def test_the_clip_takes_the_smaller_and_stops_the_gradient_there(
    ratio: float, advantage: float, gives: float, slope: float
) -> None:
    logp = torch.tensor([math.log(ratio)], dtype=torch.float64, requires_grad=True)
    out = token_ppo.clipped_objective(logp, torch.zeros_like(logp), torch.tensor([advantage]).double(), 0.2)
    (gradient,) = torch.autograd.grad(out.sum(), logp)
    assert float(out.detach()) == pytest.approx(gives, rel=1e-12)
    assert float(gradient) == pytest.approx(slope, abs=1e-12)


@pytest.mark.parametrize("kl_in", ["reward", "loss"])
def test_the_first_update_goes_along_the_policy_gradient_minus_that_of_the_kl(kl_in: Any) -> None:
    g = torch.Generator().manual_seed(4)
    x, start = (torch.randn(s, generator=g, dtype=torch.float64) for s in ((30, 5), (5, 8)))
    advantages, returns = torch.randn(2, 30, generator=g, dtype=torch.float64)
    reference = torch.log_softmax(torch.randn(30, 8, generator=g, dtype=torch.float64), -1)
    words = torch.randint(8, (30,), generator=g)
    rules = token_ppo.Settings(0.7, kl_in)
    ppo = token_ppo.TokenPPO(x[None], start, torch.zeros(1, 1), rules, 0)
    logp = torch.log_softmax(x @ start, -1)
    p = logp.exp().numpy()
    ppo.update(x, words, logp[torch.arange(30), words], reference, advantages, returns)
    slope = np.zeros((5, 8))
    for i in range(30):
        score = np.eye(8)[int(words[i])] - p[i]
        along = float(advantages[i]) * score
        if kl_in == "loss":
            apart = (logp[i] - reference[i]).numpy()
            along = along - 0.7 * p[i] * (apart - p[i] @ apart)
        slope += np.outer(x[i].numpy(), along) / 30
    change = (ppo.policy.detach() - start).numpy()
    np.testing.assert_allclose(change, 0.03 * np.sign(slope), rtol=1e-4)
    np.testing.assert_allclose(
        ppo.critic.detach().numpy(), 0.05 * np.sign(x.numpy().T @ returns.numpy()), rtol=1e-4
    )


def test_labels_follow_bradley_terry_and_flips_pull_them_to_a_coin() -> None:
    gap = np.array([0.0, 0.1, -0.2])
    fair = [0.5, 1 / (1 + math.e**-1), 1 / (1 + math.e**2)]
    np.testing.assert_allclose(noisy_pairs.preference(gap, 0.0), fair, rtol=1e-12)
    np.testing.assert_allclose(
        noisy_pairs.preference(gap, 0.1), [0.9 * p + 0.1 * (1 - p) for p in fair], rtol=1e-12
    )
    np.testing.assert_allclose(noisy_pairs.preference(gap, 0.5), 0.5, rtol=1e-12)


def test_the_fit_is_where_autograd_finds_no_slope() -> None:
    rng = np.random.default_rng(0)
    differences = rng.normal(size=(60, 6))
    w = torch.tensor(noisy_pairs.fit_bradley_terry(differences), requires_grad=True)
    loss = -torch.nn.functional.logsigmoid(torch.tensor(differences) @ w).sum() + 0.05 * w.square().sum()
    (slope,) = torch.autograd.grad(loss, w)
    assert float(slope.abs().max()) < 1e-9


def test_pairs_are_drawn_from_the_policy() -> None:
    probabilities = np.zeros((3, support_language.ANSWERS))
    for prompt in range(3):
        probabilities[prompt, [prompt, 10 + prompt]] = 0.25, 0.75
    prompts, drawn = noisy_pairs.draw_pairs(probabilities, 6000, np.random.default_rng(0))
    assert drawn.shape == (6000, 2)
    assert prompts[:4].tolist() == [0, 1, 2, 0]
    for prompt in range(3):
        mine = drawn[prompts == prompt]
        assert set(np.unique(mine)) == {prompt, 10 + prompt}
        np.testing.assert_allclose((mine == prompt).mean(axis=0), 0.25, atol=0.04)


def test_a_reward_model_of_clean_labels_knows_the_signs_and_is_centred_on_its_policy() -> None:
    reference = torch.full(
        (3, support_language.ANSWERS), 1 / support_language.ANSWERS, dtype=torch.float64
    ).log()
    scores, quality = noisy_pairs.label_and_fit(reference, 4000, 0.0, np.random.default_rng(0))
    assert float((reference.exp() * scores).sum(1).mean()) == pytest.approx(0.0, abs=1e-12)
    index = {w: node for node, w in enumerate(ALL)}
    for prompt in range(3):
        nothing = float(scores[prompt, 0])
        assert float(scores[prompt, index[(3 + prompt,)]]) > nothing > float(scores[prompt, index[(6,)]])
        assert nothing > float(scores[prompt, index[(3 + (prompt + 1) % 3,)]])
    assert 0.5 < quality["label_agreement"] < 1.0
    worse = noisy_pairs.label_and_fit(reference, 60, 0.4, np.random.default_rng(0))[1]
    assert quality["rm_accuracy"] > worse["rm_accuracy"]
    assert quality["label_agreement"] > worse["label_agreement"]


def two_policies(seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    g = torch.Generator().manual_seed(seed)
    drawn = torch.randn(3, 3, support_language.ANSWERS, generator=g, dtype=torch.float64)
    return torch.log_softmax(drawn[0], 1), torch.log_softmax(drawn[1], 1), drawn[2]


def test_what_is_measured_is_the_mean_over_answers_and_prompts() -> None:
    logp, reference, scores = two_policies(0)
    p = np.exp(logp.numpy())
    found = rlhf.measure(logp, reference, scores)
    assert found.kl == pytest.approx(float((p * (logp - reference).numpy()).sum() / 3), rel=1e-12)
    assert found.proxy == pytest.approx(float((p * scores.numpy()).sum() / 3), rel=1e-12)
    worth = np.array([[true_worth(q, w) for w in ALL] for q in range(3)])
    assert found.gold == pytest.approx(float((p * worth).sum() / 3), rel=1e-9)
    again = np.array([sum(w.count(x) - 1 for x in set(w) if x != 7) for w in ALL])
    assert found.repeats == pytest.approx(float((p * again).sum() / 3), rel=1e-12)


@pytest.mark.parametrize("beta", [0.1, 1.0, 5.0])
def test_no_other_policy_has_more_reward_minus_kl_than_the_optimum(beta: float) -> None:
    other, reference, scores = two_policies(1)
    best = rlhf.measure(rlhf.optimum(reference, scores, beta), reference, scores)
    attained = best.proxy - beta * best.kl
    partition = np.log((np.exp(reference.numpy()) * np.exp(scores.numpy() / beta)).sum(axis=1))
    assert attained == pytest.approx(beta * float(partition.mean()), rel=1e-9)
    for policy in (other, reference, rlhf.optimum(reference, scores, 1.1 * beta)):
        rival = rlhf.measure(policy, reference, scores)
        assert rival.proxy - beta * rival.kl < attained


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 5), st.integers(1, 4), st.integers(0, 2**31), st.booleans())
def test_best_of_n_is_what_drawing_n_and_keeping_the_best_gives(
    answers: int, n: int, seed: int, ties: bool
) -> None:
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(answers))
    scores = rng.integers(0, 2, answers).astype(float) if ties else rng.permutation(answers).astype(float)
    expected = np.zeros(answers)
    for drawn in itertools.product(range(answers), repeat=n):
        top = [y for y in drawn if scores[y] == max(scores[z] for z in drawn)]
        for y in top:
            expected[y] += math.prod(p[list(drawn)]) / len(top)
    found = rlhf.best_of_n(p, scores, n)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    kl = sum(q * math.log(q / r) for q, r in zip(found, p, strict=True) if q > 0)
    assert -1e-12 <= kl <= math.log(n) - (n - 1) / n + 1e-9


def test_without_ties_and_with_many_answers_the_bound_is_met() -> None:
    p = np.full(20000, 1 / 20000)
    found = rlhf.best_of_n(p, np.arange(20000.0), 16)
    kl = float((found * np.log(found / p)).sum())
    assert kl == pytest.approx(math.log(16) - 15 / 16, abs=1e-3)


def test_scores_that_differ_by_rounding_are_equal() -> None:
    found = rlhf.best_of_n(np.array([0.25, 0.25, 0.5]), np.array([1.0, 1.0 + 3e-13, 0.0]), 3)
    np.testing.assert_allclose(found, [7 / 16, 7 / 16, 1 / 8], rtol=1e-12)
    apart = rlhf.best_of_n(np.array([0.25, 0.25, 0.5]), np.array([1.0, 1.0 + 3e-12, 0.0]), 3)
    np.testing.assert_allclose(apart, [(27 - 8) / 64, 37 / 64, 1 / 8], rtol=1e-12)


def test_the_curves_hold_the_optima_of_halved_betas_and_the_best_of_doubled_n(runs: dict[str, Any]) -> None:
    reference, _, scores = two_policies(3)
    path = [rlhf.Measured(float(k), 2.0 * k, 3.0 * k, 0.0) for k in range(3)]
    drawn = {s.en: s for s in rlhf.curves(path, reference, scores)}
    assert (drawn["PPO: true"].x, drawn["PPO: true"].y) == ([0.0, 1.0, 2.0], [0.0, 3.0, 6.0])
    assert drawn["PPO: proxy"].y == [0.0, 2.0, 4.0]
    for name, policies in (
        ("optimum of β", [rlhf.optimum(reference, scores, b) for b in (2, 1, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64, 1 / 128, 1 / 256)]),
        ("best of n", [rlhf.bon_logp(reference, scores, n) for n in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)]),
    ):  # fmt: skip
        expected = [rlhf.measure(policy, reference, scores) for policy in policies]
        assert drawn[f"{name}: true"].x == drawn[f"{name}: proxy"].x == [p.kl for p in expected]
        assert drawn[f"{name}: true"].y == [p.gold for p in expected]
        assert drawn[f"{name}: proxy"].y == [p.proxy for p in expected]
    assert len(runs["kl"].series) == 6


def test_the_table_shows_what_the_reward_model_likes_best(runs: dict[str, Any]) -> None:
    rows = {(row[0], row[1]): row for row in runs["kl"].tables[0].rows}
    for prompt, action in enumerate(("refund", "track", "reset")):
        name = support_language.PROMPTS[prompt]
        best = rows[(name, "best score")]
        assert best[2].split()[0] in {action, "sorry", "thanks"}
        assert best[3] > rows[(name, "SFT")][3]
        assert best[4] < rows[(name, "SFT")][4]


def test_best_of_one_is_the_policy_for_every_prompt() -> None:
    reference, _, scores = two_policies(2)
    torch.testing.assert_close(rlhf.bon_logp(reference, scores, 1), reference, rtol=1e-9, atol=1e-12)
    best = rlhf.bon_logp(reference, scores, 8)
    for prompt in range(3):
        expected = rlhf.best_of_n(np.exp(reference[prompt].numpy()), scores[prompt].numpy(), 8)
        np.testing.assert_allclose(best[prompt].exp().numpy(), expected, rtol=1e-9, atol=1e-300)


def test_the_reward_at_a_kl_is_read_off_the_path_at_its_root() -> None:
    path = [
        rlhf.Measured(kl, 0.0, gold, 0.0) for kl, gold in ((0.0, 1.0), (1.0, 3.0), (4.0, 2.0), (9.0, 0.0))
    ]
    assert rlhf.gold_at(path, 0.25) == pytest.approx(2.0)
    assert rlhf.gold_at(path, 1.0) == pytest.approx(3.0)
    assert rlhf.gold_at(path, 2.25) == pytest.approx(2.5)
    assert rlhf.gold_at(path, 50.0) == 0.0


def test_a_stage_holds_the_bytes_of_its_models() -> None:
    assert rlhf.stage_gb("sft", 10**9) == rlhf.stage_gb("rm", 10**9) == 16.0
    assert rlhf.stage_gb("ppo", 10**9) == 16.0 + 16.0 + 2.0 + 2.0


def test_the_base_model_says_all_words_equally_often() -> None:
    total = 0.0
    for words in ALL:
        chance = (1 / 8) ** min(len(words) + 1, 5)
        total += chance * sum(true_worth(p, words) for p in range(3)) / 3
    assert value(rlhf.run(stage="sft", seeds=2), "base_gold") == pytest.approx(total, rel=1e-9)


def test_sft_brings_the_loss_near_the_demonstrations_entropy() -> None:
    rng = np.random.default_rng(3)
    weights = rlhf.sft(torch.zeros(23, 8, dtype=torch.float64), rng)
    prompts, nodes, words = support_language.tokens(
        support_language.demonstrations(3000, np.random.default_rng(4))
    )
    logp = rlhf.word_logp(weights)
    torch.testing.assert_close(logp.exp().sum(-1), torch.ones(3, 2801, dtype=torch.float64), rtol=1e-12, atol=0)  # fmt: skip
    loss = -float(logp[prompts, nodes, words].mean())
    assert loss < 1.3 < math.log(8)


@pytest.fixture(scope="module")
def runs() -> dict[str, Any]:
    return {
        "kl": rlhf.run(seeds=2, seed=1),
        "loss": rlhf.run(seeds=2, seed=1, kl_in="loss"),
        "free": rlhf.run(seeds=2, seed=1, beta=0.0),
    }


@pytest.mark.parametrize("where", ["kl", "loss"])
def test_ppo_with_a_kl_ends_near_the_exact_optimum(runs: dict[str, Any], where: str) -> None:
    assert value(runs[where], "kl") == pytest.approx(value(runs[where], "optimum_kl"), rel=0.35)
    assert value(runs[where], "gold_reward") == pytest.approx(value(runs[where], "optimum_gold"), abs=0.02)


def test_without_a_kl_the_proxy_rises_and_the_truth_turns_over(runs: dict[str, Any]) -> None:
    free, held = runs["free"], runs["kl"]
    assert value(free, "proxy_reward") > 3 * value(held, "proxy_reward") > 0
    assert value(free, "gold_peak") > value(held, "sft_gold") > value(free, "gold_reward")
    assert 0.3 < value(free, "gold_peak_kl") < value(free, "kl")
    assert value(free, "repeats") > 1 > value(held, "repeats")
    assert isinstance(free.numbers["frontier_gap"], NotRun)
    assert isinstance(free.numbers["optimum_kl"], NotRun)
    proxy = next(s for s in free.series if s.en == "PPO: proxy")
    assert proxy.y[0] == pytest.approx(0.0, abs=1e-9)
    assert proxy.y[-1] > proxy.y[len(proxy.y) // 2] > proxy.y[2]


def test_at_the_same_kl_the_kl_gains_little_truth(runs: dict[str, Any]) -> None:
    gained = value(runs["kl"], "gold_reward") - value(runs["kl"], "sft_gold")
    assert abs(value(runs["kl"], "frontier_gap")) < 0.3 * gained


def test_the_gap_at_the_frontier_is_that_of_the_two_paths() -> None:
    plan = rlhf.Plan("all", 0.1, 12, 0.1, 200, "reward", 4)
    numbers, path, scored = rlhf.repeat(plan, [5, 0])
    assert scored is not None
    assert len(path) == 13
    rng = np.random.default_rng([5, 0])
    start = rlhf.sft(torch.zeros(23, 8, dtype=torch.float64), rng)
    noisy_pairs.label_and_fit(scored[0], 200, 0.1, rng)
    seeds = [int(rng.integers(2**31)) for _ in range(2)]
    held, free = (
        rlhf.optimise(start, scored[1], 12, token_ppo.Settings(beta, "reward"), seed)
        for beta, seed in zip((0.1, 0.0), seeds, strict=True)
    )
    assert held == path
    assert numbers["frontier_gap"] == held[-1].gold - rlhf.gold_at(free, held[-1].kl)
    assert numbers["gold_peak"] == max(p.gold for p in path) == path[[p.kl for p in path].index(numbers["gold_peak_kl"])].gold  # fmt: skip


def test_best_of_n_is_below_its_bound_because_of_ties(runs: dict[str, Any]) -> None:
    assert value(runs["kl"], "bon_kl") < math.log(16) - 15 / 16 - 0.01
    assert value(runs["kl"], "bon_gold") > value(runs["kl"], "sft_gold")


def test_a_stage_leaves_out_what_comes_later() -> None:
    early, middle = rlhf.run(stage="sft", seeds=2), rlhf.run(stage="rm", seeds=2)
    assert (early.says, middle.says) == ("sft", "rm")
    assert isinstance(early.numbers["rm_accuracy"], NotRun)
    assert isinstance(middle.numbers["gold_reward"], NotRun)
    assert early.numbers["sft_gold"] == middle.numbers["sft_gold"]
    cold = rlhf.run(stage="ppo", seeds=2, steps=10)
    assert cold.says == "cold"
    assert isinstance(cold.numbers["sft_gold"], NotRun)
    assert value(cold, "gold_reward") < value(middle, "sft_gold")
    rows = {(row[0], row[1]): row[2:] for row in cold.tables[-1].rows}
    assert rows[("ppo", "critic")] == ["trained", 16 * 6.738415616]
    assert rows[("ppo", "reference")] == ["frozen", 2 * 6.738415616]


def test_an_estimate_is_the_mean_and_its_standard_error() -> None:
    drawn = [1.0, 4.0, 2.5]
    found = rlhf.estimate(drawn)
    assert found.value == pytest.approx(statistics.mean(drawn))
    assert found.error == pytest.approx(statistics.stdev(drawn) / math.sqrt(3))
    assert found.samples == 3


@pytest.mark.parametrize("anchor", rlhf.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}")
def test_closed_forms_come_out(anchor: Anchor) -> None:
    flags: dict[str, Any] = {"seeds": 2, "steps": 1, **anchor.set}
    assert abs(value(rlhf.run(**flags), anchor.number) - anchor.value) <= anchor.within


def test_the_sentence_belongs_to_what_ran(runs: dict[str, Any]) -> None:
    assert (runs["kl"].says, runs["free"].says) == ("kept", "hacked")


def test_nothing_but_the_flags_decides_the_numbers() -> None:
    flags: dict[str, Any] = {"seeds": 2, "steps": 2}
    assert rlhf.run(**flags, seed=3).numbers == rlhf.run(**flags, seed=3).numbers
    assert rlhf.run(**flags, seed=3).numbers != rlhf.run(**flags, seed=4).numbers
