"""A toy task for a policy that writes: an answer has a good word at each place, and its reward is the share of good ones.

The policy is a table of logits, one row for each place and number of good words so far, for several seeds at once; small
enough that its expected reward, entropy and KL are sums and not samples.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

TOKENS, WORDS = 8, 6
"""An answer has TOKENS tokens out of WORDS words, of which one is good at each place."""
BATCH = 32
"""Answers of a seed in a batch."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What was written, (seeds, BATCH, TOKENS): the state t·(TOKENS+1) + good tokens so far, token, ln π_old, end reward."""

    state: Tensor
    token: Tensor
    log_old: Tensor
    reward: Tensor


def good_words(seed: int) -> Tensor:
    """The one word that is good at each place, (TOKENS,)."""
    return torch.from_numpy(np.random.default_rng(seed).integers(WORDS, size=TOKENS))


def write_answers(logits: Tensor, good: Tensor, noise: float, generator: torch.Generator) -> Answers:
    """BATCH answers of each seed's policy (seeds, states, WORDS); the reward at the end is the share of good words, plus noise."""
    seeds = torch.arange(len(logits))[:, None]
    log_pi = logits.log_softmax(-1)
    count = torch.zeros(len(logits), BATCH, dtype=torch.long)
    columns: list[tuple[Tensor, Tensor, Tensor]] = []
    for t in range(TOKENS):
        state = t * (TOKENS + 1) + count
        cumulated = log_pi[seeds, state].exp().cumsum(-1)
        drawn = torch.rand(*count.shape, 1, generator=generator, dtype=torch.float64)
        token = (drawn > cumulated).sum(-1).clamp_max(WORDS - 1)
        columns.append((state, token, log_pi[seeds, state, token]))
        count = count + (token == good[t])
    state, token, log_old = (torch.stack(column, -1) for column in zip(*columns, strict=True))
    noisy = noise * torch.randn(*count.shape, generator=generator, dtype=torch.float64)
    return Answers(state, token, log_old, count / TOKENS + noisy)


def exact_scores(logits: Tensor, good: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Expected share of good words, KL of the whole answer to the uniform reference, entropy a token; each (seeds,)."""
    log_pi = logits.log_softmax(-1).view(len(logits), TOKENS, TOKENS + 1, WORDS)
    entropy = -(log_pi.exp() * log_pi).sum(-1)
    visits = torch.zeros(len(logits), TOKENS + 1, dtype=torch.float64)
    visits[:, 0] = 1.0
    total = torch.zeros(len(logits), dtype=torch.float64)
    for t in range(TOKENS):
        total += (visits * entropy[:, t]).sum(-1)
        hit = log_pi[:, t, :, good[t]].exp()
        visits, stepped = visits * (1 - hit), visits * hit
        visits[:, 1:] += stepped[:, :-1]
    share = torch.arange(TOKENS + 1, dtype=torch.float64) / TOKENS
    return visits @ share, TOKENS * math.log(WORDS) - total, total / TOKENS
