"""A GPT small enough to train in seconds on one CPU thread: what the demos of fine-tuning and alignment share.

Pre-norm blocks (Radford et al. 2019, GPT-2, section 2.3), learned positions, no dropout. Everything is seeded and in one
dtype, so that the same flags give the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a model."""

    vocabulary: int
    context: int
    """Most tokens that are read at once."""
    width: int = 32
    layers: int = 2
    heads: int = 2


class Block(nn.Module):
    """x + attention(norm(x)), then x + MLP(norm(x)); the MLP is four times as wide inside."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.norm_1, self.norm_2 = nn.LayerNorm(shape.width), nn.LayerNorm(shape.width)
        self.q = nn.Linear(shape.width, shape.width)
        self.k = nn.Linear(shape.width, shape.width)
        self.v = nn.Linear(shape.width, shape.width)
        self.out = nn.Linear(shape.width, shape.width)
        self.up = nn.Linear(shape.width, 4 * shape.width)
        self.down = nn.Linear(4 * shape.width, shape.width)

    def forward(self, x: Tensor, allowed: Tensor) -> Tensor:
        """x (batch, time, width); allowed (batch or 1, 1, time, time) is True where a query may look at a key."""
        batch, time, width = x.shape
        y = self.norm_1(x)
        q, k, v = (
            f(y).view(batch, time, self.heads, width // self.heads).transpose(1, 2)
            for f in (self.q, self.k, self.v)
        )
        seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=allowed)
        x = x + self.out(seen.transpose(1, 2).reshape(batch, time, width))
        after: Tensor = x + self.down(functional.gelu(self.up(self.norm_2(x))))
        return after


class TinyGPT(nn.Module):
    """Token ids in, logits of the next token out."""

    def __init__(self, shape: Shape, *, seed: int = 0, dtype: torch.dtype = torch.float32) -> None:
        """Weights are drawn from N(0, .02²) as in GPT-2, the output layer starts at zero: every token is equally likely."""
        super().__init__()
        self.shape = shape
        self.token = nn.Embedding(shape.vocabulary, shape.width)
        self.position = nn.Embedding(shape.context, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(shape.width)
        self.head = nn.Linear(shape.width, shape.vocabulary, bias=False)
        generator = torch.Generator().manual_seed(seed)
        for name, weight in self.named_parameters():
            if weight.dim() > 1:
                nn.init.normal_(weight, std=0.02, generator=generator)
            elif "norm" not in name:
                nn.init.zeros_(weight)
        nn.init.zeros_(self.head.weight)
        self.to(dtype)

    def hidden(self, ids: Tensor, allowed: Tensor | None = None, positions: Tensor | None = None) -> Tensor:
        """The last hidden states, (batch, time, width) of ids (batch, time): what a value or reward head reads.

        `allowed` (batch or 1, time, time), True where a query may look at a key, narrows the causal mask: for packed
        sequences. `positions` (batch or 1, time) in place of 0, 1, 2, ….
        """
        time = ids.shape[1]
        causal = torch.ones(time, time, dtype=torch.bool).tril()
        mask = causal[None] if allowed is None else causal & allowed
        x = self.token(ids) + self.position(torch.arange(time) if positions is None else positions)
        for block in self.blocks:
            x = block(x, mask[:, None])
        hidden: Tensor = self.norm(x)
        return hidden

    def forward(self, ids: Tensor, allowed: Tensor | None = None, positions: Tensor | None = None) -> Tensor:
        """Logits (batch, time, vocabulary); those at place t are of the token at t + 1."""
        logits: Tensor = self.head(self.hidden(ids, allowed, positions))
        return logits


def log_probs(logits: Tensor, ids: Tensor) -> Tensor:
    """log π(ids[:, t + 1] | ids[:, : t + 1]) at t, shape (batch, time - 1), in nats."""
    return functional.log_softmax(logits[:, :-1], dim=-1).gather(-1, ids[:, 1:, None]).squeeze(-1)


@torch.no_grad()
def sample(
    model: TinyGPT, prompt: Tensor, new: int, *, generator: torch.Generator, temperature: float = 1.0
) -> Tensor:
    """The prompts (batch, time) with `new` sampled tokens behind each; temperature 0 takes the likeliest token."""
    ids = prompt
    for _ in range(new):
        logits = model(ids[:, -model.shape.context :])[:, -1]
        if temperature == 0:
            chosen = logits.argmax(-1, keepdim=True)
        else:
            chosen = torch.multinomial(functional.softmax(logits / temperature, -1), 1, generator=generator)
        ids = torch.cat([ids, chosen], dim=1)
    return ids
