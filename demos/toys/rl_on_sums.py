"""A policy that answers sums token by token, several independent copies at once, so that a run has a standard error."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from toys.adam import Adam
from toys.arithmetic import END, LONGEST, OPERANDS, VOCABULARY, demonstrations, lengths

WIDTH = 48
FEATURES = 2 * OPERANDS + LONGEST + VOCABULARY + 1


class SumPolicy:
    """tanh network: the two numbers, the place and the last token in, logits of the next token out; `runs` copies."""

    def __init__(self, runs: int, generator: torch.Generator) -> None:
        def drawn(inputs: int, outputs: int, scale: float) -> Tensor:
            weight = torch.randn(runs, inputs, outputs, generator=generator, dtype=torch.float64)
            return (weight * scale / math.sqrt(inputs)).requires_grad_()

        self.parameters = [drawn(FEATURES, WIDTH, 2.0), drawn(WIDTH, VOCABULARY, 0.1)]

    def frozen(self) -> SumPolicy:
        """A copy that is no longer trained: the reference."""
        copy = object.__new__(SumPolicy)
        copy.parameters = [p.detach().clone() for p in self.parameters]
        return copy

    def logits(self, features: Tensor) -> Tensor:
        """features (runs, n, FEATURES) gives (runs, n, VOCABULARY)."""
        into, out = self.parameters
        return torch.tanh(features @ into) @ out

    def log_probs(self, prompts: Tensor, responses: Tensor) -> Tensor:
        """log π(o_t | q, o_<t) in nats; prompts (runs, n, 2), responses (runs, n, LONGEST) gives the latter's shape."""
        runs, n, _ = responses.shape
        before = torch.cat([torch.full((runs, n, 1), END), responses[..., :-1]], -1)
        features = encode(
            prompts[:, :, None].expand(-1, -1, LONGEST, -1), torch.arange(LONGEST).expand(runs, n, -1), before
        )
        logits = self.logits(features.reshape(runs, n * LONGEST, FEATURES))
        every = functional.log_softmax(logits, -1).reshape(runs, n, LONGEST, VOCABULARY)
        return every.gather(-1, responses[..., None])[..., 0]


def encode(prompts: Tensor, place: Tensor, last: Tensor) -> Tensor:
    """One-hot of both numbers, of the place and of the last token, and a one for the bias."""
    parts = [
        functional.one_hot(prompts[..., 0], OPERANDS),
        functional.one_hot(prompts[..., 1], OPERANDS),
        functional.one_hot(place, LONGEST),
        functional.one_hot(last, VOCABULARY),
        torch.ones_like(last)[..., None],
    ]
    return torch.cat(parts, -1).to(torch.float64)


def mask_of(responses: Tensor) -> Tensor:
    """1 up to and with END, 0 after it; of the responses' shape."""
    return (torch.arange(LONGEST) < lengths(responses)[..., None]).to(torch.float64)


def draw_prompts(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Pairs of numbers, (*shape, 2)."""
    return torch.randint(OPERANDS, (*shape, 2), generator=generator)


@torch.no_grad()
def sample(policy: SumPolicy, prompts: Tensor, generator: torch.Generator) -> Tensor:
    """A response for each prompt at temperature 1; prompts (runs, n, 2) gives (runs, n, LONGEST), END after the end."""
    runs, n, _ = prompts.shape
    responses = torch.full((runs, n, LONGEST), END)
    last = torch.full((runs, n), END)
    ended = torch.zeros(runs, n, dtype=torch.bool)
    for place in range(LONGEST):
        logits = policy.logits(encode(prompts, torch.full_like(last, place), last))
        uniform = torch.rand(runs, n, VOCABULARY, generator=generator, dtype=torch.float64)
        last = (logits - (-uniform.log()).log()).argmax(-1)
        last = torch.where(ended, END, last)
        responses[..., place] = last
        ended |= last == END
    return responses


def warm_start(
    policy: SumPolicy, steps: int, *, skill: float, form: float, generator: torch.Generator
) -> None:
    """Cross-entropy on the poor teacher's responses (supervised fine-tuning), token mean."""
    adam = Adam(policy.parameters)
    runs = policy.parameters[0].shape[0]
    for _ in range(steps):
        prompts = draw_prompts((runs, 64), generator)
        flat = demonstrations(prompts.flatten(0, 1), skill=skill, form=form, generator=generator)
        responses = flat.reshape(runs, 64, LONGEST)
        mask = mask_of(responses)
        adam.step(-(policy.log_probs(prompts, responses) * mask).sum() / mask.sum() * runs, 0.02)
