"""LoRA's counts held against torch's layers, its toy against closed forms, autograd and Eckart-Young."""

from __future__ import annotations

import math
from typing import Any, get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import lora
from llmcore_tui.lab import Anchor, Estimate, NotRun
from toys.model_shapes import SHAPES

torch.set_num_threads(1)  # as the worker runs a demo


def test_every_shape_can_be_chosen() -> None:
    assert set(get_args(lora.Model)) == set(SHAPES)


@pytest.mark.parametrize("model", ["llama2-7b", "llama3-8b", "gpt3-175b"])
@pytest.mark.parametrize(
    ("targets", "names"),
    [
        ("q", ["q"]),
        ("q,v", ["q", "v"]),
        ("q,k,v,o", ["q", "k", "v", "o"]),
        ("mlp", ["gate", "up", "down"]),
        ("all", ["q", "k", "v", "o", "gate", "up", "down"]),
    ],
)
def test_trained_parameters_are_those_of_two_thin_layers_at_each_matrix(
    model: str, targets: Any, names: list[str]
) -> None:
    shape, rank = SHAPES[model], 3
    layer = 0
    for name, (inputs, outputs) in shape.linear().items():
        if name in names:
            pair = (nn.Linear(inputs, rank, bias=False), nn.Linear(rank, outputs, bias=False))
            layer += sum(p.numel() for part in pair for p in part.parameters())
    assert lora.lora_parameters(shape, targets, rank) == shape.layers * layer


def test_square_matrices_give_the_papers_formula() -> None:
    for rank in (1, 2, 8, 64):
        assert lora.lora_parameters(SHAPES["gpt3-175b"], "q,v", rank) == 2 * (2 * 96) * 12288 * rank


def test_memory_is_two_bytes_a_frozen_weight_and_sixteen_a_trained_one() -> None:
    numbers = lora.run(model="llama3-8b", rank=16, targets="all", seeds=2).numbers
    trained = 16 * 32 * (2 * (4096 + 4096) + 2 * (4096 + 1024) + 3 * (4096 + 14336))
    assert numbers["trainable"] == trained
    assert numbers["trainable_share"] == pytest.approx(trained / (trained + 8_030_261_248), rel=1e-12)
    assert numbers["base_gb"] == pytest.approx(16.060522496, rel=1e-12)
    assert numbers["states_gb"] == pytest.approx(16 * trained / 1e9, rel=1e-12)
    assert numbers["static_gb"] == pytest.approx(16.060522496 + 16 * trained / 1e9, rel=1e-12)
    assert numbers["full_gb"] == pytest.approx(16 * 8.030261248, rel=1e-12)
    assert numbers["memory_share"] == pytest.approx(
        (2 * 8_030_261_248 + 16 * trained) / (16 * 8_030_261_248), rel=1e-12
    )
    assert numbers["adapter_mb"] == pytest.approx(2 * trained / 1e6, rel=1e-12)
    assert numbers["adapters_per_copy"] == pytest.approx(8_030_261_248 / trained, rel=1e-12)


def test_in_nf4_only_the_blocks_matrices_shrink() -> None:
    shape = SHAPES["llama2-7b"]
    matrices = 32 * (4 * 4096 * 4096 + 3 * 4096 * 11008)
    rest = 6_738_415_616 - matrices
    expected = matrices * (4 + 8 / 64 + 32 / (64 * 256)) / 8 + 2 * rest
    assert lora.weight_bytes(shape, "nf4") == pytest.approx(expected, rel=1e-12)
    assert lora.weight_bytes(shape, "bf16") == 2 * 6_738_415_616


def test_full_fine_tuning_counts_every_parameter_once() -> None:
    numbers = lora.run(method="full", state_bytes=12, seeds=2).numbers
    assert numbers["trainable"] == 6_738_415_616
    assert numbers["trainable_share"] == 1.0
    assert numbers["static_gb"] == numbers["full_gb"] == pytest.approx(12 * 6.738415616, rel=1e-12)
    assert isinstance(numbers["merge_error"], NotRun)


@settings(deadline=None)
@given(st.integers(1, 6), st.integers(1, 8), st.integers(1, 8), st.floats(-3, 3), st.integers(0, 2**31))
def test_the_forward_pass_is_that_of_the_merged_weight(
    rank: int, inputs: int, outputs: int, scale: float, seed: int
) -> None:
    g = torch.Generator().manual_seed(seed)
    x, w, a, b = (
        torch.randn(s, generator=g, dtype=torch.float64)
        for s in ((5, inputs), (outputs, inputs), (rank, inputs), (outputs, rank))
    )
    merged = np.array([[w[i, j] + scale * sum(b[i, k] * a[k, j] for k in range(rank)) for j in range(inputs)] for i in range(outputs)])  # fmt: skip
    np.testing.assert_allclose(lora.lora_forward(x, w, a, b, scale).numpy(), x.numpy() @ merged.T, atol=1e-12)


@pytest.mark.parametrize("task_rank", [1, 4, 24])
def test_the_change_wanted_has_norm_one_and_equal_singular_values(task_rank: int) -> None:
    change = lora.wanted_change(task_rank, 3, torch.Generator().manual_seed(1))
    assert change.shape == (3, lora.WIDTH, lora.WIDTH)
    values = np.linalg.svd(change.numpy(), compute_uv=False)
    np.testing.assert_allclose(values[:, :task_rank], 1 / math.sqrt(task_rank), rtol=1e-12)
    np.testing.assert_allclose(values[:, task_rank:], 0, atol=1e-12)


@pytest.mark.parametrize(("init", "zero"), [("b-zero", (False, True)), ("a-zero", (True, False)), ("both-zero", (True, True)), ("both-random", (False, False))])  # fmt: skip
def test_the_factors_that_should_be_zero_are(init: Any, zero: tuple[bool, bool]) -> None:
    a, b = lora.factors(5, 2, init, torch.Generator().manual_seed(0))
    assert (a.shape, b.shape) == ((2, 5, lora.WIDTH), (2, lora.WIDTH, 5))
    assert (not a.any(), not b.any()) == zero


def test_the_first_step_of_b_is_the_sign_of_the_change_times_a() -> None:
    g = torch.Generator().manual_seed(3)
    change = lora.wanted_change(4, 1, g)
    a, b = lora.factors(6, 1, "b-zero", g)
    (start, first, _), errors = lora.fit(change, (a, b), 1.5)
    expected_b = lora.LEARNING_RATE * torch.sign(change @ a.mT)
    expected = 1.5 * expected_b @ a
    assert not start.any()
    torch.testing.assert_close(first, expected, rtol=1e-4, atol=1e-6)
    assert errors[1, 0] == pytest.approx(float((first - change).norm()), rel=1e-12)


def test_both_zero_never_moves_and_both_random_does_not_start_at_the_base() -> None:
    stuck = lora.run(init="both-zero", seeds=2).numbers
    moved = lora.run(init="both-random", seeds=2).numbers
    for key, value in (("fit_error", 1.0), ("init_change", 0.0)):
        estimate = stuck[key]
        assert isinstance(estimate, Estimate)
        assert estimate.value == pytest.approx(value, abs=1e-12)
    assert stuck["delta_rank"] == 0.0
    start = moved["init_change"]
    assert isinstance(start, Estimate)
    # ‖sBA‖_F of Gaussian factors: s·√(d·k·r)/√(d·k) in expectation of the square.
    assert start.value == pytest.approx(2.0 * math.sqrt(8), rel=0.1)


@pytest.mark.parametrize(("rank", "task_rank"), [(1, 4), (2, 4), (3, 6), (4, 4), (8, 4)])
def test_training_reaches_the_best_error_of_its_rank_and_no_less(rank: int, task_rank: int) -> None:
    numbers = lora.run(rank=rank, alpha=2 * rank, task_rank=task_rank, seeds=3).numbers
    change = lora.wanted_change(task_rank, 1, torch.Generator().manual_seed(0))[0].numpy()
    u, s, v = np.linalg.svd(change)
    truncated = (u[:, :rank] * s[:rank]) @ v[:rank]
    best = float(np.linalg.norm(change - truncated))
    assert numbers["best_error"] == pytest.approx(best, abs=1e-12)
    fit = numbers["fit_error"]
    assert isinstance(fit, Estimate)
    assert best - 1e-9 <= fit.value <= best + 0.02
    assert numbers["delta_rank"] <= rank  # type: ignore[operator]  # a float


def first_step(**settings: Any) -> float:
    number = lora.run(seeds=8, **settings).numbers["first_step"]
    assert isinstance(number, Estimate)
    return number.value


def test_with_alpha_over_r_the_first_step_does_not_depend_on_the_rank() -> None:
    steps = [first_step(rank=r) for r in (4, 8, 16, 24)]
    assert max(steps) / min(steps) < 1.15
    rooted = [first_step(rank=r, scaling="rslora") for r in (4, 16)]
    assert rooted[1] / rooted[0] == pytest.approx(2.0, rel=0.15)


def test_the_scale_is_alpha_over_r_or_over_its_root() -> None:
    assert lora.scale_of(16, 8, "standard") == 2.0
    assert lora.scale_of(16, 64, "rslora") == 2.0
    assert lora.run(rank=4, alpha=6, seeds=2).numbers["scale"] == 1.5


@pytest.mark.parametrize(("name", "unit"), [("float64", 2.0**-53), ("float32", 2.0**-24), ("bf16", 2.0**-9)])
def test_merging_loses_what_rounding_to_the_format_loses(name: Any, unit: float) -> None:
    number = lora.run(merge_dtype=name, seeds=8).numbers["merge_error"]
    assert isinstance(number, Estimate)
    # Entries of W are about 1/√d, of ΔW about 1/d: a rounding error of up to `unit` of the one beside the other.
    assert 0.05 * unit * math.sqrt(lora.WIDTH) < number.value < unit * math.sqrt(lora.WIDTH)


def test_the_rank_of_a_matrix_is_that_of_numpy() -> None:
    g = torch.Generator().manual_seed(0)
    for rank in (1, 3, 7):
        matrix = torch.randn(9, rank, generator=g, dtype=torch.float64) @ torch.randn(
            rank, 8, generator=g, dtype=torch.float64
        )
        assert lora.numerical_rank(matrix) == np.linalg.matrix_rank(matrix.numpy()) == rank


@pytest.mark.parametrize("anchor", lora.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}-{a.value:g}")
def test_published_values_come_out(anchor: Anchor) -> None:
    settings: dict[str, Any] = {"seeds": 2, **anchor.set}
    number = lora.run(**settings).numbers[anchor.number]
    assert isinstance(number, float)
    assert abs(number - anchor.value) <= anchor.within


def test_the_sentence_belongs_to_what_ran() -> None:
    assert lora.run(seeds=2).says == "lora"
    assert lora.run(seeds=2, rank=2).says == "short"
    assert lora.run(seeds=2, init="both-zero").says == "stuck"
    assert lora.run(seeds=2, method="full").says == "full"


def test_nothing_but_seeds_decides_the_numbers() -> None:
    assert lora.run(seed=5).numbers == lora.run(seed=5).numbers
    assert lora.run(seed=5).numbers != lora.run(seed=6).numbers
