"""A frozen lake and data sets of it that lack actions, for learning without acting.

Invariant: what is learned from a `Batch` uses its counts alone; the lake's own probabilities only grade the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from toys.known_mdps import Mdp, from_gymnasium

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Samples = int | Literal["all"]

GOAL = 100.0
"""What the goal pays, so that values are of the order of ten and α = 1 is a small price beside them."""
TEMPERATURE = 5.0
"""The behaviour policy is ∝ exp(Q*/TEMPERATURE) over the actions it ever takes: better than chance, far from best."""


@dataclass(frozen=True, slots=True)
class Batch:
    """D data sets of the same lake, each with equally many transitions from every state."""

    share: Array
    """π̂_b(a|s), the share of action a among the transitions from s, shape (D, S, A)."""
    p: Array
    """The observed frequency of s' after (s, a), ends left out; zero where (s, a) was never taken; (D, S, A, S)."""
    r: Array
    """The observed mean reward of (s, a), shape (D, S, A)."""

    @property
    def seen(self) -> Mask:
        """Which (s, a) the data hold, shape (D, S, A)."""
        return self.share > 0

    def targets(self, v: Array, gamma: float) -> Array:
        """r + γ Σ p(s') v(s'), the mean Bellman target of each pair in the data; v (D, S), gives (D, S, A)."""
        return self.r + gamma * (self.p @ v[:, None, :, None])[..., 0]


def lake() -> Mdp:
    """gymnasium's slippery FrozenLake 4x4 with a goal that pays GOAL: 16 states, 4 actions."""
    mdp = from_gymnasium("FrozenLake-v1", {"map_name": "4x4", "is_slippery": True}, 4)
    return Mdp(mdp.p, GOAL * mdp.r, mdp.start, mdp.width)


def alive(mdp: Mdp) -> Mask:
    """The states in which something can still happen: neither a hole nor the goal; shape (S,)."""
    return np.asarray((mdp.p.sum(axis=2) + mdp.r).any(axis=1))


def best_values(mdp: Mdp, gamma: float) -> Array:
    """Q* of the real lake by value iteration (Sutton & Barto 2018, eq. 4.10), shape (S, A)."""
    q, change = mdp.r, 1.0
    while change > 1e-13 * GOAL:
        after = mdp.r + gamma * mdp.p @ q.max(axis=1)
        change, q = float(np.abs(after - q).max()), after
    return q


def behaviours(mdp: Mdp, gamma: float, coverage: float, datasets: int, rng: np.random.Generator) -> Array:
    """π_b of each data set, shape (D, S, A): ∝ exp(Q*/TEMPERATURE) over the actions that this one ever takes.

    One action a state, drawn from that soft policy, is always taken; each of the others with probability `coverage`.
    """
    q = best_values(mdp, gamma)
    soft = np.exp((q - q.max(axis=1, keepdims=True)) / TEMPERATURE)
    soft /= soft.sum(axis=1, keepdims=True)
    shape = (datasets, *q.shape)
    taken = rng.random(shape) < coverage
    always = (soft.cumsum(axis=1) > rng.random((*shape[:2], 1))).argmax(axis=2)
    np.put_along_axis(taken, always[..., None], True, axis=2)
    policy = soft * taken
    return np.asarray(policy / policy.sum(axis=2, keepdims=True))


def collect(mdp: Mdp, policy: Array, samples: Samples, rng: np.random.Generator) -> Batch:
    """`samples` transitions from every state by `policy` (D, S, A); `all` is the limit of endlessly many.

    Outcomes are drawn from the lake: each next state, the goal (which pays), or a hole (which ends without pay).
    """
    if samples == "all":
        seen = policy > 0
        return Batch(policy, np.where(seen[..., None], mdp.p, 0.0), np.where(seen, mdp.r, 0.0))
    states = len(mdp.r)
    goal = mdp.r / GOAL
    outcomes = np.concatenate([mdp.p, goal[..., None], (1 - mdp.p.sum(axis=2) - goal)[..., None]], axis=2)
    outcomes = np.clip(outcomes, 0.0, None)
    outcomes /= outcomes.sum(axis=2, keepdims=True)
    counts = rng.multinomial(samples, policy)
    after = rng.multinomial(counts, np.broadcast_to(outcomes, (*counts.shape, states + 2)))
    mean = after / np.maximum(counts, 1)[..., None]
    return Batch(counts / samples, mean[..., :states], GOAL * mean[..., states])


def policy_values(mdp: Mdp, policy: Array, gamma: float) -> Array:
    """True values of policies (D, S, A) in the real lake: v = (I - γ P_π)⁻¹ r_π; shape (D, S)."""
    step = np.einsum("dsa,sat->dst", policy, mdp.p)
    reward = (policy * mdp.r).sum(axis=2)
    values = np.linalg.solve(np.eye(len(mdp.r)) - gamma * step, reward[..., None])[..., 0]
    return np.asarray(values, dtype=np.float64)


def greedy(q: Array) -> Array:
    """The policy that takes the largest value, as probabilities; (D, S, A) to (D, S, A)."""
    return np.asarray(np.eye(q.shape[2])[q.argmax(axis=2)])
