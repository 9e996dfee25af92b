"""Shapes of published models, and their parameters counted weight matrix by weight matrix.

Invariant: every shape's `total` is held against the published count in `published` by the tests; `source` says where both
were read. Decoder-only models with one embedding table, `layers` equal blocks and one output layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ModelShape:
    """The sizes of one model; `kv_heads` below `heads` is grouped-query attention."""

    layers: int
    width: int
    heads: int
    kv_heads: int
    head_dim: int
    ffn: int
    vocabulary: int
    published: int
    """The published number of parameters."""
    within: float
    """The share by which the published number may be rounded; 0: it is exact."""
    source: str
    gated: bool = True
    """A gate, an up and a down projection (SwiGLU) in place of up and down."""
    biases: Literal["none", "qkv", "all"] = "none"
    """Which linear layers have biases."""
    positions: int = 0
    """Rows of a learned position table; 0: rotary positions, which have no parameters."""
    tied: bool = False
    """The output layer is the embedding table."""
    norm_terms: int = 1
    """Vectors in a norm: 1 for RMSNorm, 2 for LayerNorm with its bias."""

    def linear(self) -> dict[str, tuple[int, int]]:
        """The weight matrices of one block by name, (in, out) features: q, k, v, o, and gate, up, down."""
        q, kv = self.heads * self.head_dim, self.kv_heads * self.head_dim
        matrices = {"q": (self.width, q), "k": (self.width, kv), "v": (self.width, kv), "o": (q, self.width)}
        if self.gated:
            matrices["gate"] = (self.width, self.ffn)
        return {**matrices, "up": (self.width, self.ffn), "down": (self.ffn, self.width)}

    def linear_parameters(self) -> int:
        """Weights of all blocks' matrices, without biases: what LoRA can sit on and 4-bit storage applies to."""
        return self.layers * sum(rows * columns for rows, columns in self.linear().values())

    def total(self) -> int:
        """All parameters: embedding, positions, blocks with norms and biases, last norm, output layer."""
        biased = {"none": (), "qkv": ("q", "k", "v"), "all": tuple(self.linear())}[self.biases]
        bias = sum(self.linear()[name][1] for name in biased)
        norms = 2 * self.norm_terms * self.width
        tables = self.vocabulary * self.width * (1 if self.tied else 2) + self.positions * self.width
        return self.linear_parameters() + self.layers * (bias + norms) + self.norm_terms * self.width + tables


def _llama(
    layers: int, width: int, heads: int, kv_heads: int, ffn: int, vocabulary: int, published: int
) -> ModelShape:
    source = "litgpt/config.py, which links each model's config.json; count of the published checkpoint"
    return ModelShape(layers, width, heads, kv_heads, width // heads, ffn, vocabulary, published, 0.0, source)


def _qwen(layers: int, width: int, heads: int, kv_heads: int, ffn: int, published: int) -> ModelShape:
    source = "litgpt/config.py, which links each model's config.json; count of the published checkpoint"
    return ModelShape(
        layers, width, heads, kv_heads, width // heads, ffn, 152_064, published, 0.0, source, biases="qkv"
    )


SHAPES: dict[str, ModelShape] = {
    "gpt3-175b": ModelShape(
        layers=96,
        width=12_288,
        heads=96,
        kv_heads=96,
        head_dim=128,
        ffn=4 * 12_288,
        vocabulary=50_257,
        published=175_000_000_000,
        within=0.005,
        source="Brown et al. 2020, arXiv:2005.14165, table 2.1 and section 2.1 (d_ff = 4 d_model, context 2048)",
        gated=False,
        biases="all",
        positions=2048,
        tied=True,
        norm_terms=2,
    ),
    "llama2-7b": _llama(32, 4096, 32, 32, 11_008, 32_000, 6_738_415_616),
    "llama2-13b": _llama(40, 5120, 40, 40, 13_824, 32_000, 13_015_864_320),
    "llama2-70b": _llama(80, 8192, 64, 8, 28_672, 32_000, 68_976_648_192),
    "llama3-8b": _llama(32, 4096, 32, 8, 14_336, 128_256, 8_030_261_248),
    "llama3-70b": _llama(80, 8192, 64, 8, 28_672, 128_256, 70_553_706_496),
    "llama3.1-405b": _llama(126, 16_384, 128, 8, 53_248, 128_256, 405_853_388_800),
    "qwen2.5-7b": _qwen(28, 3584, 28, 4, 18_944, 7_615_616_512),
    "qwen2.5-32b": _qwen(64, 5120, 40, 8, 27_648, 32_763_876_352),
    "qwen2.5-72b": _qwen(80, 8192, 64, 8, 29_568, 72_706_203_648),
}
