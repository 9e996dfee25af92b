"""The LoRA demo held against peft: the layer's output, merging, and the parameters that are trained."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import lora
from toys.model_shapes import ModelShape

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("default")]

SHAPE = ModelShape(2, 16, 4, 2, 4, 24, 40, 0, 0.0, "made up")
NAMES = {
    "q,v": ["q_proj", "v_proj"],
    "q,k,v,o": ["q_proj", "k_proj", "v_proj", "o_proj"],
    "mlp": ["gate_proj", "up_proj", "down_proj"],
}


def tiny_llama() -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=SHAPE.vocabulary,
        hidden_size=SHAPE.width,
        intermediate_size=SHAPE.ffn,
        num_hidden_layers=SHAPE.layers,
        num_attention_heads=SHAPE.heads,
        num_key_value_heads=SHAPE.kv_heads,
        tie_word_embeddings=False,
    )
    return LlamaForCausalLM(config).double()


def test_a_shapes_total_is_that_of_transformers() -> None:
    assert SHAPE.total() == sum(p.numel() for p in tiny_llama().parameters())


@pytest.mark.parametrize("targets", ["q,v", "q,k,v,o", "mlp", "all"])
def test_peft_trains_as_many_parameters(targets: Any) -> None:
    from peft import LoraConfig, get_peft_model

    modules = "all-linear" if targets == "all" else NAMES[targets]
    model = get_peft_model(tiny_llama(), LoraConfig(r=3, target_modules=modules))
    trainable, everything = model.get_nb_trainable_parameters()
    assert lora.lora_parameters(SHAPE, targets, 3) == trainable
    assert everything == SHAPE.total() + trainable


@pytest.mark.parametrize(("rslora", "scaling"), [(False, "standard"), (True, "rslora")])
def test_pefts_layer_gives_our_forward_pass_before_and_after_merging(rslora: bool, scaling: Any) -> None:
    from peft import LoraConfig, get_peft_model

    model = get_peft_model(
        tiny_llama(), LoraConfig(r=4, lora_alpha=10, target_modules=["q_proj"], use_rslora=rslora)
    )
    layer = model.base_model.model.model.layers[0].self_attn.q_proj
    with torch.no_grad():
        assert not layer.lora_B["default"].weight.any()
        layer.lora_B["default"].weight.normal_()
        w, a, b = layer.base_layer.weight, layer.lora_A["default"].weight.double(), layer.lora_B["default"].weight.double()  # fmt: skip
        layer.lora_A["default"].double()
        layer.lora_B["default"].double()
        x = torch.randn(5, 16, dtype=torch.float64)
        ours = lora.lora_forward(x, w, a, b, lora.scale_of(10, 4, scaling))
        torch.testing.assert_close(layer(x), ours, rtol=1e-12, atol=1e-12)
        layer.merge()
        torch.testing.assert_close(layer(x), ours, rtol=1e-12, atol=1e-12)
        layer.unmerge()
        torch.testing.assert_close(layer(x), ours, rtol=1e-10, atol=1e-10)
