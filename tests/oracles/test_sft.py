"""The loss and the mask of the SFT demo held against transformers and trl."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import sft
from toys.chat import Data, lay_out

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("default")]

LENGTHS = (2, 5)
TEMPLATE = (
    "{% for m in messages %}{% if m.role == 'user' %}{{ '<user> ' + m.content + ' ' }}"
    "{% else %}{{ '<assistant> ' }}{% generation %}{{ m.content + ' <end> ' }}{% endgeneration %}{% endif %}{% endfor %}"
)


def tiny_llama() -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=32,
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=4,
        attn_implementation="sdpa",
    )
    return LlamaForCausalLM(config).double().eval()


def labelled(seed: int) -> list[dict[str, list[int]]]:
    """Examples as trl's trainer hands them to its collator."""
    return [
        {"input_ids": c.ids, "labels": [i if t else -100 for i, t in zip(c.ids, c.trained, strict=True)]}
        for c in Data(seed, 2, LENGTHS).conversations(5)
    ]


@torch.no_grad()
def test_the_loss_is_that_of_transformers_with_trls_collated_labels() -> None:
    from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

    batch = DataCollatorForLanguageModeling(pad_token_id=0)(labelled(0))
    out = tiny_llama()(**batch)
    rows = lay_out(Data(0, 2, LENGTHS).conversations(5), 0, pack=False, block_mask=False)
    assert torch.equal(batch["input_ids"], rows.ids)
    ours = sft.cross_entropy(out.logits, rows, sft.targets(rows, True), reduction="token", smoothing=0.0)
    # transformers takes the loss of its logits in float32.
    assert out.loss.item() == pytest.approx(ours.item(), rel=1e-6)


@torch.no_grad()
def test_trls_padding_free_row_has_our_packed_row_positions_and_targets() -> None:
    from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

    batch = DataCollatorForLanguageModeling(pad_token_id=0, padding_free=True)(labelled(1))
    rows = lay_out(Data(1, 2, LENGTHS).conversations(5), 10**6, pack=True, block_mask=True)
    assert torch.equal(batch["input_ids"], rows.ids)
    assert rows.positions is not None
    assert torch.equal(batch["position_ids"], rows.positions)
    assert torch.equal(batch["labels"][:, 1:] != -100, sft.targets(rows, True))
    model = tiny_llama()
    mask = rows.allowed.tril() if rows.allowed is not None else None
    assert mask is not None
    logits = model(rows.ids, attention_mask=mask[:, None], position_ids=rows.positions).logits
    for number, each in enumerate(labelled(1)):
        alone = model(torch.tensor([each["input_ids"]])).logits[0]
        torch.testing.assert_close(logits[rows.owner == number], alone)


def test_the_trained_tokens_are_those_that_transformers_marks_as_generated() -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = ["<pad>", "<user>", "<assistant>", "<end>", "short", "long", *(f"s{i}" for i in range(24))]
    raw = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="<pad>"))
    raw.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, pad_token="<pad>")
    for each in Data(2, 3, LENGTHS).conversations(4):
        text = [words[i] for i in each.ids]
        messages, at = [], 0
        while at < len(text):
            end = text.index("<end>", at)
            messages.append({"role": "user", "content": " ".join(text[at + 1 : at + 3])})
            messages.append({"role": "assistant", "content": " ".join(text[at + 4 : end])})
            at = end + 1
        seen = tokenizer.apply_chat_template(
            messages, chat_template=TEMPLATE, return_assistant_tokens_mask=True, return_dict=True
        )
        assert seen["input_ids"] == each.ids
        assert [bool(x) for x in seen["assistant_masks"]] == each.trained
