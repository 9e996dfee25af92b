"""PPO on the words of an answer, as RLHF runs it: a score at the end, a KL to the reference at every word, GAE, clipping.

Policy and critic are linear in the features of prompt and prefix. Rewards are undiscounted (γ = 1); advantages are not
whitened, so that β keeps its meaning; objectives are maximised, losses minimised, both as means over tokens.
Source: Schulman et al. 2017, arXiv:1707.06347, eq. 7 and 11; the reward with its KL: Ouyang et al. 2022, arXiv:2203.02155,
eq. 2 (without its pre-training term).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from toys.adam import Adam
from toys.support_language import END, LENGTH, WIDTH


@dataclass(frozen=True, slots=True)
class Rollout:
    """Sampled answers word by word, all (answers, LENGTH); `live` is False after the end."""

    prompts: Tensor
    """(answers,)"""
    nodes: Tensor
    words: Tensor
    live: Tensor
    answers: Tensor
    """The node of the whole answer, (answers,)"""


@dataclass(frozen=True, slots=True)
class Settings:
    """What PPO is run with."""

    beta: float
    kl_in: Literal["reward", "loss"]
    clip: float = 0.2
    lam: float = 0.95
    batch: int = 192
    epochs: int = 3
    minibatches: int = 2
    policy_rate: float = 0.03
    critic_rate: float = 0.05


def sample(word_logp: Tensor, count: int, generator: torch.Generator) -> Rollout:
    """`count` answers to prompts in turn, from log π(word | prefix), (prompts, PREFIXES, 8)."""
    prompts = torch.arange(count) % len(word_logp)
    node = torch.zeros(count, dtype=torch.long)
    live = torch.ones(count, dtype=torch.bool)
    nodes, words, lives = [], [], []
    for _ in range(LENGTH):
        at = torch.where(live, node, 0)
        word = torch.multinomial(word_logp[prompts, at].exp(), 1, generator=generator).squeeze(1)
        nodes.append(at)
        words.append(word)
        lives.append(live)
        node = torch.where(live & (word != END), WIDTH * node + word, node)
        live = live & (word != END)
    return Rollout(prompts, torch.stack(nodes, 1), torch.stack(words, 1), torch.stack(lives, 1), node)


def token_rewards(score: Tensor, logp: Tensor, reference: Tensor, live: Tensor, beta: float) -> Tensor:
    """-β(log π - log π_ref) at each word and the score (answers,) at the last, (answers, LENGTH)."""
    rewards = -beta * (logp - reference) * live
    last = live.sum(dim=1) - 1
    rewards[torch.arange(len(score)), last] += score
    return rewards


def token_gae(rewards: Tensor, values: Tensor, live: Tensor, lam: float) -> Tensor:
    """Â_t = δ_t + λÂ_{t+1} with δ_t = r_t + V_{t+1} - V_t at γ = 1; V is 0 after the last word; (answers, LENGTH)."""
    advantages = torch.zeros_like(rewards)
    after, value_after = rewards.new_zeros(len(rewards)), rewards.new_zeros(len(rewards))
    for t in reversed(range(rewards.shape[1])):
        delta = rewards[:, t] + value_after - values[:, t]
        after = (delta + lam * after) * live[:, t]
        value_after = values[:, t] * live[:, t]
        advantages[:, t] = after
    return advantages


def clipped_objective(logp: Tensor, old: Tensor, advantages: Tensor, clip: float) -> Tensor:
    """min(ρÂ, clip(ρ, 1-ε, 1+ε)Â) of each token, eq. 7."""
    ratio = (logp - old).exp()
    return torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages)


class TokenPPO:
    """The four models: policy and critic are trained, the reference and the scores of the reward model are not."""

    def __init__(
        self, features: Tensor, start: Tensor, scores: Tensor, settings: Settings, seed: int
    ) -> None:
        """Features (prompts, PREFIXES, f); the SFT policy's weights (f, 8); scores (prompts, ANSWERS)."""
        self.features, self.scores, self.settings = features, scores, settings
        self.policy = start.clone().requires_grad_()
        self.critic = start.new_zeros(features.shape[-1]).requires_grad_()
        self.reference = functional.log_softmax(features @ start, dim=-1)
        self.adams = Adam([self.policy]), Adam([self.critic])
        self.generator = torch.Generator().manual_seed(seed)

    @torch.no_grad()
    def word_logp(self) -> Tensor:
        """log π(word | prefix) of all prefixes, (prompts, PREFIXES, 8)."""
        return functional.log_softmax(self.features @ self.policy, dim=-1)

    def iterate(self) -> None:
        """Sample, score, take advantages, and go over the batch a few times."""
        rules, old = self.settings, self.word_logp()
        taken = sample(old, rules.batch, self.generator)
        prompts = taken.prompts[:, None].expand_as(taken.nodes)
        x = self.features[prompts, taken.nodes]
        old_logp, reference = old[prompts, taken.nodes, taken.words], self.reference[prompts, taken.nodes]
        with torch.no_grad():
            beta = rules.beta if rules.kl_in == "reward" else 0.0
            chosen = reference.gather(-1, taken.words[..., None]).squeeze(-1)
            score = self.scores[taken.prompts, taken.answers]
            values = x @ self.critic
            advantages = token_gae(
                token_rewards(score, old_logp, chosen, taken.live, beta), values, taken.live, rules.lam
            )
        whole = (x, taken.words, old_logp, reference, advantages, advantages + values)
        flat = [part[taken.live] for part in whole]
        for _ in range(rules.epochs):
            order = torch.randperm(len(flat[0]), generator=self.generator)
            for rows in order.chunk(rules.minibatches):
                self.update(*(part[rows] for part in flat))

    def update(
        self, x: Tensor, words: Tensor, old: Tensor, reference: Tensor, advantages: Tensor, returns: Tensor
    ) -> None:
        """One Adam step of policy and critic on a minibatch of tokens; `reference` (tokens, 8), the rest (tokens,)."""
        rules = self.settings
        logp = functional.log_softmax(x @ self.policy, dim=-1)
        chosen = logp.gather(-1, words[:, None]).squeeze(-1)
        loss = -clipped_objective(chosen, old, advantages, rules.clip).mean()
        if rules.kl_in == "loss":
            loss = loss + rules.beta * (logp.exp() * (logp - reference)).sum(-1).mean()
        self.adams[0].step(loss, rules.policy_rate)
        self.adams[1].step(0.5 * (x @ self.critic - returns).square().mean(), rules.critic_rate)
