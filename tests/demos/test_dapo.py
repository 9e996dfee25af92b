"""DAPO's, Dr.GRPO's and GSPO's weights, clips and penalties held against loops, numpy and enumeration."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import dapo
from llmcore_tui.lab import Anchor, NotReached, NotRun

torch.set_num_threads(1)  # as the worker runs a demo

VARIANTS: tuple[dapo.Variant, ...] = ("dapo", "grpo", "dr_grpo", "gspo")


def ran(**settings: Any) -> dict[str, Any]:
    return dict(dapo.run(**settings).numbers)


def weight(variant: str, length: int, lengths: list[int], limit: int) -> float:
    """The weight of a token of a response of that length, as the papers write it."""
    return {
        "dapo": 1 / sum(lengths),
        "grpo": 1 / (len(lengths) * length),
        "gspo": 1 / (len(lengths) * length),
        "dr_grpo": 1 / (len(lengths) * limit),
    }[variant]


def objective_by_loops(
    variant: str, log_ratio: Any, lengths: list[int], a: Any, low: float, high: float, limit: int
) -> float:
    total = 0.0
    top = 1 + (high if variant in ("dapo", "gspo") else low)
    for i, length in enumerate(lengths):
        whole = math.exp(float(np.mean(log_ratio[i, :length])))
        for t in range(length):
            r = whole if variant == "gspo" else math.exp(log_ratio[i, t])
            kept = min(r * a[i], min(max(r, 1 - low), top) * a[i])
            total += kept * weight(variant, length, lengths, limit)
    return total


@settings(deadline=None)
@given(
    st.sampled_from(VARIANTS),
    st.integers(0, 1000),
    st.sampled_from([(0.2, 0.28), (0.0003, 0.0004), (0.1, 0.1)]),
)
def test_the_objective_is_its_double_sum(variant: dapo.Variant, seed: int, eps: tuple[float, float]) -> None:
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 6, 4).tolist()
    log_ratio, a = rng.normal(0, 0.3, (4, 5)), rng.normal(size=4)
    mask = (np.arange(5) < np.array(lengths)[:, None]).astype(float)
    ours = dapo.objective(
        variant, torch.tensor(log_ratio), torch.tensor(mask), torch.tensor(a), eps[0], eps[1], 7
    )
    expected = objective_by_loops(variant, log_ratio, lengths, a, eps[0], eps[1], 7)
    assert float(ours) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("lengths", [[3, 12], [5, 2, 9, 2], [7]])
def test_a_tokens_pull_is_the_papers_weight(variant: dapo.Variant, lengths: list[int]) -> None:
    numbers = ran(variant=variant, lengths=tuple(float(x) for x in lengths), limit=50)
    short, long = (weight(variant, x, lengths, 50) for x in (min(lengths), max(lengths)))
    assert numbers["token_weight_short"] == pytest.approx(short, rel=1e-12)
    assert numbers["token_weight_long"] == pytest.approx(long, rel=1e-12)
    assert numbers["token_weight_ratio"] == pytest.approx(long / short, rel=1e-12)


@pytest.mark.parametrize("variant", ["dapo", "grpo", "gspo"])
def test_weights_of_a_mean_add_up_to_one(variant: dapo.Variant) -> None:
    mask = (torch.arange(6) < torch.tensor([[2], [6], [3]])).double()
    weights = dapo.token_weights(variant, mask, 100)
    assert float(weights.sum()) == pytest.approx(1.0, rel=1e-12)
    assert not weights[mask == 0].any()


@given(st.floats(0, 1), st.integers(2, 9))
def test_groups_kept_by_enumeration(p: float, group: int) -> None:
    mixed = math.fsum(
        math.prod(p if right else 1 - p for right in outcome)
        for outcome in itertools.product((0, 1), repeat=group)
        if 0 < sum(outcome) < group
    )
    kept, plain = ran(pass_rate=p, group=group), ran(variant="grpo", pass_rate=p, group=group)
    assert kept["kept_share"] == pytest.approx(mixed, abs=1e-12)
    assert plain["kept_share"] == 1.0
    if kept["kept_share"] == 0:
        assert isinstance(kept["samples_per_signal"], NotReached)
        assert isinstance(plain["signal_share"], NotReached)
    elif mixed > 1e-6:
        assert kept["signal_share"] == 1.0
        assert plain["signal_share"] == pytest.approx(mixed, rel=1e-9)
        assert kept["samples_per_signal"] == pytest.approx(group / mixed, rel=1e-9)


@pytest.mark.parametrize(("variant", "high"), [("dapo", 1.5), ("grpo", 1.1), ("dr_grpo", 1.1)])
def test_the_ceiling_is_where_the_gradient_stops(variant: dapo.Variant, high: float) -> None:
    numbers = ran(variant=variant, token_p=0.2, eps_low=0.1, eps_high=0.5)
    assert numbers["ceiling"] == pytest.approx(0.2 * high, rel=1e-12)
    assert numbers["headroom"] == pytest.approx(0.2 * high - 0.2, rel=1e-12)
    for move, moves in ((math.log(high) - 1e-6, True), (math.log(high) + 1e-6, False)):
        log_ratio = torch.tensor([[move]], dtype=torch.float64, requires_grad=True)
        one = torch.ones(1, 1, dtype=torch.float64)
        dapo.objective(variant, log_ratio, one, one[0], 0.1, 0.5, 1).backward()  # type: ignore[no-untyped-call]  # torch
        assert log_ratio.grad is not None
        assert bool(log_ratio.grad.any()) == moves


def test_a_likely_token_has_room_up_to_one_only() -> None:
    assert ran(token_p=0.9)["ceiling"] == pytest.approx(1.152, rel=1e-12)
    assert ran(token_p=0.9)["headroom"] == pytest.approx(0.1, rel=1e-12)
    assert ran(token_p=1.0)["headroom"] == 0.0


@pytest.mark.parametrize(
    ("p", "eps"), [(0.01, 0.28), (0.01, 0.2), (0.3, 0.5), (0.25, 1.0), (0.5, 0.2), (0.7, 0.2)]
)
def test_rounds_to_one_half_by_counting(p: float, eps: float) -> None:
    rounds, now = 0, p
    while now < 0.5 - 1e-12:
        now, rounds = now * (1 + eps), rounds + 1
    assert ran(token_p=p, eps_high=eps)["rounds_to_half"] == rounds


def test_without_room_above_a_token_never_rises() -> None:
    assert isinstance(ran(eps_high=0.0)["rounds_to_half"], NotReached)
    assert ran(eps_high=0.0)["headroom"] == 0.0


@pytest.mark.parametrize(("variant", "above"), [("dapo", 0.5), ("grpo", 0.75), ("dr_grpo", 0.75)])
def test_clipped_tokens_are_those_beyond_their_side(variant: dapo.Variant, above: float) -> None:
    log_ratios = tuple(math.log(x) for x in (1.5, 1.3, 1.25, 0.7))
    numbers = ran(variant=variant, log_ratios=log_ratios)
    assert (numbers["clipped_share"], numbers["clipped_share_negative"]) == (above, 0.25)
    assert numbers["widest_ratio"] == pytest.approx(1.5, rel=1e-12)


def test_sequence_ratios_average_over_the_tokens_of_each_response() -> None:
    rng = np.random.default_rng(3)
    log_ratio, lengths = rng.normal(size=(2, 3, 5)), [[1, 5, 2], [4, 3, 5]]
    mask = np.array([[[float(t < n) for t in range(5)] for n in row] for row in lengths])
    ours = dapo.sequence_ratios(torch.tensor(log_ratio), torch.tensor(mask)).numpy()
    for q, i in itertools.product(range(2), range(3)):
        product = np.prod(np.exp(log_ratio[q, i, : lengths[q][i]]))
        assert ours[q, i] == pytest.approx(product ** (1 / lengths[q][i]), rel=1e-12)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("advantage", [1.0, -2.0])
def test_the_clipped_share_is_that_of_the_objectives_zero_gradients(
    variant: dapo.Variant, advantage: float
) -> None:
    moves = [0.5, -0.4, 0.05, -0.1, 0.26, 0.21]
    log_ratio = torch.tensor([moves], dtype=torch.float64, requires_grad=True)
    a = torch.tensor([advantage], dtype=torch.float64)
    dapo.objective(variant, log_ratio, torch.ones_like(log_ratio), a, 0.2, 0.28, 9).backward()  # type: ignore[no-untyped-call]  # torch
    assert log_ratio.grad is not None
    expected = float((log_ratio.grad == 0).double().mean())
    key = "clipped_share" if advantage > 0 else "clipped_share_negative"
    assert ran(variant=variant, log_ratios=tuple(moves))[key] == expected


def test_gspo_clips_the_response_as_one() -> None:
    narrow = {"variant": "gspo", "eps_low": 0.0003, "eps_high": 0.0004}
    numbers = ran(**narrow)
    assert (
        numbers["widest_ratio"] == numbers["sequence_ratio"] == pytest.approx(math.exp(0.05 / 4), rel=1e-12)
    )
    assert numbers["product_ratio"] == pytest.approx(math.exp(0.05), rel=1e-12)
    assert numbers["clipped_share"] == 1.0
    assert numbers["clipped_share_negative"] == 0.0
    assert ran(variant="gspo")["clipped_share"] == 0.0
    for key in ("ceiling", "headroom", "rounds_to_half"):
        assert isinstance(numbers[key], NotRun)


def test_gspo_weighs_all_tokens_of_a_response_alike_and_grpo_by_their_ratios() -> None:
    moves = torch.tensor([[0.05, -0.1, 0.15]], dtype=torch.float64)
    one = torch.ones(1, dtype=torch.float64)
    gradients = {}
    for variant in ("grpo", "gspo"):
        log_ratio = moves.clone().requires_grad_()
        value = dapo.objective(variant, log_ratio, torch.ones_like(moves), one, 0.2, 0.28, 3)
        (gradient,) = torch.autograd.grad(value, [log_ratio])
        gradients[variant] = gradient[0].numpy()
    np.testing.assert_allclose(gradients["grpo"], np.exp([0.05, -0.1, 0.15]) / 3, rtol=1e-12)
    np.testing.assert_allclose(gradients["gspo"], math.exp(0.1 / 3) / 3, rtol=1e-12)


@pytest.mark.parametrize("p", [0.02, 0.1, 0.5, 0.8])
@pytest.mark.parametrize("variant", VARIANTS)
def test_difficulty_is_the_mean_size_of_a_large_groups_advantages(variant: dapo.Variant, p: float) -> None:
    def size(rate: float) -> float:
        r = np.zeros(10_000)
        r[: round(rate * 10_000)] = 1.0
        centred = np.abs(r - r.mean()).mean()
        return float(centred if variant == "dr_grpo" else centred / r.std())

    assert ran(variant=variant, pass_rate=p)["difficulty_weight"] == pytest.approx(
        size(p) / size(0.5), rel=1e-9
    )


@pytest.mark.parametrize(
    ("length", "expected"),
    [(1, 0.0), (80, 0.0), (81, -0.05), (90, -0.5), (100, -1.0), (101, -1.0), (500, -1.0)],
)
def test_the_penalty_grows_over_the_cache_and_stops_at_one(length: float, expected: float) -> None:
    numbers = ran(lengths=(5.0, float(length)), limit=100, cache=20)
    assert numbers["length_penalty"] == pytest.approx(expected, abs=1e-12)
    assert ran(variant="grpo", lengths=(5.0, float(length)), limit=100, cache=20)["length_penalty"] == 0.0


@pytest.mark.parametrize("anchor", dapo.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}-{a.value:g}")
def test_published_values_come_out(anchor: Anchor) -> None:
    assert abs(ran(**anchor.set)[anchor.number] - anchor.value) <= anchor.within


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_sentence_belongs_to_what_ran(variant: dapo.Variant) -> None:
    assert dapo.run(variant=variant).says == variant
