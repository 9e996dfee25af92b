"""The DPO loss, its gradient and the logged rewards held against trl's DPOTrainer on a tiny Llama."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

import dpo

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("default")]

WORDS = ["<pad>", "<end>", "q", "a", "b", "c", "d", "e"]
PAIRS = [
    {"prompt": "q a", "chosen": " b c", "rejected": " d d d e"},
    {"prompt": "q b", "chosen": " a e e", "rejected": " c"},
]


def tokenizer() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    raw = Tokenizer(models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="<pad>"))
    raw.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=raw, pad_token="<pad>", eos_token="<end>")


def tiny_llama(seed: int) -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=4,
        initializer_range=0.5,
        pad_token_id=0,
    )
    return LlamaForCausalLM(config)


def trainer(folder: Path, loss: str, beta: float) -> Any:
    from trl import DPOConfig, DPOTrainer
    from trl.trainer.dpo_trainer import Dataset

    config = DPOConfig(
        output_dir=str(folder),
        loss_type=loss,
        beta=beta,
        per_device_train_batch_size=2,
        gradient_checkpointing=False,
        bf16=False,
        use_cpu=True,
        report_to="none",
    )
    return DPOTrainer(
        model=tiny_llama(0),
        ref_model=tiny_llama(1),
        args=config,
        train_dataset=Dataset.from_list(PAIRS),
        processing_class=tokenizer(),
    )


def completion_logps(model: Any, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Summed log-probabilities of the completions, chosen first, and their lengths."""
    logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    logp = logits[:, :-1].log_softmax(-1).gather(-1, batch["input_ids"][:, 1:, None])[..., 0]
    mask = batch["completion_mask"][:, 1:]
    return (logp * mask).sum(1), mask.sum(1)


def ours(policy: Tensor, reference: Tensor, beta: float) -> Tensor:
    """The demo's loss of two pairs, each of weight ½: chosen are rows 0 and 1, rejected rows 2 and 3."""
    won = torch.zeros(4, 4)
    won[0, 2] = won[1, 3] = 0.5
    return dpo.dpo_loss(dpo.implicit_margins(policy, reference, beta), won)


@pytest.mark.parametrize("beta", [0.1, 0.7])
def test_the_loss_and_its_gradient_are_those_of_trl(tmp_path: Path, beta: float) -> None:
    theirs = trainer(tmp_path, "sigmoid", beta)
    batch = next(iter(theirs.get_train_dataloader()))
    loss = theirs.compute_loss(theirs.model, batch)
    gradients = torch.autograd.grad(loss, list(theirs.model.parameters()))
    policy, _ = completion_logps(theirs.model, batch)
    with torch.no_grad():
        reference, _ = completion_logps(theirs.ref_model, batch)
    mine = ours(policy, reference, beta)
    torch.testing.assert_close(mine, loss, rtol=1e-5, atol=1e-6)
    for a, b in zip(torch.autograd.grad(mine, list(theirs.model.parameters())), gradients, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


def test_the_logged_rewards_are_the_implicit_rewards(tmp_path: Path) -> None:
    theirs = trainer(tmp_path, "sigmoid", 0.3)
    batch = next(iter(theirs.get_train_dataloader()))
    theirs.compute_loss(theirs.model, batch)
    with torch.no_grad():
        policy, _ = completion_logps(theirs.model, batch)
        reference, _ = completion_logps(theirs.ref_model, batch)
    reward = 0.3 * (policy - reference)
    logged = theirs._metrics["train"]
    assert logged["rewards/chosen"][0] == pytest.approx(float(reward[:2].mean()), rel=1e-4)
    assert logged["rewards/rejected"][0] == pytest.approx(float(reward[2:].mean()), rel=1e-4)
    margins = dpo.implicit_margins(policy, reference, 0.3)
    mean = float(margins[0, 2] + margins[1, 3]) / 2
    assert logged["rewards/margins"][0] == pytest.approx(mean, rel=1e-4)


def test_with_a_new_adapter_the_reference_is_the_model_without_it(tmp_path: Path) -> None:
    from peft import LoraConfig
    from trl import DPOConfig, DPOTrainer
    from trl.trainer.dpo_trainer import Dataset

    config = DPOConfig(output_dir=str(tmp_path), bf16=False, use_cpu=True, report_to="none")
    theirs = DPOTrainer(
        model=tiny_llama(0),
        args=config,
        train_dataset=Dataset.from_list(PAIRS),
        processing_class=tokenizer(),
        peft_config=LoraConfig(r=2, target_modules=["q_proj"]),
    )
    assert theirs.ref_model is None
    batch = next(iter(theirs.get_train_dataloader()))
    loss = theirs.compute_loss(theirs.model, batch)
    assert loss.item() == pytest.approx(0.6931472, abs=1e-5)
