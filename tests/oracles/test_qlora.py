"""The QLoRA demo held against bitsandbytes on the CPU: levels, blockwise storage, and the scales of double quantisation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import qlora

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("default")]


def weights(blocks: int, block: int) -> torch.Tensor:
    return torch.randn(blocks, block, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("dtype", ["nf4", "fp4"])
def test_the_levels_are_the_librarys(dtype: Any) -> None:
    from bitsandbytes.functional import get_4bit_type

    theirs = sorted(set(get_4bit_type(dtype, "cpu").tolist()))
    np.testing.assert_allclose(qlora.levels_of(dtype), theirs, atol=2e-6)


@pytest.mark.parametrize("dtype", ["nf4", "fp4"])
@pytest.mark.parametrize("block", [64, 128])
def test_weights_come_back_as_the_library_gives_them_back(dtype: Any, block: int) -> None:
    from bitsandbytes.functional import dequantize_4bit, quantize_4bit

    w = weights(256, block)
    packed, state = quantize_4bit(w, blocksize=block, quant_type=dtype)
    theirs = dequantize_4bit(packed, state).double().numpy()
    scales = w.double().abs().amax(dim=1).numpy()
    np.testing.assert_allclose(state.absmax.double().numpy(), scales, rtol=1e-6)
    ours = qlora.quantise(w.double().numpy(), qlora.levels_of(dtype), scales)
    # A weight on the border of two cells may go either way in float32.
    close = np.abs(ours - theirs.reshape(ours.shape)) < 1e-5
    assert close.mean() > 0.9995
    assert packed.numel() == w.numel() // 2


def test_double_quantisation_subtracts_the_mean_in_blocks_of_256_but_in_another_eight_bit_format() -> None:
    from bitsandbytes.functional import dequantize_blockwise, quantize_4bit

    w = weights(4096, 64)
    _, state = quantize_4bit(w, blocksize=64, quant_type="nf4", compress_statistics=True)
    scales = w.double().abs().amax(dim=1).numpy()
    assert state.offset.item() == pytest.approx(scales.mean(), rel=1e-6)
    assert state.state2.blocksize == qlora.CONSTANTS_A_BLOCK
    theirs = (dequantize_blockwise(state.absmax, state.state2) + state.offset).double().numpy()
    ours = qlora.double_quantise(scales)
    errors = [float(np.sqrt(((x - scales) ** 2).mean())) for x in (theirs, ours)]
    # The library stores the scales on its dynamic 8-bit map, the paper says FP8: of one size, not equal.
    assert max(errors) < 0.02 * scales.std() * 2
    assert not np.allclose(theirs, ours, rtol=1e-4)


@pytest.mark.parametrize("dtype", ["nf4", "fp4"])
@pytest.mark.parametrize("double", [False, True])
def test_the_error_is_the_librarys(dtype: Any, double: bool) -> None:
    from bitsandbytes.functional import dequantize_4bit, quantize_4bit

    w = weights(8192, 64)
    packed, state = quantize_4bit(w, blocksize=64, quant_type=dtype, compress_statistics=double)
    theirs = (dequantize_4bit(packed, state) - w).double().square().mean().sqrt().item()
    exact = qlora.run(dtype=dtype, double_quant=double, seeds=2).numbers["rmse"]
    assert theirs == pytest.approx(exact, rel=0.005)
