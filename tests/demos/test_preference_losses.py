"""The preference losses held against the papers' formulas in plain Python, and their gradients against hand-written ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import preference_losses as losses
from llmcore_tui.lab import Anchor, NotReached, NotRun

torch.set_num_threads(1)  # as the worker runs a demo

CASE: dict[str, Any] = {
    "chosen_logp": -20.0,
    "rejected_logp": -28.0,
    "reference_chosen": -22.0,
    "reference_rejected": -27.0,
    "chosen_tokens": 20,
    "rejected_tokens": 40,
}
OTHER: dict[str, Any] = {
    "chosen_logp": -31.5,
    "rejected_logp": -6.25,
    "reference_chosen": -30.0,
    "reference_rejected": -9.0,
    "chosen_tokens": 25,
    "rejected_tokens": 3,
}


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def formula(name: str, beta: float, gamma: float, z: float, per_token: bool) -> Callable[..., float]:
    """The paper's loss as a plain function of the four sums and two lengths."""

    def loss(w: float, x: float, ref_w: float, ref_x: float, m: int, n: int) -> float:
        if name == "dpo":
            return -math.log(sigmoid(beta * (w - x) - beta * (ref_w - ref_x)))
        if name == "ipo":
            gap = (w - ref_w) / m - (x - ref_x) / n if per_token else (w - x) - (ref_w - ref_x)
            return (gap - 0.5 / beta) ** 2
        if name == "kto":
            desirable = 1 - sigmoid(beta * (w - ref_w) - beta * z)
            undesirable = 1 - sigmoid(beta * z - beta * (x - ref_x))
            return (desirable + undesirable) / 2
        if name == "orpo":
            p, q = math.exp(w / m), math.exp(x / n)
            ratio = (p / (1 - p)) / (q / (1 - q))
            return -w / m + beta * math.log(1 + 1 / ratio)
        if name == "simpo":
            return math.log(1 + math.exp(-(beta / m * w - beta / n * x - gamma)))
        return -w / m

    return loss


def values(case: dict[str, Any]) -> list[Any]:
    return list(case.values())


def slope(f: Callable[..., float], at: list[Any], i: int) -> float:
    """Central difference, wide enough for float64."""
    step = 1e-5
    up, down = list(at), list(at)
    up[i] += step
    down[i] -= step
    return (f(*up) - f(*down)) / (2 * step)


@pytest.mark.parametrize("case", [CASE, OTHER])
@pytest.mark.parametrize("name", losses.LOSSES)
@pytest.mark.parametrize(("beta", "gamma", "z"), [(0.1, 1.0, 0.5), (2.0, 0.3, 0.0)])
@pytest.mark.parametrize("per_token", [False, True])
def test_each_loss_and_its_derivatives_are_those_of_its_paper(
    case: dict[str, Any], name: Any, beta: float, gamma: float, z: float, per_token: bool
) -> None:
    f = formula(name, beta, gamma, z, per_token)
    numbers = losses.run(loss=name, beta=beta, gamma=gamma, kl=z, per_token=per_token, **case).numbers
    assert numbers["loss_value"] == pytest.approx(f(*values(case)), rel=1e-12)
    start = values(
        {**case, "chosen_logp": case["reference_chosen"], "rejected_logp": case["reference_rejected"]}
    )
    assert numbers["loss_at_reference"] == pytest.approx(f(*start), rel=1e-12)
    at = values(case)
    assert numbers["gradient_chosen"] == pytest.approx(slope(f, at, 0), rel=1e-5, abs=1e-9)
    assert numbers["gradient_rejected"] == pytest.approx(slope(f, at, 1), rel=1e-5, abs=1e-9)
    assert numbers["gradient_reference"] == pytest.approx(
        abs(slope(f, at, 2)) + abs(slope(f, at, 3)), rel=1e-5, abs=1e-9
    )


def test_the_gradients_have_the_closed_forms_of_the_papers() -> None:
    def found(name: Any, beta: float) -> tuple[Any, Any]:
        numbers = losses.run(loss=name, beta=beta, **CASE).numbers
        return numbers["gradient_chosen"], numbers["gradient_rejected"]

    weight = 0.1 * sigmoid(-0.1 * 3)
    assert found("dpo", 0.1) == pytest.approx((-weight, weight), rel=1e-12)
    assert found("ipo", 0.1) == pytest.approx((2 * (3 - 5), -2 * (3 - 5)), rel=1e-12)
    d = sigmoid(0.1 * (2 - 0.5))
    u = sigmoid(0.1 * (0.5 + 1))
    assert found("kto", 0.1) == pytest.approx((-0.05 * d * (1 - d), 0.05 * u * (1 - u)), rel=1e-12)
    s = sigmoid(-(2 * (-20 / 20 + 28 / 40) - 1))
    assert found("simpo", 2.0) == pytest.approx((-2 / 20 * s, 2 / 40 * s), rel=1e-12)
    p, q = math.exp(-1), math.exp(-0.7)
    odds = (p / (1 - p)) / (q / (1 - q))
    factor = 0.1 / (1 + odds)  # λ σ(-ln OR), ORPO's δ
    assert found("orpo", 0.1) == pytest.approx(
        (-1 / 20 - factor / (1 - p) / 20, factor / (1 - q) / 40), rel=1e-12
    )
    assert found("sft", 0.1) == (pytest.approx(-1 / 20), 0.0)


@pytest.mark.parametrize("name", losses.LOSSES)
def test_the_margin_is_the_difference_of_the_scores(name: Any) -> None:
    number = losses.run(loss=name, beta=0.3, gamma=1.0, **OTHER).numbers["margin"]
    p, q = math.exp(-31.5 / 25), math.exp(-6.25 / 3)
    expected = {
        "dpo": 0.3 * (-1.5 - 2.75),
        "ipo": -1.5 - 2.75,
        "kto": 0.3 * (-1.5 - 2.75),
        "orpo": math.log(p / (1 - p) * (1 - q) / q),
        "simpo": 0.3 * (-31.5 / 25 + 6.25 / 3),
        "sft": -31.5 / 25 + 6.25 / 3,
    }
    assert number == pytest.approx(expected[name], rel=1e-12)


@pytest.mark.parametrize("beta", [0.05, 0.1, 1.0, 4.0])
def test_ipo_stops_at_one_over_two_beta_and_dpo_never(beta: float) -> None:
    for per_token in (False, True):
        target = losses.run(loss="ipo", beta=beta, per_token=per_token).numbers["target_gap"]
        assert target == pytest.approx(1 / (2 * beta), rel=1e-12)
    assert isinstance(losses.run(loss="dpo", beta=beta).numbers["target_gap"], NotReached)
    for name in ("kto", "orpo", "simpo", "sft"):
        other: Any = name
        assert isinstance(losses.run(loss=other, beta=beta).numbers["target_gap"], NotRun)


def test_the_search_for_the_target_ends_at_a_thousand_nats() -> None:
    near = losses.target_gap("ipo", losses.Settings(1 / (2 * 999.9)))
    assert near == pytest.approx(999.9)
    assert isinstance(losses.target_gap("ipo", losses.Settings(1 / (2 * 1000.5))), NotReached)


def test_nothing_but_beta_is_used_unless_it_is_given() -> None:
    assert losses.Settings(0.1) == losses.Settings(0.1, gamma=0.0, kl=0.0, per_token=False)


def test_beyond_its_target_ipo_pulls_back() -> None:
    near = losses.run(loss="ipo", **{**CASE, "rejected_logp": -29.0}).numbers
    far = losses.run(loss="ipo", **{**CASE, "rejected_logp": -33.0}).numbers
    assert near["gradient_rejected"] == pytest.approx(2.0)
    assert far["gradient_rejected"] == pytest.approx(-6.0)


@pytest.mark.parametrize(("name", "free"), [("dpo", False), ("ipo", False), ("kto", False), ("orpo", True), ("simpo", True), ("sft", True)])  # fmt: skip
def test_three_of_them_need_no_reference(name: Any, free: bool) -> None:
    result = losses.run(loss=name)
    assert (result.numbers["gradient_reference"] == 0) == free
    assert result.says == ("sft" if name == "sft" else "free" if free else "pair")


logp = st.floats(-200, -0.5)


@settings(deadline=None, max_examples=80)
@given(w=logp, x=logp, ref_w=logp, ref_x=logp, shift=st.floats(-50, 50), beta=st.floats(0.02, 2))
def test_dpo_and_ipo_know_only_the_gap(
    w: float, x: float, ref_w: float, ref_x: float, shift: float, beta: float
) -> None:
    def pair(move: float) -> losses.Pair:
        sums = [torch.tensor(v, dtype=torch.float64) for v in (w + move, x + move, ref_w, ref_x)]
        return losses.Pair(sums[0], sums[1], sums[2], sums[3], 5, 9)

    use = losses.Settings(beta)
    for name in ("dpo", "ipo"):
        which: Any = name
        here, there = (losses.loss_of(which, pair(m), use) for m in (0.0, shift))
        torch.testing.assert_close(here, there, rtol=1e-8, atol=1e-8)
        up, down, reference = losses.gradients(which, pair(0.0), use)
        assert up == pytest.approx(-down)
        assert reference == pytest.approx(abs(up) + abs(down))


def test_the_curve_lowers_the_rejected_answer_and_ends_at_its_loss() -> None:
    result = losses.run(loss="ipo", **CASE)
    chosen, rejected, curve = result.series
    assert curve.x[0] == 0
    assert curve.x[-1] == 60
    assert curve.y[0] == result.numbers["loss_value"]
    assert (chosen.y[0], rejected.y[0]) == (
        result.numbers["gradient_chosen"],
        result.numbers["gradient_rejected"],
    )
    assert curve.y[-1] == pytest.approx((3 + 60 - 5) ** 2)
    (table,) = result.tables
    assert [row[0] for row in table.rows] == list(losses.LOSSES)
    for row in table.rows:
        name: Any = row[0]
        numbers = losses.run(loss=name, **CASE).numbers
        assert row[1:] == [
            numbers[k] for k in ("loss_value", "gradient_chosen", "gradient_rejected", "gradient_reference")
        ]


@pytest.mark.parametrize("anchor", losses.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}-{a.value:g}")
def test_the_closed_forms_come_out(anchor: Anchor) -> None:
    set_: dict[str, Any] = dict(anchor.set)
    number = losses.run(**set_).numbers[anchor.number]
    assert isinstance(number, float)
    assert abs(number - anchor.value) <= anchor.within
