"""Shapes of published models held against their published numbers of parameters."""

from __future__ import annotations

from typing import Literal

import pytest
from torch import nn

from toys.model_shapes import SHAPES, ModelShape


@pytest.mark.parametrize("name", SHAPES)
def test_the_parameters_counted_are_the_published_ones(name: str) -> None:
    shape = SHAPES[name]
    assert abs(shape.total() - shape.published) <= shape.within * shape.published


def built(shape: ModelShape) -> int:
    """Parameters of the same model out of torch's own layers."""
    q, kv = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    some, every = shape.biases != "none", shape.biases == "all"
    block: list[nn.Module] = [
        nn.Linear(shape.width, q, bias=some),
        nn.Linear(shape.width, kv, bias=some),
        nn.Linear(shape.width, kv, bias=some),
        nn.Linear(q, shape.width, bias=every),
        nn.Linear(shape.width, shape.ffn, bias=every),
        nn.Linear(shape.ffn, shape.width, bias=every),
    ]
    if shape.gated:
        block.append(nn.Linear(shape.width, shape.ffn, bias=every))
    norm = nn.LayerNorm(shape.width, bias=shape.norm_terms == 2)
    once: list[nn.Module] = [nn.Embedding(shape.vocabulary, shape.width), norm]
    if not shape.tied:
        once.append(nn.Linear(shape.width, shape.vocabulary, bias=False))
    if shape.positions:
        once.append(nn.Embedding(shape.positions, shape.width))

    def count(modules: list[nn.Module]) -> int:
        return sum(p.numel() for module in modules for p in module.parameters())

    return count(once) + shape.layers * count([*block, norm, norm])


@pytest.mark.parametrize("gated", [True, False])
@pytest.mark.parametrize("biases", ["none", "qkv", "all"])
@pytest.mark.parametrize("positions", [0, 7])
def test_the_count_is_that_of_torchs_layers(
    gated: bool, biases: Literal["none", "qkv", "all"], positions: int
) -> None:
    shape = ModelShape(
        3,
        12,
        4,
        2,
        5,
        17,
        29,
        0,
        0.0,
        "made up",
        gated=gated,
        biases=biases,
        positions=positions,
        tied=gated,
        norm_terms=2 if positions else 1,
    )
    assert shape.total() == built(shape)


def test_grouped_queries_make_keys_and_values_narrower() -> None:
    matrices = SHAPES["llama3-8b"].linear()
    assert matrices["k"] == matrices["v"] == (4096, 1024)
    assert matrices["q"] == matrices["o"] == (4096, 4096)
    assert SHAPES["llama2-7b"].linear()["k"] == (4096, 4096)
