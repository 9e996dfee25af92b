"""The GRPO demo held against trl's GRPOTrainer, which trains a tiny Llama here: advantages, KL and loss of its own batches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

import grpo

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("default")]

WORDS = ["<pad>", "<end>", "<unknown>", *"abcdefghij"]
GROUP = 4


def tiny_model() -> tuple[Any, Any]:
    """A Llama of one layer over thirteen words and its tokenizer."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = Tokenizer(models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="<unknown>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words,
        pad_token="<pad>",
        eos_token="<end>",
        unk_token="<unknown>",
        padding_side="left",
    )
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(WORDS), hidden_size=16, intermediate_size=24, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=2, pad_token_id=0, eos_token_id=1, bos_token_id=None, initializer_range=0.5,
    )  # fmt: skip
    return LlamaForCausalLM(config), tokenizer


def batches(folder: Path, **settings: Any) -> list[dict[str, Any]]:
    """What trl's trainer gave its loss in three steps, with the loss and the log-probabilities it then had."""
    from trl import GRPOConfig, GRPOTrainer

    datasets = pytest.importorskip("datasets")  # which trl needs

    seen: list[dict[str, Any]] = []
    rewards: list[list[float]] = []

    def reward(completion_ids: list[list[int]], **_: Any) -> list[float]:
        rewards.append([float(ids.count(4) - 0.5 * ids.count(5)) for ids in completion_ids])
        return rewards[-1]

    model, tokenizer = tiny_model()
    model.save_pretrained(folder / "start")  # trl reads its reference from there
    config = GRPOConfig(
        output_dir=str(folder), per_device_train_batch_size=2 * GROUP, num_generations=GROUP, max_completion_length=7,
        max_steps=3, learning_rate=0.05, report_to="none", use_cpu=True, seed=1, logging_steps=1, save_strategy="no",
        activation_checkpointing=False, bf16=False, disable_dropout=True, **settings,
    )  # fmt: skip
    data = datasets.Dataset.from_dict({"prompt": ["a b", "c d e", "f", "g h i j"] * 4})
    trainer = GRPOTrainer(
        model=str(folder / "start"), reward_funcs=reward, args=config, train_dataset=data, processing_class=tokenizer
    )  # fmt: skip
    log_probs, compute_loss = trainer._get_per_token_logps_and_entropies, trainer._compute_loss
    given: list[Any] = []

    def watched_log_probs(*args: Any, **kwargs: Any) -> Any:
        given.append(log_probs(*args, **kwargs))
        return given[-1]

    def watched_loss(model: Any, inputs: Any) -> Any:
        loss = compute_loss(model, inputs)
        kept = {k: v.detach().clone() for k, v in inputs.items() if torch.is_tensor(v)}
        seen.append({**kept, "log_p": given[-1][0].detach().clone(), "loss": float(loss.detach())})
        return loss

    trainer._get_per_token_logps_and_entropies = watched_log_probs
    trainer._compute_loss = watched_loss
    trainer.train()
    for batch, each in zip(seen, rewards, strict=True):
        batch["rewards"] = torch.tensor(each)
    return seen


@pytest.mark.parametrize(("scale", "std", "epsilon"), [("group", "sample", 1e-4), ("none", "none", 0.0)])
def test_trl_divides_by_the_sample_deviation_and_an_epsilon(
    tmp_path: Path, scale: str, std: Any, epsilon: float
) -> None:
    for batch in batches(tmp_path, scale_rewards=scale):
        # trl shuffles a batch before it is split; as sets the advantages are the same.
        rewards = batch["rewards"].double().reshape(-1, GROUP)
        ours = grpo.group_advantages(rewards, std, "group", epsilon).flatten()
        torch.testing.assert_close(
            batch["advantages"].double().sort().values, ours.sort().values, rtol=1e-5, atol=1e-5
        )


@pytest.mark.parametrize("beta", [0.0, 0.5])
def test_trls_loss_of_its_own_batch_is_ours(tmp_path: Path, beta: float) -> None:
    seen = batches(tmp_path, loss_type="grpo", beta=beta)
    for batch in seen:
        log_p, mask = batch["log_p"].double(), batch["completion_mask"].double()
        log_old = batch.get("old_per_token_logps", batch["log_p"]).double()
        log_ref = batch.get("ref_per_token_logps", batch["log_p"]).double()
        weights = grpo.token_weights(mask, "sequence")
        ours = -grpo.objective(log_p, log_old, log_ref, batch["advantages"].double(), weights, 0.2, beta)
        assert batch["loss"] == pytest.approx(float(ours), abs=2e-6)
    assert any(float(batch["advantages"].abs().max()) > 0.1 for batch in seen)
    assert abs(seen[0]["loss"]) < 1e-6
    assert (seen[-1]["loss"] > 1e-4) == (beta > 0)
