"""A language of five words and five-word answers, small enough to know everything: a gold reward, and a proxy that is fitted.

Words: three useful ones that count once each, a flattery that is welcome once and tiresome after, a filler. A policy is a
table of logits of the next word by place and word before, (seeds, LENGTH, WORDS + 1, WORDS). All WORDS**LENGTH answers are
enumerated, so expectations are sums without sampling error; several policies are kept side by side, one for each seed.
"""

from __future__ import annotations

import itertools

import numpy as np
import torch
from torch import Tensor

from toys.adam import Adam

WORDS, LENGTH = 5, 5
USEFUL, FLATTERY, FILLER = (0, 1, 2), 3, 4
PRIOR = (0.22, 0.16, 0.10, 0.06, 0.46)
"""Word frequencies of people who write without care: much filler, little flattery."""
CARE = 0.8
"""How much the writers of demonstrations weigh the gold reward, in nats a point."""

ANSWERS: Tensor = torch.from_numpy(np.array(list(itertools.product(range(WORDS), repeat=LENGTH))))
"""All answers, (WORDS**LENGTH, LENGTH)."""
COUNTS: Tensor = torch.stack([ANSWERS.eq(word).sum(1) for word in range(WORDS)], dim=1).double()
"""How often each word stands in each answer, (answers, WORDS)."""


def gold_reward() -> Tensor:
    """1 for each useful word that occurs, .5 for a flattery, -.7 for each further one, -.2 a filler; (answers,)."""
    useful = (COUNTS[:, USEFUL] > 0).double().sum(1)
    flattery = COUNTS[:, FLATTERY]
    return (
        useful + 0.5 * (flattery > 0).double() - 0.7 * (flattery - 1).clamp_min(0) - 0.2 * COUNTS[:, FILLER]
    )


GOLD: Tensor = gold_reward()


def demonstrations() -> Tensor:
    """The distribution of good demonstrations, ∝ Π prior(word)·exp(CARE·gold), (answers,)."""
    prior = torch.tensor(PRIOR, dtype=torch.float64).log()
    return (COUNTS @ prior + CARE * GOLD).softmax(0)


def transitions(answers: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Place, word before (WORDS at the start) and word of answers (…, LENGTH): the indices into a table."""
    before = torch.cat([torch.full_like(answers[..., :1], WORDS), answers[..., :-1]], -1)
    return torch.arange(LENGTH).expand_as(answers), before, answers


def log_probs(logits: Tensor, answers: Tensor) -> Tensor:
    """ln π(answer) under each seed's policy: answers (n, LENGTH) or (seeds, n, LENGTH) give (seeds, n)."""
    place, before, word = transitions(answers.expand(len(logits), *answers.shape[-2:]))
    seed = torch.arange(len(logits))[:, None, None]
    return logits.log_softmax(-1)[seed, place, before, word].sum(-1)


def write(logits: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Answers drawn from each seed's policy, (seeds, count, LENGTH)."""
    chances = logits.detach().softmax(-1).cumsum(-1)
    seed = torch.arange(len(logits))[:, None]
    before = torch.full((len(logits), count), WORDS)
    words = []
    for place in range(LENGTH):
        drawn = torch.rand(len(logits), count, 1, generator=generator, dtype=torch.float64)
        before = (drawn > chances[seed, place, before]).sum(-1).clamp_max(WORDS - 1)
        words.append(before)
    return torch.stack(words, -1)


def index_of(answers: Tensor) -> Tensor:
    """The row of each answer in ANSWERS, (…,)."""
    powers = torch.tensor([WORDS ** (LENGTH - 1 - place) for place in range(LENGTH)])
    return (answers * powers).sum(-1)


def fine_tune(
    demos: Tensor, held_out: Tensor, steps: int, learning_rate: float
) -> tuple[Tensor, list[Tensor], list[Tensor]]:
    """SFT by full-batch Adam on demos (seeds, n, LENGTH): logits, loss a word on them and on `held_out` (answers,)."""
    logits = torch.zeros(len(demos), LENGTH, WORDS + 1, WORDS, dtype=torch.float64, requires_grad=True)
    adam, seen, unseen = Adam([logits]), [], []
    for step in range(steps + 1):
        loss = -log_probs(logits, demos).mean(-1) / LENGTH
        seen.append(loss.detach())
        with torch.no_grad():
            unseen.append(-(log_probs(logits, ANSWERS) @ held_out) / LENGTH)
        if step < steps:
            adam.step(loss.sum(), learning_rate)
    return logits.detach(), seen, unseen


def fitted_proxy(log_pi: Tensor) -> Tensor:
    """A reward model that only counts words: least squares of the gold reward under π, ln π and result (seeds, answers).

    Right on average where the policy writes now, and wrong where it does not: a second flattery looks as good as the first.
    """
    design = torch.cat([torch.ones(len(COUNTS), 1, dtype=torch.float64), COUNTS[:, :-1]], 1)
    weights = log_pi.exp()
    gram = torch.einsum("sa,ai,aj->sij", weights, design, design)
    moment = torch.einsum("sa,ai,a->si", weights, design, GOLD)
    coefficients: Tensor = torch.linalg.solve(gram, moment[..., None])[..., 0]
    return coefficients @ design.T


def moments(log_pi: Tensor, reward: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and deviation of a reward (seeds, answers) or (answers,) under each policy, both (seeds,)."""
    pi = log_pi.exp()
    mean = (pi * reward).sum(-1)
    return mean, (pi * (reward - mean[:, None]).square()).sum(-1).sqrt()
