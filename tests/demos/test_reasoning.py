"""Reasoning's probabilities held against enumeration of every outcome, its policy gradient against autograd."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import reasoning
from llmcore_tui.lab import Anchor, NotReached, NotRun

torch.set_num_threads(1)  # as the worker runs a demo


def value(key: str, **flags: Any) -> float:
    number = reasoning.run(**flags).numbers[key]
    assert isinstance(number, float)
    return number


@pytest.mark.parametrize("answers", [1, 2, 3])
@pytest.mark.parametrize("n", [1, 2, 3, 5, 6])
@pytest.mark.parametrize("p", [0.0, 0.3, 0.6, 1.0])
def test_the_vote_is_that_over_every_sequence_of_answers(p: float, n: int, answers: int) -> None:
    expected = 0.0
    for drawn in product(range(answers + 1), repeat=n):  # 0 is right
        weight = math.prod(p if a == 0 else (1 - p) / answers for a in drawn)
        votes = Counter(drawn)
        most = [a for a in votes if votes[a] == max(votes.values())]
        expected += weight * (0 in most) / len(most)
    assert reasoning.majority(n, p, answers) == pytest.approx(expected, abs=1e-12)


def test_a_vote_of_many_goes_to_the_commonest_answer() -> None:
    for p, answers in ((0.6, 1), (0.4, 1), (0.4, 5), (0.1, 3)):
        far = reasoning.majority(101, p, answers)
        assert reasoning.majority_limit(p, answers) == round(far)
    assert reasoning.majority_limit(0.5, 1) == pytest.approx(reasoning.majority(100, 0.5, 1), abs=1e-9)
    assert reasoning.majority_limit(0.25, 3) == 0.25


def test_pass_at_k_is_the_share_of_subsets_that_hold_a_right_attempt() -> None:
    for n in range(1, 7):
        for c in range(n + 1):
            for k in range(1, n + 1):
                subsets = list(combinations([i < c for i in range(n)], k))
                assert reasoning.unbiased(n, c, k) == pytest.approx(
                    sum(any(s) for s in subsets) / len(subsets), abs=1e-12
                )
                draws = list(product([i < c for i in range(n)], repeat=k))
                assert reasoning.plug_in(n, c, k) == pytest.approx(
                    sum(any(d) for d in draws) / len(draws), abs=1e-12
                )


@settings(deadline=None)
@given(st.floats(0.01, 0.99), st.integers(1, 12), st.integers(1, 12))
def test_one_estimator_is_unbiased_and_the_other_too_low(p: float, n: int, k: int) -> None:
    numbers = reasoning.run(p=p, n=n, k=k, rl_steps=0).numbers
    truth = -math.expm1(k * math.log1p(-p))
    assert numbers["pass_at_k"] == pytest.approx(truth, rel=1e-9)
    if k > n:
        assert isinstance(numbers["estimator_mean"], NotRun)
    else:
        assert numbers["estimator_mean"] == pytest.approx(truth, rel=1e-9)
    bias = numbers["plug_in_bias"]
    assert isinstance(bias, float)
    assert bias == pytest.approx(0, abs=1e-12) if k == 1 else bias < 1e-12


def every_attempt(
    p: float, lucky: float, steps: int, error: float, select: str
) -> dict[tuple[int, int], float]:
    """P(flags, kind) by walking through each step, luck and judgement."""
    sound = (p - lucky) / (1 - lucky)
    q = sound ** (1 / steps)
    found: dict[tuple[int, int], float] = {}
    for right in product([True, False], repeat=steps):
        for luck in (True, False):
            weight = math.prod(q if r else 1 - q for r in right) * (lucky if luck else 1 - lucky)
            kind = 0 if all(right) else 1 if luck else 2
            judged = right if select == "prm" else (kind < 2,)
            for turned in product([True, False], repeat=len(judged)):
                flags = sum((not j) != t for j, t in zip(judged, turned, strict=True))
                w = weight * math.prod(error if t else 1 - error for t in turned)
                found[flags, kind] = found.get((flags, kind), 0.0) + w
    return found


@pytest.mark.parametrize("select", ["orm", "prm"])
@pytest.mark.parametrize(("p", "lucky", "steps", "error"), [(0.6, 0.1, 4, 0.2), (0.3, 0.25, 3, 0.05), (0.9, 0.0, 1, 0.4)])  # fmt: skip
def test_the_table_of_flags_is_that_of_every_attempt(
    p: float, lucky: float, steps: int, error: float, select: Any
) -> None:
    table = reasoning.flags_table(p, lucky, steps, error, select)
    expected = every_attempt(p, lucky, steps, error, select)
    for flags in range(steps + 1):
        for kind in range(3):
            assert table[flags, kind] == pytest.approx(expected.get((flags, kind), 0.0), abs=1e-12)
    assert table[:, :2].sum() == pytest.approx(p, abs=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("select", ["orm", "prm"])
def test_the_selected_attempt_is_one_of_those_with_the_fewest_flags(select: Any, n: int) -> None:
    table = reasoning.flags_table(0.6, 0.1, 2, 0.2, select)
    cells = [(f, c, table[f, c]) for f in range(3) for c in range(3)]
    expected = np.zeros(3)
    for drawn in product(cells, repeat=n):
        weight = math.prod(w for _, _, w in drawn)
        least = min(f for f, _, _ in drawn)
        equal = [c for f, c, _ in drawn if f == least]
        for c in equal:
            expected[c] += weight / len(equal)
    np.testing.assert_allclose(reasoning.fewest_flags(table, n), expected, atol=1e-12)


@settings(deadline=None)
@given(st.floats(0.05, 0.95), st.integers(1, 30), st.sampled_from(["orm", "prm"]))
def test_a_blind_verifier_gives_p_and_a_perfect_one_of_outcomes_gives_pass_at_n(
    p: float, n: int, select: Any
) -> None:
    assert value("best_of_n", p=p, n=n, select=select, verifier_error=0.5, rl_steps=0) == pytest.approx(
        p, abs=1e-9
    )
    if select == "orm":
        best = value("best_of_n", p=p, n=n, select=select, verifier_error=0.0, rl_steps=0)
        assert best == pytest.approx(1 - (1 - p) ** n, abs=1e-9)


def test_more_attempts_help_up_to_the_precision_of_what_the_verifier_likes_best() -> None:
    for select in ("orm", "prm"):
        rising = [value("best_of_n", n=n, select=select) for n in (1, 2, 5, 20, 100)]
        assert rising == sorted(rising)
        assert value("best_of_n", n=101, select=select) == pytest.approx(
            value("best_of_many", select=select), abs=1e-9
        )
    q = ((0.6 - 0.1) / 0.9) ** 0.25
    clean = [
        weight * 0.8 ** (4 - wrong) * 0.2**wrong
        for wrong, weight in enumerate(math.comb(4, j) * q ** (4 - j) * (1 - q) ** j for j in range(5))
    ]
    expected = (clean[0] + 0.1 * sum(clean[1:])) / sum(clean)
    assert value("best_of_many", select="prm") == pytest.approx(expected, rel=1e-9)


def test_only_a_process_verifier_sees_luck() -> None:
    outcome, process = (value("flawed_share", select=s, lucky=0.3, n=101) for s in ("orm", "prm"))
    assert outcome == pytest.approx(value("flawed_share", select="majority", lucky=0.3), rel=1e-9)
    assert outcome == pytest.approx(0.3 * (1 - 3 / 7) / 0.6, rel=1e-9)
    assert process < outcome / 2


@pytest.mark.parametrize(("p", "lucky"), [(0.6, 0.6), (0.6, 0.8), (1.0, 1.0)])
def test_where_luck_explains_every_right_answer_no_attempt_is_sound(p: float, lucky: float) -> None:
    table = reasoning.flags_table(p, lucky, 3, 0.2, "orm")
    assert table[:, 0].sum() == 0
    assert table[:, 1].sum() == pytest.approx(p, abs=1e-12)


def test_with_a_perfect_process_verifier_a_flawed_attempt_is_never_chosen_before_a_sound_one() -> None:
    sound = 1 - (1 - (0.6 - 0.1) / 0.9) ** 3
    numbers = reasoning.run(select="prm", verifier_error=0.0, n=3).numbers
    right, flawed = numbers["best_of_n"], numbers["flawed_share"]
    assert isinstance(right, float)
    assert isinstance(flawed, float)
    assert right * (1 - flawed) == pytest.approx(sound, rel=1e-9)
    assert right * flawed == pytest.approx(0.1 * (1 - sound), rel=1e-9)


@pytest.mark.parametrize(
    ("p", "lucky", "steps"), [(0.6, 0.1, 4), (0.6, 0.0, 3), (0.2, 0.1, 5), (0.5, 0.2, 1)]
)
def test_an_outcome_reward_blames_right_steps_of_attempts_that_end_wrong(
    p: float, lucky: float, steps: int
) -> None:
    q = ((p - lucky) / (1 - lucky)) ** (1 / steps)
    right = blamed = 0.0
    for walk in product([True, False], repeat=steps):
        weight = math.prod(q if r else 1 - q for r in walk)
        wrong_end = 0.0 if all(walk) else 1 - lucky
        right += weight * sum(walk)
        blamed += weight * sum(walk) * wrong_end
    assert value("blamed_steps", p=p, lucky=lucky, chain_steps=steps) == pytest.approx(
        blamed / right, abs=1e-12
    )


@pytest.mark.parametrize("kl", [0.0, 0.3])
def test_the_policy_gradient_is_autograds(kl: float) -> None:
    logits = torch.randn(
        5, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64, requires_grad=True
    )
    policy = torch.softmax(logits, dim=1)
    base, shares = torch.tensor(reasoning.BASE), torch.tensor(reasoning.SHARES)
    right = (policy * torch.tensor(reasoning.SOLVES)).sum(dim=1)
    away = (policy * (policy / base).log()).sum(dim=1)
    (gradient,) = torch.autograd.grad((shares * (right - kl * away)).sum(), logits)
    ours = reasoning.policy_gradient(policy.detach().numpy(), kl)
    np.testing.assert_allclose(ours, gradient.numpy(), atol=1e-12)


def test_one_step_adds_the_gradient_shared_or_kind_by_kind() -> None:
    start = np.tile(np.log(reasoning.BASE), (5, 1))
    gradient = reasoning.policy_gradient(np.tile(reasoning.BASE, (5, 1)), 0.0)
    for shared, add in ((True, np.tile(gradient.sum(axis=0), (5, 1))), (False, gradient)):
        e = np.exp(start + reasoning.LEARNING_RATE * add)
        np.testing.assert_allclose(
            reasoning.train(1, 0.0, shared), e / e.sum(axis=1, keepdims=True), rtol=1e-12
        )


def test_pass_at_k_of_a_policy_is_the_mean_over_problems_and_not_of_the_mean() -> None:
    policy = np.tile(reasoning.BASE, (5, 1))
    expected = 0.45 * (1 - 0.85**7) + 0.15 * (1 - 0.75**7) + 0.15 * (1 - 0.9**7) + 0.15 * (1 - 0.95**7)
    assert reasoning.pass_at(7, policy) == pytest.approx(expected, rel=1e-12)
    assert reasoning.pass_at(1, policy) == pytest.approx(0.1275, rel=1e-12)


def test_a_shared_policy_is_sharpened_and_one_of_its_own_for_each_kind_is_not_overtaken() -> None:
    shared = reasoning.run(k=64).numbers
    assert shared["rl_pass_1"] > shared["base_pass_1"] + 0.4  # type: ignore[operator]  # floats
    assert shared["rl_pass_k"] < shared["base_pass_k"] - 0.2  # type: ignore[operator]  # floats
    own = reasoning.run(k=64, policy="own", rl_steps=400).numbers
    assert own["rl_pass_1"] > shared["rl_pass_1"]  # type: ignore[operator]  # floats
    assert own["rl_pass_k"] >= own["base_pass_k"]  # type: ignore[operator]  # floats
    assert isinstance(own["crossing_k"], NotReached)
    assert value("rl_pass_1", policy="own", rl_steps=5000) == pytest.approx(0.9, abs=0.01)


def test_the_crossing_is_the_first_k_at_which_the_base_is_ahead() -> None:
    crossing = int(value("crossing_k"))
    for k, ahead in ((crossing - 1, False), (crossing, True)):
        assert (value("base_pass_k", k=k) > value("rl_pass_k", k=k)) is ahead
    assert isinstance(reasoning.run(rl_steps=0).numbers["crossing_k"], NotReached)


def test_a_kl_penalty_keeps_the_spread_and_costs_pass_at_1() -> None:
    free, held = reasoning.run(k=64).numbers, reasoning.run(k=64, kl=0.2).numbers
    for key in ("entropy", "rl_pass_k"):
        assert held[key] > free[key]  # type: ignore[operator]  # floats
    assert held["rl_pass_1"] < free["rl_pass_1"]  # type: ignore[operator]  # floats


def test_entropy_is_that_of_the_policy_before_any_step() -> None:
    expected = -sum(b * math.log(b) for b in (0.15, 0.10, 0.05, 0.70))
    assert value("entropy", rl_steps=0) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("p", [0.0, 1.0])
@pytest.mark.parametrize("select", ["majority", "orm", "prm"])
def test_certain_attempts_stay_certain(p: float, select: Any) -> None:
    numbers = reasoning.run(p=p, select=select, rl_steps=0).numbers
    for key in ("majority_at_n", "pass_at_k", "best_of_n", "best_of_many", "estimator_mean"):
        assert numbers[key] == pytest.approx(p, abs=1e-12)


@pytest.mark.parametrize("anchor", reasoning.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}")
def test_published_values_come_out(anchor: Anchor) -> None:
    flags: dict[str, Any] = dict(anchor.set)
    assert abs(value(anchor.number, **flags) - anchor.value) <= anchor.within


def test_the_sentence_belongs_to_what_ran() -> None:
    assert reasoning.run().says == "sharper"
    assert reasoning.run(policy="own", rl_steps=400).says == "wider"
