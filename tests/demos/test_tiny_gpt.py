"""The small GPT that the demos of fine-tuning share, against what any causal language model must do."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional

from toys.tiny_gpt import Shape, TinyGPT, log_probs, sample

SHAPE = Shape(vocabulary=11, context=8, width=16, layers=2, heads=2)


def stirred(seed: int = 1) -> TinyGPT:
    """A model whose output layer is not zero any more."""
    model = TinyGPT(SHAPE, dtype=torch.float64)
    with torch.no_grad():
        model.head.weight.normal_(generator=torch.Generator().manual_seed(seed))
    return model


def test_an_untrained_model_finds_every_token_equally_likely() -> None:
    ids = torch.arange(8).remainder(11)[None]
    logits = TinyGPT(SHAPE)(ids)
    assert functional.cross_entropy(logits[0], ids[0]).item() == pytest.approx(math.log(11), rel=1e-6)


def test_a_later_token_changes_no_earlier_logit() -> None:
    model = stirred()
    ids = torch.tensor([[1, 2, 3, 4, 5]])
    other = torch.tensor([[1, 2, 3, 9, 5]])
    torch.testing.assert_close(model(ids)[:, :3], model(other)[:, :3], rtol=0, atol=0)
    assert not torch.allclose(model(ids)[:, 3], model(other)[:, 3])


def test_packed_sequences_behind_a_block_mask_are_as_if_they_were_alone() -> None:
    model = stirred()
    first, second = torch.tensor([[1, 2, 3]]), torch.tensor([[7, 8]])
    owner = torch.tensor([0, 0, 0, 1, 1])
    allowed = (owner[:, None] == owner[None])[None]
    packed = model(torch.cat([first, second], 1), allowed, torch.tensor([[0, 1, 2, 0, 1]]))
    torch.testing.assert_close(packed[:, :3], model(first))
    torch.testing.assert_close(packed[:, 3:], model(second))


def test_the_log_probabilities_are_those_of_the_tokens_that_follow() -> None:
    model = stirred()
    ids = torch.tensor([[1, 2, 3]])
    logits = model(ids)
    expected = [logits[0, t].log_softmax(-1)[ids[0, t + 1]].item() for t in range(2)]
    assert log_probs(logits, ids)[0].tolist() == expected


def test_sampling_is_repeatable_and_follows_the_model() -> None:
    model = stirred()
    prompt = torch.ones(4000, 1, dtype=torch.long)
    drawn = [sample(model, prompt, 1, generator=torch.Generator().manual_seed(3)) for _ in range(2)]
    assert torch.equal(*drawn)
    shares = torch.bincount(drawn[0][:, 1], minlength=11) / 4000
    exact = model(prompt[:1])[0, 0].softmax(-1)
    assert (shares - exact).abs().max().item() < 4 * math.sqrt(0.25 / 4000)


def test_at_temperature_zero_the_likeliest_token_is_taken() -> None:
    model = stirred()
    prompt = torch.tensor([[4]])
    taken = sample(model, prompt, 1, generator=torch.Generator(), temperature=0)
    assert taken[0, 1].item() == model(prompt)[0, 0].argmax().item()
