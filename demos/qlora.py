"""QLoRA's storage: NF4 puts its sixteen levels where normal weights are, and stores the scales twice quantised.

Interview point: weights are stored in 4-bit blocks with one scale each and computed with in 16 bits; NF4 errs less on
normal weights than int4 or fp4, not on others; the scales cost half a bit a weight until they are quantised as well.
Source: Dettmers et al. 2023, arXiv:2305.14314, eq. 1-2 (blockwise absmax), eq. 4 with the paragraph after it and appendix
E (NF4), section 3 "Double Quantization" (8-bit floats in blocks of 256, mean subtracted).
"""

from __future__ import annotations

import math
from functools import cache
from typing import Annotated, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from llmcore_tui.lab import Anchor, Estimate, Flag, Number, Off, Result, Series, Table, main

TITLE = {"en": "QLoRA: levels where the weights are", "zh": "QLoRA：把量化级放在权重密集处"}
FORMULA = (
    r"\hat w=c\,Q(w/c),\quad c=\max_{\mathrm{block}}|w|,\quad \mathrm{bits}=4+\frac{8}{B}+\frac{32}{256B}"
)
NUMBERS = {
    "rmse": Number(
        "root mean square error of a stored weight over its standard deviation, by integration",
        "存储后权重的均方根误差与标准差之比（积分精确计算）",
    ),
    "rmse_sampled": Number(
        "the same on sampled weights, with the scales stored as chosen",
        "同一误差在采样权重上的实测值，量化常数按所选方式存储",
        kind="statistical",
    ),
    "code_entropy": Number(
        "information that a 4-bit code carries; 4 if all codes were used equally",
        "一个 4 比特编码实际携带的信息量；各编码使用次数相等时为 4",
        unit="bits",
    ),
    "first_level": Number("smallest positive level, of a scale of 1", "最小的正量化级（量化常数取 1）"),
    "constant_bits": Number("bits a weight for the scales", "量化常数摊到每个权重的比特数", unit="bits"),
    "bits_per_param": Number("bits a weight in all", "每个权重总共占用的比特数", unit="bits"),
    "saved_gb": Number("memory that double quantisation saves", "双重量化省下的显存", unit="GB"),
    "weights_gb": Number("memory of the stored weights", "存储权重占用的显存", unit="GB"),
    "bf16_gb": Number("memory of the same weights at 16 bits", "同样的权重用 16 比特存储的显存", unit="GB"),
}
OFF = Off(
    {"dtype": "int4", "double_quant": False},
    moves={"rmse": "up", "constant_bits": "up", "bits_per_param": "up", "saved_gb": "down"},
)
ANCHORS = [
    Anchor(
        {},
        "constant_bits",
        0.127,
        0.0005,
        "Dettmers et al. 2023, section 3: 8/64 + 32/(64·256)",
        "2026-11-25",
    ),
    Anchor(
        {"double_quant": False},
        "constant_bits",
        0.5,
        1e-12,
        "Dettmers et al. 2023, section 3: 32/64",
        "2026-11-25",
    ),
    Anchor(
        {},
        "saved_gb",
        3.0,
        0.1,
        "Dettmers et al. 2023, section 3: .373 bits a weight, about 3 GB at 65B",
        "2026-11-25",
    ),
    Anchor(
        {},
        "first_level",
        0.0795802996,
        1e-6,
        "Dettmers et al. 2023, appendix E: the NF4 values, in float32",
        "2026-11-25",
    ),
    Anchor(
        {},
        "rmse",
        0.0920,
        0.0002,
        "bitsandbytes 0.50.2: 262,144 normal weights through quantize_4bit and back",
        "2026-11-25",
    ),
    Anchor(
        {"dtype": "int4"},
        "rmse",
        0.1078,
        0.0003,
        "closed form: the mean over a million sampled weights, within its error",
        "2026-11-25",
    ),
    Anchor(
        {"dtype": "fp4"},
        "rmse",
        0.1220,
        0.0002,
        "bitsandbytes 0.50.2: the same weights as fp4",
        "2026-11-25",
    ),
    Anchor(
        {"dtype": "int4", "distribution": "uniform", "block": 4096},
        "rmse",
        0.07142857142857142,
        1e-4,
        "closed form: a step of 2a/14 has the error step/√12 = a/(7√12), and a = √3",
        "2026-11-25",
    ),
]
SAYS = {
    "normal": {
        "en": "Normal weights in {dtype} with blocks of {block} lose {rmse:.4f} of their deviation; the scales cost "
        "{constant_bits:.3f} bits a weight, {bits_per_param:.3f} in all, so {params:,.0f} weights take {weights_gb:.1f} GB.",
        "zh": "正态分布的权重用 {dtype}、块大小 {block} 存储，误差是标准差的 {rmse:.4f}；量化常数摊到每个权重 "
        "{constant_bits:.3f} 比特，总共 {bits_per_param:.3f} 比特，{params:,.0f} 个权重占 {weights_gb:.1f} GB。",
    },
    "uniform": {
        "en": "These weights are uniform, not normal: {dtype} loses {rmse:.4f} of their deviation, and levels made for a bell "
        "are no longer an advantage.",
        "zh": "这里的权重是均匀分布而不是正态分布：{dtype} 的误差是标准差的 {rmse:.4f}，为钟形分布设计的量化级不再占优。",
    },
}

Array = NDArray[np.float64]
Dtype = Literal["nf4", "int4", "fp4", "e2m1", "e3m0"]
FLOATS: dict[str, list[float]] = {
    "fp4": [0, 1 / 16, 2, 3, 4, 6, 8, 12],
    "e2m1": [0, 0.5, 1, 1.5, 2, 3, 4, 6],
    "e3m0": [0, 0.25, 0.5, 1, 2, 4, 8, 16],
}
"""Magnitudes of 4-bit floats: `fp4` as bitsandbytes stores it (its smallest is .0052 of the largest), and by their bits."""
CONSTANTS_A_BLOCK = 256
"""Scales that share one second-level constant (section 3)."""
EDGE = (1 / 32 + 1 / 30) / 2
"""Half a cell left over at each end: the mean of 1/(2·16) and 1/(2·15), for the side with 8 and the one with 7 levels."""


def normal_float_levels() -> Array:
    """NF4: 7 quantiles of N(0,1) below zero, zero, 8 above, divided by the largest; ascending, shape (16,).

    The two halves are estimated apart so that zero is exact, and share it (section 3, after eq. 4). Evenly spaced
    probabilities run from ½ to 1 - `EDGE`, which gives the values of appendix E.
    """
    probabilities = torch.linspace(0.5, 1 - EDGE, 9, dtype=torch.float64)
    above = torch.special.ndtri(probabilities)
    below = -torch.special.ndtri(torch.linspace(0.5, 1 - EDGE, 8, dtype=torch.float64))
    levels = torch.cat([below.flip(0)[:-1], above]) / above[-1]
    return np.asarray(levels.numpy(), dtype=np.float64)


def levels_of(dtype: Dtype) -> Array:
    """The values a 4-bit code can stand for at scale 1, ascending and each once.

    int4 is symmetric, -7 … 7 over 7, one code unused; the floats have a sign bit, hence two zeros.
    """
    if dtype == "nf4":
        return normal_float_levels()
    if dtype == "int4":
        return np.arange(-7, 8) / 7
    positive = np.array(FLOATS[dtype]) / FLOATS[dtype][-1]
    return np.concatenate([-positive[:0:-1], positive])


def quantise(weights: Array, levels: Array, scales: Array) -> Array:
    """Each weight's nearest level times its block's scale; weights (blocks, B), scales (blocks,): dequant of eq. 2."""
    codes = np.searchsorted((levels[1:] + levels[:-1]) / 2, weights / scales[:, None])
    return levels[codes] * scales[:, None]


def double_quantise(scales: Array) -> Array:
    """The scales as FP8 (E4M3), read back: mean subtracted, then absmax scaling in blocks of 256 (section 3)."""
    mean = scales.mean()
    padded = np.zeros(math.ceil(len(scales) / CONSTANTS_A_BLOCK) * CONSTANTS_A_BLOCK)
    padded[: len(scales)] = scales - mean
    rows = padded.reshape(-1, CONSTANTS_A_BLOCK)
    largest = np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-30)
    eight_bit = torch.from_numpy(rows / largest * 448).to(torch.float8_e4m3fn).to(torch.float64).numpy()
    return np.asarray((eight_bit / 448 * largest).reshape(-1)[: len(scales)] + mean)


def bits_of_constants(block: int, double_quant: bool) -> float:
    """Bits a weight for the scales: 32/B as floats, 8/B + 32/(256 B) quantised themselves."""
    return 8 / block + 32 / (CONSTANTS_A_BLOCK * block) if double_quant else 32 / block


def below(x: Array) -> Array:
    """Φ(x), the standard normal distribution function."""
    return np.asarray(torch.special.ndtr(torch.from_numpy(x)).numpy())


def density(x: Array) -> Array:
    """φ(x), the standard normal density."""
    return np.asarray(np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi))


def normal_cells(levels: Array, largest: Array) -> tuple[Array, Array]:
    """For |w| ≤ m of N(0,1), each m in `largest`: Pr(code) and E[(w - ŵ)²; code], both (m, levels).

    ∫(x-k)²φ = (1+k²)Φ - (x-2k)φ over the cell of level k, between the midpoints to its neighbours.
    """
    edges = np.concatenate([[-1.0], (levels[1:] + levels[:-1]) / 2, [1.0]])
    x = largest[:, None] * edges
    k = largest[:, None] * levels
    inside = 2 * below(largest) - 1

    def integral(at: Array) -> Array:
        return np.asarray((1 + k**2) * below(at) - (at - 2 * k) * density(at))

    chance = np.diff(below(x), axis=1) / inside[:, None]
    return chance, (integral(x[:, 1:]) - integral(x[:, :-1])) / inside[:, None]


@cache
def nodes() -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights on (0, 10), beyond which no weight of N(0,1) is ever found."""
    x, w = np.polynomial.legendre.leggauss(200)
    return 5 * (x + 1), 5 * w


def exact_normal(levels: Array, block: int) -> tuple[float, Array]:
    """Mean square error of a weight of N(0,1) and the share of each code, integrated over the block's largest |w|.

    The largest of B half-normals has the density 2Bφ(m)(2Φ(m)-1)^(B-1); it is stored without error, as level ±1, and
    the other B - 1 are independent and no larger.
    """
    m, w = nodes()
    weight = w * 2 * block * density(m) * (2 * below(m) - 1) ** (block - 1)
    chance, square = normal_cells(levels, m)
    share = (weight[:, None] * chance).sum(axis=0) * (block - 1) / block
    share[[0, -1]] += 0.5 / block
    return float((weight * square.sum(axis=1)).sum() * (block - 1) / block), share


def exact_uniform(levels: Array, block: int) -> tuple[float, Array]:
    """The same for uniform weights of deviation 1, on ±√3: the others are uniform up to the largest, E[m²] = 3B/(B+2)."""
    edges = np.concatenate([[-1.0], (levels[1:] + levels[:-1]) / 2, [1.0]])
    square = ((edges[1:] - levels) ** 3 - (edges[:-1] - levels) ** 3).sum() / 6
    share = np.diff(edges) / 2 * (block - 1) / block
    share[[0, -1]] += 0.5 / block
    return float(square * 3 * block / (block + 2) * (block - 1) / block), share


def entropy_bits(share: Array) -> float:
    """-Σ p log₂ p."""
    return float(-(share * np.log2(np.maximum(share, 1e-300))).sum())


def sampled_rmse(
    levels: Array, block: int, double_quant: bool, normal: bool, seeds: int, first: int
) -> Estimate:
    """The error of sampled weights stored and read back, each seed over 131,072 weights."""
    errors = []
    for seed in range(first, first + seeds):
        rng = np.random.default_rng(seed)
        size = (max(2, 2**17 // block), block)
        weights = rng.normal(size=size) if normal else rng.uniform(-math.sqrt(3), math.sqrt(3), size=size)
        scales = np.abs(weights).max(axis=1)
        stored = quantise(weights, levels, double_quantise(scales) if double_quant else scales)
        errors.append(float(np.sqrt(((weights - stored) ** 2).mean())))
    return Estimate(float(np.mean(errors)), float(np.std(errors, ddof=1) / math.sqrt(seeds)), seeds)


def run(
    dtype: Annotated[
        Dtype,
        Flag(
            "levels of the 4 bits: quantiles of a normal, evenly spaced, or floats (bitsandbytes' fp4, E2M1, E3M0)",
            "4 比特的量化级：正态分位数、等间距、或浮点（bitsandbytes 的 fp4、E2M1、E3M0）",
        ),
    ] = "nf4",
    block: Annotated[
        int, Flag("weights that share a scale (B)", "共用一个量化常数的权重数 (B)", low=2, high=4096)
    ] = 64,
    double_quant: Annotated[
        bool, Flag("store the scales as 8-bit floats", "量化常数本身再存成 8 比特浮点")
    ] = True,
    params: Annotated[float, Flag("weights stored", "存储的权重个数", low=1e6, high=1e13)] = 65e9,
    distribution: Annotated[
        Literal["normal", "uniform"], Flag("how the weights are distributed", "权重的分布")
    ] = "normal",
    seeds: Annotated[int, Flag("samples of weights", "采样次数", low=2, high=64)] = 4,
    seed: Annotated[int, Flag("first random seed", "起始随机种子", low=0)] = 0,
) -> Result:
    """Store weights in 4-bit blocks, and count the bits."""
    levels, normal = levels_of(dtype), distribution == "normal"
    exact = exact_normal if normal else exact_uniform
    square, share = exact(levels, block)
    constant, plain = bits_of_constants(block, double_quant), bits_of_constants(block, False)
    blocks = [2**i for i in range(3, 13)]
    names: tuple[Dtype, ...] = ("nf4", "int4", "fp4", "e2m1")
    curves = {name: [math.sqrt(exact(levels_of(name), b)[0]) for b in blocks] for name in names}
    return Result(
        numbers={
            "rmse": math.sqrt(square),
            "rmse_sampled": sampled_rmse(levels, block, double_quant, normal, seeds, seed),
            "code_entropy": entropy_bits(share),
            "first_level": float(levels[levels > 0][0]),
            "constant_bits": constant,
            "bits_per_param": 4 + constant,
            "saved_gb": params * (plain - constant) / 8 / 1e9,
            "weights_gb": params * (4 + constant) / 8 / 1e9,
            "bf16_gb": params * 2 / 1e9,
        },
        ran="simulation",
        series=[
            Series(name, name, [math.log2(b) for b in blocks], curve, "log2 B", "rmse / σ")
            for name, curve in curves.items()
        ],
        tables=[
            Table(
                "levels and how often each is used",
                "量化级与使用频率",
                ["level", "share"],
                [[float(level), float(part)] for level, part in zip(levels, share, strict=True)],
            ),
            Table(
                "error by block size",
                "不同块大小的误差",
                ["B", *names, "bits with DQ", "bits without"],
                [
                    [
                        float(b),
                        *(curves[name][i] for name in names),
                        4 + bits_of_constants(b, True),
                        4 + 32 / b,
                    ]
                    for i, b in enumerate(blocks)
                ],
            ),
        ],
        says=distribution,
    )


if __name__ == "__main__":
    main(run)
