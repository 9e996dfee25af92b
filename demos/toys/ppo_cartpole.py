"""PPO on gymnasium's CartPole, all seeds at once: their networks are stacked and multiplied in one batch.

Algorithm 1 of Schulman et al. 2017, arXiv:1707.06347, with GAE, a value loss, an entropy bonus, normalised advantages and
minibatches; the surrogate and what is logged of it come from the demo. Step size and clip fall to zero along a line, as in
the paper's Atari runs; gradients are not clipped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import gymnasium
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from llmcore_tui.lab import report_progress
from toys.adam import Adam

ENV = "CartPole-v1"
SOLVED, MOST = 475.0, 500.0
PLACES, STEPS, MINIBATCH = 8, 64, 256
GAMMA, LAM, VALUE_WEIGHT, WINDOW = 0.99, 0.95, 0.5, 100
HIDDEN = 32
SCALE = torch.tensor([2.4, 2.0, 0.21, 2.0])
"""Typical sizes of position, velocity, angle and angular velocity: the networks see all four at order one."""

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Signals:
    """What one minibatch tells about the update, each (seeds,)."""

    clipped: Tensor
    silent: Tensor
    approx_kl: Tensor
    largest: Tensor
    gap: Tensor


class Surrogate(Protocol):
    """The objective of each sample, to be maximised, for one width of the clip."""

    def __call__(self, log_new: Tensor, log_old: Tensor, advantage: Tensor, *, clip: float) -> Tensor: ...


class Watch(Protocol):
    """The signals of one minibatch, for one width of the clip."""

    def __call__(self, log_new: Tensor, log_old: Tensor, advantage: Tensor, *, clip: float) -> Signals: ...


@dataclass(frozen=True, slots=True)
class Trained:
    """What is left of training, for each seed."""

    last_returns: Array
    """Mean of the last WINDOW episodes, (seeds,)."""
    reached: Array
    """Environment steps until the last WINDOW episodes averaged SOLVED; NaN where they did not, (seeds,)."""
    curve: list[tuple[float, float]]
    """Steps and the recent return, mean over seeds."""
    signals: list[Signals]
    entropy: Tensor
    """Mean over the last batch, (seeds,)."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """STEPS steps of each place, (STEPS, seeds, PLACES, …); a step that only resets its environment is not `real`."""

    observation: Tensor
    action: Tensor
    log_old: Tensor
    value: Tensor
    value_next: Tensor
    reward: Tensor
    terminated: Tensor
    truncated: Tensor
    real: Tensor


def layers(sizes: Sequence[int], last_gain: float, seeds: int, generator: torch.Generator) -> list[Tensor]:
    """Orthogonal weights (seeds, in, out) with gain √2, the last with `last_gain`, each followed by zero biases."""
    made = []
    for i, (rows, columns) in enumerate(pairwise(sizes)):
        gain = last_gain if i == len(sizes) - 2 else math.sqrt(2)
        weight = torch.empty(seeds, rows, columns)
        for one in weight:
            torch.nn.init.orthogonal_(one, gain, generator=generator)
        made += [weight.requires_grad_(), torch.zeros(seeds, 1, columns, requires_grad=True)]
    return made


def forward(network: Sequence[Tensor], x: Tensor) -> Tensor:
    """x (seeds, n, in) through tanh layers, (seeds, n, out): each seed has its own weights."""
    for i in range(0, len(network), 2):
        x = torch.baddbmm(network[i + 1], x, network[i])
        x = x.tanh() if i + 2 < len(network) else x
    return x


def gae(rollout: Rollout) -> Tensor:
    """Â of every step (Schulman et al. 2016, eq. 16): V(s') = 0 where terminated, nothing carried over either end."""
    alive, ended = ~rollout.terminated, rollout.terminated | rollout.truncated
    delta = rollout.reward + GAMMA * rollout.value_next * alive - rollout.value
    result, carried = torch.zeros_like(delta), torch.zeros_like(delta[0])
    for t in reversed(range(len(delta))):
        carried = delta[t] + GAMMA * LAM * ~ended[t] * carried
        result[t] = carried
    return result


class Player:
    """The environments between two rollouts, and the returns of the episodes that ended."""

    def __init__(self, seeds: int, seed: int) -> None:
        self.envs = gymnasium.make_vec(ENV, num_envs=seeds * PLACES, vectorization_mode="vector_entry_point")
        self.seeds = seeds
        self.observation = self.envs.reset(seed=seed)[0]
        self.resets = np.zeros(seeds * PLACES, dtype=np.bool_)
        self.running = np.zeros(seeds * PLACES)
        self.episodes: list[list[float]] = [[] for _ in range(seeds)]

    def step(self, action: NDArray[np.int64]) -> tuple[Array, Bools, Bools, Bools]:
        """Reward, terminated, truncated of one step, and whether it was one: after an end gymnasium only resets."""
        real = ~self.resets
        self.observation, reward, terminated, truncated, _ = self.envs.step(action)
        self.running += reward
        self.resets = terminated | truncated
        for place in np.flatnonzero(self.resets):
            self.episodes[place // PLACES].append(float(self.running[place]))
            self.running[place] = 0.0
        return reward.astype(np.float64), terminated, truncated & ~terminated, real

    def seen(self) -> Tensor:
        """What the networks read, (seeds, PLACES, 4)."""
        return torch.from_numpy(self.observation).view(self.seeds, PLACES, 4) / SCALE

    def recent(self) -> Array:
        """Mean return of each seed's last WINDOW episodes, NaN before there are so many."""
        return np.array(
            [np.mean(ends[-WINDOW:]) if len(ends) >= WINDOW else math.nan for ends in self.episodes]
        )

    def last_returns(self) -> Array:
        """Mean return of each seed's last WINDOW episodes or of as many as there are, (seeds,)."""
        return np.array([float(np.mean(ends[-WINDOW:])) if ends else 0.0 for ends in self.episodes])

    @torch.no_grad()
    def rollout(
        self, actor: Sequence[Tensor], critic: Sequence[Tensor], generator: torch.Generator
    ) -> Rollout:
        """Play STEPS steps; V(s') is taken of the true next state, also where a time limit cut the episode."""
        rows = []
        for _ in range(STEPS):
            x = self.seen()
            log_pi = forward(actor, x).log_softmax(-1)
            action = (torch.rand(x.shape[:2], generator=generator) > log_pi[..., 0].exp()).long()
            chosen = log_pi.gather(-1, action[..., None]).squeeze(-1)
            told = self.step(action.flatten().numpy())
            rows.append((x, action, chosen, *(torch.from_numpy(y).view(self.seeds, PLACES) for y in told)))
        x, action, chosen, reward, terminated, truncated, real = (
            torch.stack(c) for c in zip(*rows, strict=True)
        )
        states = torch.cat([x, self.seen()[None]]).movedim(0, 1).reshape(self.seeds, -1, 4)
        values = forward(critic, states).view(self.seeds, STEPS + 1, PLACES).movedim(1, 0)
        return Rollout(
            x, action, chosen, values[:-1], values[1:], reward.float(), terminated, truncated, real
        )


def weighted_mean(x: Tensor, weight: Tensor) -> Tensor:
    """Mean over the last axis of what counts, (seeds, n) -> (seeds,)."""
    return (x * weight).sum(-1) / weight.sum(-1)


def normalised(advantage: Tensor, real: Tensor) -> Tensor:
    """Centred and scaled by the deviation over the real steps of each seed, (seeds, n)."""
    centred = advantage - weighted_mean(advantage, real)[:, None]
    return centred / (weighted_mean(centred.square(), real).sqrt()[:, None] + 1e-8)


def train_cartpole(
    objective: Surrogate,
    watch: Watch,
    *,
    clip: float,
    epochs: int,
    steps: int,
    entropy_bonus: float,
    normalise: bool,
    seeds: int,
    seed: int,
    learning_rate: float = 5e-3,
    until_solved: bool = False,
) -> Trained:
    """`steps` environment steps of each seed, resets included; rate and clip fall to zero along a line."""
    generator = torch.Generator().manual_seed(seed)
    actor = layers([4, HIDDEN, 2], 0.01, seeds, generator)
    critic = layers([4, HIDDEN, 1], 1.0, seeds, generator)
    adam, player = Adam([*actor, *critic]), Player(seeds, seed)
    reached = np.full(seeds, np.nan)
    seen: list[Signals] = []
    curve: list[tuple[float, float]] = []
    entropy = torch.zeros(seeds)
    updates = max(1, steps // (PLACES * STEPS))
    for update in range(updates):
        left = 1 - update / updates
        batch = player.rollout(actor, critic, generator)
        advantage = gae(batch)
        flat = [
            y.movedim(0, 1).flatten(1, 2)
            for y in (
                batch.observation,
                batch.action,
                batch.log_old,
                advantage,
                advantage + batch.value,
                batch.real.float(),
            )
        ]
        for _ in range(epochs):
            for part in torch.randperm(STEPS * PLACES, generator=generator).chunk(
                STEPS * PLACES // MINIBATCH
            ):
                x, action, log_old, weight, target, real = (y[:, part] for y in flat)
                log_pi = forward(actor, x).log_softmax(-1)
                log_new = log_pi.gather(-1, action[..., None]).squeeze(-1)
                weight = normalised(weight, real) if normalise else weight
                gain = objective(log_new, log_old, weight, clip=clip * left)
                disorder = -(log_pi.exp() * log_pi).sum(-1)
                missed = (forward(critic, x).squeeze(-1) - target).square()
                seen.append(watch(log_new.detach(), log_old, weight * real, clip=clip * left))
                loss = weighted_mean(VALUE_WEIGHT * missed - gain - entropy_bonus * disorder, real)
                adam.step(loss.sum(), learning_rate * left)
                entropy = weighted_mean(disorder, real).detach()
        recent = player.recent()
        used = (update + 1) * PLACES * STEPS
        reached[np.isnan(reached) & (recent >= SOLVED)] = used
        curve.append((float(used), float(player.last_returns().mean())))
        report_progress(update + 1, updates)
        if until_solved and not np.isnan(reached).any():
            break
    player.envs.close()
    return Trained(player.last_returns(), reached, curve, seen, entropy)
