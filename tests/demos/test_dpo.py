"""The DPO demo held against closed forms, a hand-written gradient in numpy, and the laws of the loss."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import dpo
from llmcore_tui.lab import Anchor, NotRun

torch.set_num_threads(1)  # as the worker runs a demo

R = np.array([1.0, 0.8, 0.5, 0.2, 0.0])
REF = np.array([0.05, 0.2, 0.3, 0.35, 0.1])
N = len(R)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-np.asarray(x)))


def labels(flip: float = 0.0) -> dict[tuple[int, int], float]:
    """Weight of each (winner, loser) when all ten pairs are shown equally often."""
    found = {}
    for w in range(N):
        for other in range(N):
            if w != other:
                p = 1 / (1 + math.exp(R[other] - R[w]))
                found[w, other] = ((1 - flip) * p + flip * (1 - p)) / 10
    return found


def number(key: str, **set_: Any) -> float:
    value = dpo.run(**set_).numbers[key]
    assert isinstance(value, float)
    return value


def optimum(beta: float, reference: np.ndarray[Any, Any] = REF) -> np.ndarray[Any, Any]:
    weight = reference * np.exp(R / beta)
    return np.asarray(weight / weight.sum())


@pytest.mark.parametrize("beta", [0.1, 0.3, 1.0, 4.0])
def test_training_ends_at_the_reference_tilted_by_the_reward(beta: float) -> None:
    pi = optimum(beta)
    numbers = dpo.run(beta=beta, steps=600).numbers
    log_z = math.log((REF * np.exp(R / beta)).sum())
    chosen = sum(weight * (R[w] / beta - log_z) for (w, _), weight in labels().items())
    rejected = sum(weight * (R[x] / beta - log_z) for (_, x), weight in labels().items())
    expected = {
        "tv_to_closed_form": 0.0,
        "tv_to_softmax": np.abs(pi - optimum(beta, np.ones(N))).sum() / 2,
        "chosen_logp_change": chosen,
        "rejected_logp_change": rejected,
        "margin": beta * (chosen - rejected),
        "kl": (pi * np.log(pi / REF)).sum(),
        "expected_reward": (pi * R).sum(),
        "loss": numbers["loss_floor"],
    }
    for key, value in expected.items():
        assert numbers[key] == pytest.approx(value, abs=1e-9), key


@pytest.mark.parametrize("beta", [0.1, 1.0])
def test_without_the_reference_it_ends_at_the_softmax_of_the_reward(beta: float) -> None:
    pi = optimum(beta, np.ones(N))
    numbers = dpo.run(beta=beta, steps=600, reference=False).numbers
    assert numbers["tv_to_softmax"] == pytest.approx(0, abs=1e-9)
    assert numbers["tv_to_closed_form"] == pytest.approx(np.abs(pi - optimum(beta)).sum() / 2, abs=1e-9)
    assert numbers["kl"] == pytest.approx((pi * np.log(pi / REF)).sum(), abs=1e-8)
    start = sum(
        weight * math.log1p(math.exp(-beta * math.log(REF[w] / REF[x])))
        for (w, x), weight in labels().items()
    )
    assert numbers["loss_at_init"] == pytest.approx(start, abs=1e-12)


@pytest.mark.parametrize("flip", [0.0, 0.1, 0.5])
def test_the_floor_of_the_loss_is_the_mean_entropy_of_the_labels(flip: float) -> None:
    total = 0.0
    for w in range(N):
        for x in range(w):
            p = sigmoid(R[w] - R[x]) * (1 - flip) + sigmoid(R[x] - R[w]) * flip
            total -= (p * math.log(p) + (1 - p) * math.log(1 - p)) / 10
    assert number("loss_floor", flip=flip) == pytest.approx(total, abs=1e-12)
    # Reversed at random, the labels are of the Bradley-Terry form no more, and the best policy stays a little above.
    above = number("loss", flip=flip, steps=600) - total
    assert -1e-12 <= above <= (1e-5 if flip == 0.1 else 1e-9)
    assert number("loss_floor", data="pair", flip=0.0) == 0.0


@pytest.mark.parametrize("data", ["population", "pair"])
@pytest.mark.parametrize("reference", [True, False])
@pytest.mark.parametrize("flip", [0.0, 0.2])
def test_three_steps_follow_the_gradient_of_the_paper_written_by_hand(
    data: Any, reference: bool, flip: float
) -> None:
    beta, rate, shared = 0.4, 0.3, 1.5
    seen = labels(flip) if data == "population" else {(1, 4): 1 - flip, (4, 1): flip}
    common = np.array([-1, 1, -1, -1, 2]) * (shared if data == "pair" else 0)
    phi = np.hstack([np.eye(N), common[:, None]])
    theta, anchor = np.zeros(N + 1), np.log(REF) if reference else np.zeros(N)
    for _ in range(3):
        logits = np.log(REF) + phi @ theta
        pi = np.exp(logits) / np.exp(logits).sum()
        implicit = beta * (np.log(pi) - anchor)
        grad = np.zeros(N + 1)
        for (w, x), weight in seen.items():
            score_w, score_x = phi[w] - pi @ phi, phi[x] - pi @ phi
            grad -= weight * beta * sigmoid(implicit[x] - implicit[w]) * (score_w - score_x)
        theta -= rate / beta**2 * grad
    logits = np.log(REF) + phi @ theta
    pi = np.exp(logits) / np.exp(logits).sum()
    implicit = beta * (np.log(pi) - anchor)
    numbers = dpo.run(
        beta=beta, steps=3, rate=rate, reference=reference, data=data, shared=shared, flip=flip
    ).numbers
    change = np.log(pi / REF)
    expected = {
        "loss": sum(-g * math.log(sigmoid(implicit[w] - implicit[x])) for (w, x), g in seen.items()),
        "margin": sum(g * (implicit[w] - implicit[x]) for (w, x), g in seen.items()),
        "chosen_logp_change": sum(g * change[w] for (w, _), g in seen.items()),
        "rejected_logp_change": sum(g * change[x] for (_, x), g in seen.items()),
        "kl": pi @ change,
        "expected_reward": pi @ R,
        "reward_at_init": REF @ R,
    }
    if data == "pair":
        expected["outside_change"] = pi[[0, 2, 3]].sum() - REF[[0, 2, 3]].sum()
        assert isinstance(numbers["tv_to_closed_form"], NotRun)
    else:
        expected["tv_to_closed_form"] = np.abs(pi - optimum(beta)).sum() / 2
        assert isinstance(numbers["outside_change"], NotRun)
    for key, value in expected.items():
        assert numbers[key] == pytest.approx(value, rel=1e-9), key


@pytest.mark.parametrize("beta", [0.05, 0.1, 1.0, 8.0])
@pytest.mark.parametrize("data", ["population", "pair"])
def test_the_loss_starts_at_ln_two_whatever_beta(beta: float, data: Any) -> None:
    assert number("loss_at_init", beta=beta, data=data, steps=1) == pytest.approx(math.log(2), abs=1e-12)


def test_both_log_probabilities_fall_for_a_small_beta_and_not_for_a_large_one() -> None:
    small, large = dpo.run(beta=0.1), dpo.run(beta=1.0)
    assert small.numbers["rejected_logp_change"] < small.numbers["chosen_logp_change"] < 0  # type: ignore[operator]  # floats
    assert large.numbers["rejected_logp_change"] < 0 < large.numbers["chosen_logp_change"]  # type: ignore[operator]  # floats
    assert (small.says, large.says) == ("both_fall", "chosen_rises")


@pytest.mark.parametrize("shared", [0.0, 0.5, 0.8, 1.0, 2.0])
def test_a_small_step_on_a_pair_moves_its_log_probabilities_as_their_features_say(shared: float) -> None:
    phi = np.hstack([np.eye(N), shared * np.array([[-1.0], [1], [-1], [-1], [2]])])
    push = 0.5 * (phi[1] - phi[4])  # σ(0) of the gradient, with the step rate/β² and β before it: rate/β
    chosen = 1e-4 / 0.5 * (phi[1] - REF @ phi) @ push
    rejected = 1e-4 / 0.5 * (phi[4] - REF @ phi) @ push
    logp = dpo.train(
        dpo.one_pair(N),
        torch.tensor(REF).log(),
        torch.tensor(REF).log(),
        dpo.features(shared),
        beta=0.5,
        rate=1e-4,
        steps=1,
    )
    change = (logp[1] - logp[0]).numpy()
    assert change[1] == pytest.approx(chosen, rel=1e-2)
    assert change[4] == pytest.approx(rejected, rel=1e-2)
    assert (chosen < 0) == (shared > 0.9)


def test_what_the_pair_has_in_common_sends_its_probability_elsewhere() -> None:
    alike, apart = dpo.run(data="pair").numbers, dpo.run(data="pair", shared=0.0).numbers
    assert min(alike["margin"], apart["margin"]) > 1  # type: ignore[type-var, operator]  # floats
    assert alike["chosen_logp_change"] < 0 < apart["chosen_logp_change"]  # type: ignore[operator]  # floats
    assert alike["outside_change"] > 0 > apart["outside_change"]  # type: ignore[operator]  # floats


@pytest.mark.parametrize("flip", [0.05, 0.2])
def test_labels_that_are_sometimes_reversed_give_a_pair_a_finite_best_margin(flip: float) -> None:
    best = math.log((1 - flip) / flip)
    mean = (1 - 2 * flip) * best
    assert number("margin", data="pair", flip=flip, steps=400, beta=1.0) == pytest.approx(mean, abs=1e-6)
    certain = [number("margin", data="pair", steps=n, beta=1.0) for n in (50, 200, 800)]
    assert certain[0] + 1 < certain[1] < certain[2] - 1


rewards = st.lists(st.floats(-3, 3), min_size=2, max_size=6)


@settings(deadline=None, max_examples=60)
@given(r=rewards, beta=st.floats(0.2, 3), shift=st.floats(-5, 5), seed=st.integers(0, 999))
def test_no_policy_has_more_reward_less_beta_kl_than_the_closed_form(
    r: list[float], beta: float, shift: float, seed: int
) -> None:
    g = torch.Generator().manual_seed(seed)
    reward = torch.tensor(r, dtype=torch.float64)
    reference = torch.randn(len(r), generator=g, dtype=torch.float64).log_softmax(0)
    best = dpo.closed_form(reward, reference, beta)
    other = (best.log() + 0.3 * torch.randn(len(r), generator=g, dtype=torch.float64)).softmax(0)

    def objective(p: torch.Tensor) -> float:
        return float((p * (reward - beta * (p.log() - reference))).sum())

    value = beta * math.log(sum(math.exp(float(a) + x / beta) for a, x in zip(reference, r, strict=True)))
    assert objective(best) == pytest.approx(value, abs=1e-9)
    assert objective(other) <= objective(best) + 1e-12
    moved = dpo.closed_form(reward + shift, reference, beta)
    torch.testing.assert_close(moved, best, rtol=1e-9, atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(r=rewards, shift=st.floats(-5, 5), beta=st.floats(0.05, 3))
def test_labels_and_margins_know_only_differences(r: list[float], shift: float, beta: float) -> None:
    reward = torch.tensor(r, dtype=torch.float64)
    won = dpo.bradley_terry(reward)
    assert float(won.sum()) == pytest.approx(1)
    assert not won.diagonal().any()
    n = len(r)
    torch.testing.assert_close(won, dpo.bradley_terry(reward + shift), rtol=1e-9, atol=1e-12)
    both = won + won.T
    torch.testing.assert_close(both, torch.full_like(both, 2 / (n * (n - 1))).fill_diagonal_(0))
    margins = dpo.implicit_margins(reward, torch.zeros(n, dtype=torch.float64), beta)
    for w in range(n):
        for x in range(n):
            assert float(margins[w, x]) == pytest.approx(beta * (r[w] - r[x]), abs=1e-12)
    moved = dpo.implicit_margins(reward + shift, torch.zeros(n, dtype=torch.float64), beta)
    torch.testing.assert_close(moved, margins, rtol=1e-9, atol=1e-9)


def test_flipping_mixes_a_label_with_its_opposite() -> None:
    won = torch.tensor([[0.0, 0.7], [0.3, 0.0]], dtype=torch.float64)
    assert dpo.flipped(won, 0.25)[0, 1] == pytest.approx(0.75 * 0.7 + 0.25 * 0.3)
    torch.testing.assert_close(dpo.flipped(won, 0.0), won)


def test_the_series_start_at_the_reference_and_end_at_the_numbers() -> None:
    result = dpo.run(steps=250)
    chosen, rejected, margin = result.series
    assert len(chosen.x) == 101
    assert (chosen.x[0], chosen.x[-1]) == (0, 250)
    for series, key in (
        (chosen, "chosen_logp_change"),
        (rejected, "rejected_logp_change"),
        (margin, "margin"),
    ):
        assert series.y[0] == pytest.approx(0, abs=1e-12)
        assert series.y[-1] == result.numbers[key]
    (table,) = result.tables
    for i, row in enumerate(table.rows):
        assert row[:3] == [str(i), R[i], pytest.approx(REF[i])]
        assert row[4] == pytest.approx(optimum(0.1)[i])


@pytest.mark.parametrize("anchor", dpo.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}-{a.value:g}")
def test_the_closed_forms_come_out(anchor: Anchor) -> None:
    assert abs(number(anchor.number, **anchor.set) - anchor.value) <= anchor.within


def test_the_sentence_belongs_to_what_ran() -> None:
    assert dpo.run(reference=False, steps=2).says == "no_reference"
    assert dpo.run(data="pair", steps=2).says == "pair"
