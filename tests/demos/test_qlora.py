"""NF4 held against the published values, its errors against scipy's quadrature and sampling, its bits against counting."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import integrate, stats

import qlora
from llmcore_tui.lab import Anchor, Estimate

Array = NDArray[np.float64]

APPENDIX_E = [
    -1.0,
    -0.6961928009986877,
    -0.5250730514526367,
    -0.39491748809814453,
    -0.28444138169288635,
    -0.18477343022823334,
    -0.09105003625154495,
    0.0,
    0.07958029955625534,
    0.16093020141124725,
    0.24611230194568634,
    0.33791524171829224,
    0.44070982933044434,
    0.5626170039176941,
    0.7229568362236023,
    1.0,
]
INT4 = [i / 7 for i in range(-7, 8)]
BITSANDBYTES_FP4 = [0.0, 0.0052083333, 0.1666667, 0.25, 0.3333333, 0.5, 0.6666667, 1.0]
E2M1 = [0.0, 1 / 12, 1 / 6, 0.25, 1 / 3, 0.5, 2 / 3, 1.0]


def test_the_levels_are_those_of_appendix_e() -> None:
    assert qlora.normal_float_levels().tolist() == pytest.approx(APPENDIX_E, abs=2e-7)


@pytest.mark.parametrize(
    ("dtype", "positive"),
    [
        ("fp4", BITSANDBYTES_FP4),
        ("e2m1", E2M1),
        ("e3m0", [0, 1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1]),
    ],
)
def test_a_float_type_has_its_magnitudes_and_their_negatives(dtype: Any, positive: list[float]) -> None:
    levels = qlora.levels_of(dtype)
    assert len(levels) == 15
    assert levels[7:].tolist() == pytest.approx(positive, abs=1e-6)
    assert levels.tolist() == pytest.approx((-levels[::-1]).tolist(), abs=1e-15)


def pdf(x: float) -> float:
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def cdf(x: float) -> float:
    return (1 + math.erf(x / math.sqrt(2))) / 2


def reference_rmse(levels: list[float], block: int) -> float:
    """The same expectation out of scipy: adaptive quadrature over the largest weight and over each cell."""
    cells = [-1.0, *((a + b) / 2 for a, b in itertools.pairwise(levels)), 1.0]

    def given_largest(m: float) -> float:
        inside = 2 * cdf(m) - 1
        total = 0.0
        for level, low, high in zip(levels, cells, cells[1:], strict=False):
            total += integrate.quad(lambda x, c=level: (x - c * m) ** 2 * pdf(x), low * m, high * m)[0]
        return float(total / inside)

    def weighted(m: float) -> float:
        return float(block * 2 * pdf(m) * (2 * cdf(m) - 1) ** (block - 1) * given_largest(m))

    square = integrate.quad(weighted, 0.3, 6.5, limit=60, epsrel=1e-7)[0]
    return math.sqrt(square * (block - 1) / block)


@pytest.mark.parametrize(
    ("dtype", "levels", "block"), [("nf4", APPENDIX_E, 64), ("int4", INT4, 64), ("int4", INT4, 16)]
)
def test_the_error_is_that_of_adaptive_quadrature(dtype: Any, levels: list[float], block: int) -> None:
    ours = math.sqrt(qlora.exact_normal(qlora.levels_of(dtype), block)[0])
    assert ours == pytest.approx(reference_rmse(levels, block), rel=1e-5)


@pytest.mark.parametrize("dtype", ["nf4", "int4", "fp4", "e2m1", "e3m0"])
@pytest.mark.parametrize("distribution", ["normal", "uniform"])
@pytest.mark.parametrize("block", [8, 64])
def test_error_and_use_of_codes_are_those_of_sampled_weights(
    dtype: Any, distribution: Any, block: int
) -> None:
    rng = np.random.default_rng(7)
    size = (40_000, block)
    weights = rng.normal(size=size) if distribution == "normal" else rng.uniform(-(3**0.5), 3**0.5, size=size)
    scales = np.abs(weights).max(axis=1)
    levels = qlora.levels_of(dtype)
    nearest = np.abs(weights[:4000, :, None] / scales[:4000, None, None] - levels).argmin(axis=-1)
    stored = levels[nearest] * scales[:4000, None]
    np.testing.assert_allclose(qlora.quantise(weights[:4000], levels, scales[:4000]), stored)
    exact = qlora.exact_normal if distribution == "normal" else qlora.exact_uniform
    square, share = exact(levels, block)
    errors = (qlora.quantise(weights, levels, scales) - weights) ** 2
    assert errors.mean() == pytest.approx(square, abs=5 * errors.mean(axis=1).std() / 200)
    counts = np.bincount(nearest.ravel(), minlength=len(levels)) / nearest.size
    np.testing.assert_allclose(counts, share, atol=0.008)
    assert share.sum() == pytest.approx(1, abs=1e-9)


def test_large_blocks_of_uniform_weights_err_by_the_step_over_the_root_of_twelve() -> None:
    square, _ = qlora.exact_uniform(qlora.levels_of("int4"), 10**7)
    assert math.sqrt(square) == pytest.approx((2 * math.sqrt(3) / 14) / math.sqrt(12), rel=1e-6)


@settings(deadline=None, max_examples=20)
@given(st.integers(2, 4096))
def test_a_larger_block_errs_more_and_costs_less(block: int) -> None:
    levels = qlora.normal_float_levels()
    assert qlora.exact_normal(levels, block)[0] < qlora.exact_normal(levels, block + block // 2 + 1)[0]
    assert qlora.bits_of_constants(block, True) > qlora.bits_of_constants(2 * block, True)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.floats(0.5, 4), min_size=1, max_size=600))
def test_scales_stored_in_eight_bits_come_back_within_a_sixteenth_of_their_spread(
    scales: list[float],
) -> None:
    back = qlora.double_quantise(np.array(scales))
    spread = np.abs(np.array(scales) - np.mean(scales)).max()
    assert np.abs(back - np.array(scales)).max() <= spread / 16 + 1e-12


def test_each_run_of_256_scales_has_a_largest_of_its_own() -> None:
    scales = np.random.default_rng(5).gamma(4.0, size=700)
    centred = scales - scales.mean()
    expected = []
    for start in (0, 256, 512):
        block = centred[start : start + 256]
        largest = max(abs(float(value)) for value in block)
        stored = torch.tensor([float(value) / largest * 448 for value in block]).to(torch.float8_e4m3fn)
        expected += [float(value) / 448 * largest + float(scales.mean()) for value in stored]
    np.testing.assert_allclose(qlora.double_quantise(scales), expected, rtol=1e-6)


@pytest.mark.parametrize(("block", "scales"), [(64, 4096), (128, 8192), (32, 256)])
def test_bits_are_those_of_the_stored_tensors(block: int, scales: int) -> None:
    weights = block * scales
    plain, double = 32 * scales, 8 * scales + 32 * scales / 256
    assert qlora.bits_of_constants(block, False) == pytest.approx(plain / weights, rel=1e-12)
    assert qlora.bits_of_constants(block, True) == pytest.approx(double / weights, rel=1e-12)
    numbers = qlora.run(block=block, params=1e9, seeds=2).numbers
    assert numbers["bits_per_param"] == pytest.approx(4 + double / weights, rel=1e-12)
    assert numbers["weights_gb"] == pytest.approx((4 + double / weights) / 8, rel=1e-12)
    assert numbers["saved_gb"] == pytest.approx((plain - double) / weights / 8, rel=1e-12)
    assert numbers["bf16_gb"] == 2.0


def test_entropy_is_scipys() -> None:
    share = np.array([0.5, 0.2, 0.3, 0.0])
    assert qlora.entropy_bits(share) == pytest.approx(stats.entropy(share, base=2), rel=1e-12)


@pytest.mark.parametrize("dtype", ["nf4", "int4", "fp4"])
def test_samples_agree_with_the_integral_and_double_quantisation_costs_little(dtype: Any) -> None:
    plain = qlora.run(dtype=dtype, double_quant=False, seeds=8).numbers
    double = qlora.run(dtype=dtype, seeds=8).numbers
    sampled, again, exact = plain["rmse_sampled"], double["rmse_sampled"], plain["rmse"]
    assert isinstance(sampled, Estimate)
    assert isinstance(again, Estimate)
    assert isinstance(exact, float)
    assert abs(sampled.value - exact) < 4 * sampled.error
    assert 0 < again.value - sampled.value < 0.01 * exact


def test_normal_weights_prefer_nf4_and_uniform_ones_int4() -> None:
    normal = {
        d: qlora.exact_normal(qlora.levels_of(d), 64)[0] for d in ("nf4", "int4", "fp4", "e2m1", "e3m0")
    }
    uniform = {d: qlora.exact_uniform(qlora.levels_of(d), 64)[0] for d in ("nf4", "int4")}
    assert min(normal, key=lambda d: normal[d]) == "nf4"
    assert uniform["int4"] < uniform["nf4"]


@pytest.mark.parametrize("anchor", qlora.ANCHORS, ids=lambda a: f"{a.number}-{dict(a.set)}")
def test_published_values_come_out(anchor: Anchor) -> None:
    settings: dict[str, Any] = {"seeds": 2, **anchor.set}
    number = qlora.run(**settings).numbers[anchor.number]
    assert isinstance(number, float)
    assert abs(number - anchor.value) <= anchor.within


def test_the_sentence_belongs_to_the_distribution() -> None:
    assert qlora.run(seeds=2).says == "normal"
    assert qlora.run(seeds=2, distribution="uniform").says == "uniform"
