"""Distillation's gradients held against autograd and their limit, its loss against numpy, its students against each other."""

from __future__ import annotations

import math
import statistics
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import distillation
from llmcore_tui.lab import Anchor, Estimate

torch.set_num_threads(1)  # as the worker runs a demo


def value(result: Any, key: str) -> float:
    number = result.numbers[key]
    return number.value if isinstance(number, Estimate) else number


def by_autograd(z: np.ndarray[Any, Any], v: np.ndarray[Any, Any], temperature: float) -> np.ndarray[Any, Any]:
    student = torch.tensor(z, requires_grad=True)
    target = torch.tensor(np.exp(v / temperature) / np.exp(v / temperature).sum())
    loss = -(target * torch.log_softmax(student / temperature, 0)).sum()
    (slope,) = torch.autograd.grad(loss, student)
    return slope.numpy()


@settings(deadline=None, max_examples=50)
@given(st.integers(2, 8), st.floats(0.3, 30), st.integers(0, 2**31))
def test_the_soft_gradient_is_autograds_at_every_temperature(n: int, temperature: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    z, v = rng.normal(size=(2, n))
    found = distillation.soft_gradient(z, v, temperature)
    np.testing.assert_allclose(found, by_autograd(z, v, temperature), rtol=1e-9, atol=1e-14)
    assert found.sum() == pytest.approx(0.0, abs=1e-12)


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 6), st.integers(0, 2**31))
def test_times_t_squared_it_tends_to_the_difference_of_logits(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    z, v = rng.normal(size=(2, n))
    z, v = z - z.mean(), v - v.mean()
    np.testing.assert_allclose(1e8 * distillation.soft_gradient(z, v, 1e4), (z - v) / n, atol=1e-3)


def test_softmax_sums_to_one_and_ignores_a_shift() -> None:
    z = np.array([[1.0, 2.0, 3.0], [1000.0, 1001.0, 1002.0]])
    expected = np.exp([1.0, 2.0, 3.0]) / np.exp([1.0, 2.0, 3.0]).sum()
    np.testing.assert_allclose(distillation.softmax(z), [expected, expected], rtol=1e-12)


def test_the_loss_weighs_soft_and_hard_and_multiplies_the_soft_alone() -> None:
    rng = np.random.default_rng(0)
    z, v = rng.normal(size=(2, 6, 4))
    y = rng.integers(0, 4, 6)
    for temperature, mix, factor in ((3.0, 0.7, 9.0), (2.0, 0.0, 4.0), (5.0, 1.0, 1.0)):
        total = 0.0
        for i in range(6):
            q = np.exp(z[i] / temperature) / np.exp(z[i] / temperature).sum()
            p = np.exp(v[i] / temperature) / np.exp(v[i] / temperature).sum()
            hard = -math.log(np.exp(z[i, y[i]]) / np.exp(z[i]).sum())
            total += (mix * factor * float(-(p * np.log(q)).sum()) + (1 - mix) * hard) / 6
        found = distillation.distillation_loss(
            torch.tensor(z), torch.tensor(v), torch.tensor(y), temperature, mix, factor
        )
        assert float(found) == pytest.approx(total, rel=1e-12)


def test_the_numbers_of_one_case() -> None:
    temperature, mix = 4.0, 0.3
    result = distillation.run(temperature=temperature, mix=mix, spread=2.0, seeds=2)
    z, v = 2 * np.array([0.9, 0.3, 0.1, -0.4, -0.9]), 2 * np.array([1.5, 0.7, -0.2, -0.6, -1.4])
    length = np.linalg.norm(by_autograd(z, v, temperature))
    raw = length / np.linalg.norm(by_autograd(z, v, 1.0))
    assert value(result, "gradient_raw") == pytest.approx(raw, rel=1e-9)
    assert value(result, "gradient_scale") == pytest.approx(16 * raw, rel=1e-9)
    limit = (z - v) / 5
    off = np.linalg.norm(16 * by_autograd(z, v, temperature) - limit) / np.linalg.norm(limit)
    assert value(result, "limit_error") == pytest.approx(off, rel=1e-9)
    hard = np.exp(z) / np.exp(z).sum() - np.array([1.0, 0, 0, 0, 0])
    share = 0.3 * 16 * length / (0.3 * 16 * length + 0.7 * np.linalg.norm(hard))
    assert value(result, "soft_share") == pytest.approx(share, rel=1e-9)
    p = np.exp(v / 4) / np.exp(v / 4).sum()
    assert value(result, "target_entropy") == pytest.approx(float(-(p * np.log(p)).sum()), rel=1e-9)


def test_without_the_factor_the_gradient_shrinks_as_one_over_t_squared() -> None:
    plain = distillation.run(temperature=50.0, scale="none", seeds=2)
    assert value(plain, "gradient_scale") == value(plain, "gradient_raw")
    assert 2500 * value(plain, "gradient_raw") == pytest.approx(1.08, abs=0.01)
    assert value(plain, "soft_share") < 0.001
    assert plain.says == "unscaled"


def test_the_curves_are_the_gradient_over_the_temperatures() -> None:
    raw, scaled = distillation.run(seeds=2).series
    z, v = np.array([0.9, 0.3, 0.1, -0.4, -0.9]), np.array([1.5, 0.7, -0.2, -0.6, -1.4])
    assert raw.x == scaled.x == pytest.approx([k / 2 for k in range(-2, 13)])
    for at, size, times in zip(raw.x, raw.y, scaled.y, strict=True):
        expected = np.linalg.norm(by_autograd(z, v, 2**at)) / np.linalg.norm(by_autograd(z, v, 1.0))
        assert size == pytest.approx(expected, rel=1e-9)
        assert times == pytest.approx(4**at * expected, rel=1e-9)


def test_classes_lie_on_a_ring_beside_features_that_say_nothing() -> None:
    x, y = distillation.draw(40000, torch.Generator().manual_seed(0))
    assert x.shape == (40000, 12)
    for k in range(8):
        mine = x[y == k]
        assert len(mine) == pytest.approx(5000, rel=0.06)
        centre = [2 * math.cos(k * math.pi / 4), 2 * math.sin(k * math.pi / 4)]
        np.testing.assert_allclose(mine[:, :2].mean(0), centre, atol=0.04)
        np.testing.assert_allclose(mine[:, :2].std(0), 0.6, atol=0.03)
        np.testing.assert_allclose(mine[:, 2:].mean(0), 0, atol=0.07)
        np.testing.assert_allclose(mine[:, 2:].std(0), 1.0, atol=0.05)


def test_the_network_is_that_of_torch() -> None:
    layers = distillation.network(7, torch.Generator().manual_seed(0))
    assert [tuple(w.shape) for w in layers] == [(7, 12), (7,), (8, 7), (8,)]
    assert not layers[1].any()
    assert not layers[3].any()
    assert float(layers[0].std()) == pytest.approx(1 / math.sqrt(12), rel=0.2)
    assert float(layers[2].std()) == pytest.approx(1 / math.sqrt(7), rel=0.25)
    net = torch.nn.Sequential(torch.nn.Linear(12, 7), torch.nn.ReLU(), torch.nn.Linear(7, 8)).double()
    with torch.no_grad():
        for parameter, weight in zip(net.parameters(), layers, strict=True):
            parameter.copy_(weight + 0.1)
        x = torch.randn(5, 12, dtype=torch.float64)
        moved = [weight + 0.1 for weight in layers]
        torch.testing.assert_close(distillation.logits(moved, x), net(x), rtol=1e-12, atol=1e-12)


def test_training_lowers_the_loss_and_leaves_the_start_alone() -> None:
    g = torch.Generator().manual_seed(0)
    start = distillation.network(6, g)
    before = [w.clone() for w in start]
    x, y = distillation.draw(50, g)

    def loss(net: list[torch.Tensor]) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(distillation.logits(net, x), y)

    ended = distillation.train(start, loss, 40)
    assert float(loss(ended)) < 0.5 * float(loss(start))
    assert all(torch.equal(a, b) for a, b in zip(start, before, strict=True))


def by_torch(width: int, start: list[torch.Tensor], steps: int, loss_of: Any) -> torch.nn.Sequential:
    """Train torch's layers with torch's Adam from the same weights."""
    net = torch.nn.Sequential(torch.nn.Linear(12, width), torch.nn.ReLU(), torch.nn.Linear(width, 8)).double()
    with torch.no_grad():
        for parameter, weight in zip(net.parameters(), start, strict=True):
            parameter.copy_(weight)
    adam = torch.optim.Adam(net.parameters(), lr=0.02)
    for _ in range(steps):
        adam.zero_grad()
        loss_of(net).backward()
        adam.step()
    return net


def test_teacher_and_students_are_those_of_torchs_layers_and_optimiser() -> None:
    found = distillation.repeat(40, 3.0, 0.4, 9.0, torch.Generator().manual_seed(7))
    g = torch.Generator().manual_seed(7)
    x, y = distillation.draw(3000, g)
    teacher = by_torch(64, distillation.network(64, g), 60, lambda net: torch.nn.functional.cross_entropy(net(x), y))  # fmt: skip
    few, labels = distillation.draw(40, g)
    start = distillation.network(12, g)
    target = torch.softmax(teacher(few).detach() / 3, 1)

    def mixed(net: torch.nn.Sequential, mix: float) -> torch.Tensor:
        soft = torch.nn.functional.kl_div(torch.log_softmax(net(few) / 3, 1), target, reduction="batchmean")
        return mix * 9 * soft + (1 - mix) * torch.nn.functional.cross_entropy(net(few), labels)

    student = by_torch(12, start, 150, lambda net: mixed(net, 0.4))
    hard = by_torch(12, start, 150, lambda net: mixed(net, 0.0))
    new, truth = distillation.draw(4000, g)
    answers = {name: net(new).argmax(1) for name, net in (("teacher", teacher), ("student", student), ("hard", hard))}  # fmt: skip
    for name, answer in answers.items():
        assert found[f"{name}_accuracy"] == pytest.approx(float((answer == truth).double().mean()), abs=3e-4)
    agreement = float((answers["student"] == answers["teacher"]).double().mean())
    assert found["agreement"] == pytest.approx(agreement, abs=3e-4)


@pytest.fixture(scope="module")
def soft() -> Any:
    return distillation.run(seed=1)


def test_soft_targets_teach_more_than_the_labels_of_the_same_cases(soft: Any) -> None:
    assert value(soft, "student_accuracy") > value(soft, "hard_accuracy") + 0.1
    assert value(soft, "teacher_accuracy") > value(soft, "student_accuracy")
    assert value(soft, "agreement") > value(soft, "student_accuracy")


def test_hard_labels_alone_make_both_students_the_same() -> None:
    hard = distillation.run(mix=0.0, seeds=2)
    assert hard.says == "hard"
    assert hard.numbers["student_accuracy"] == hard.numbers["hard_accuracy"]
    assert value(hard, "soft_share") == 0.0


def test_more_cases_bring_the_student_to_its_teacher() -> None:
    few, many = (value(distillation.run(points=p, seeds=3), "agreement") for p in (20, 400))
    assert many > few + 0.2


def test_the_factor_matters_to_the_student_at_a_high_temperature() -> None:
    scaled, plain = (distillation.run(temperature=20.0, scale=s, seeds=3) for s in ("t2", "none"))
    assert value(scaled, "student_accuracy") > value(plain, "student_accuracy") + 0.1


def test_an_estimate_is_the_mean_and_its_standard_error() -> None:
    drawn = [0.5, 0.75, 0.4]
    found = distillation.estimate(drawn)
    assert found.value == pytest.approx(statistics.mean(drawn))
    assert found.samples == 3
    assert found.error == pytest.approx(statistics.stdev(drawn) / math.sqrt(3))


@pytest.mark.parametrize("anchor", distillation.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}")
def test_closed_forms_come_out(anchor: Anchor) -> None:
    flags: dict[str, Any] = {"seeds": 2, **anchor.set}
    assert abs(value(distillation.run(**flags), anchor.number) - anchor.value) <= anchor.within


def test_nothing_but_the_flags_decides_the_numbers() -> None:
    assert distillation.run(seeds=2, seed=3).numbers == distillation.run(seeds=2, seed=3).numbers
    assert distillation.run(seeds=2, seed=3).numbers != distillation.run(seeds=2, seed=4).numbers
    assert distillation.run(seeds=2).says == "soft"
