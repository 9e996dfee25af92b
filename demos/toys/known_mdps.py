"""Small Markov decision processes whose every probability is known, as arrays.

Invariant: a transition that ends the episode leaves no probability behind, so that nothing is counted after the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = Mapping[int, Mapping[int, Sequence[tuple[float, int, float, bool]]]]

ARROWS = {"FrozenLake-v1": "←↓→↑", "CliffWalking-v1": "↑→↓←", "sb-grid": "↑↓→←"}


@dataclass(frozen=True, slots=True)
class Mdp:
    """The five-tuple (S, A, P, R, γ) without γ, and where episodes start."""

    p: Array
    """P(s'|s, a) at [s, a, s'], shape (S, A, S); the row of an (s, a) that may end the episode sums to less than 1."""
    r: Array
    """R(s, a), the expected reward, shape (S, A)."""
    start: Array
    """The distribution of the start state, shape (S,)."""
    width: int = 0
    """The columns of a grid; 0 where the states are no grid."""


def from_table(table: Rows) -> tuple[Array, Array]:
    """P (S, A, S) and R (S, A) of `table[s][a] = [(probability, s', reward, done), …]`.

    R(s, a) = Σ p·r (Sutton & Barto 2018, eq. 3.5); an outcome that is `done` gives its reward and no way on.
    """
    states, actions = len(table), len(table[0])
    p, r = np.zeros((states, actions, states)), np.zeros((states, actions))
    for s, row in table.items():
        for a, outcomes in row.items():
            for probability, after, reward, done in outcomes:
                r[s, a] += probability * reward
                if not done:
                    p[s, a, after] += probability
    return p, r


def from_gymnasium(env: str, options: Mapping[str, Any], width: int) -> Mdp:
    """The table that gymnasium's toy-text environment itself steps by."""
    import gymnasium

    made: Any = gymnasium.make(env, **options).unwrapped
    p, r = from_table(made.P)
    return Mdp(p, r, np.asarray(made.initial_state_distrib, dtype=np.float64), width)


def sb_grid() -> Mdp:
    """Sutton & Barto's example 3.5: 5x5 cells, actions north south east west, without an end; any cell may be the start.

    Leaving the grid costs 1 and moves nowhere. Every action in A (row 0, column 1) gives 10 and leads to A' (row 4);
    every action in B (row 0, column 3) gives 5 and leads to B' (row 2).
    """
    p, r = np.zeros((25, 4, 25)), np.zeros((25, 4))
    special = {1: (21, 10.0), 3: (13, 5.0)}
    for s in range(25):
        for a, (down, right) in enumerate([(-1, 0), (1, 0), (0, 1), (0, -1)]):
            row, column = s // 5 + down, s % 5 + right
            inside = 0 <= row < 5 and 0 <= column < 5
            after, r[s, a] = special.get(s, (row * 5 + column, 0.0) if inside else (s, -1.0))
            p[s, a, after] = 1.0
    return Mdp(p, r, np.full(25, 1 / 25), 5)


def token_chain(length: int) -> Mdp:
    """Writing an answer as an MDP: the state is what is written, an action is a token, the transition appends it.

    Action 0 ends the answer (EOS), action 1 writes one more token. Ending after exactly `length` tokens gives 1 and
    ending anywhere else 0, as when a verifier or a reward model scores the finished answer only. States 0 … `length`.
    """
    p, r = np.zeros((length + 1, 2, length + 1)), np.zeros((length + 1, 2))
    p[np.arange(length), 1, np.arange(1, length + 1)] = 1.0
    r[length, 0] = 1.0
    return Mdp(p, r, np.eye(length + 1)[0])


def build(env: str, map_name: str, slippery: bool, length: int) -> Mdp:
    """The MDP of that name; `map_name` and `slippery` are the lake's, `length` is the token chain's."""
    match env:
        case "sb-grid":
            return sb_grid()
        case "token-chain":
            return token_chain(length)
        case "FrozenLake-v1":
            return from_gymnasium(env, {"map_name": map_name, "is_slippery": slippery}, int(map_name[0]))
        case "CliffWalking-v1":
            return from_gymnasium(env, {}, 12)
    return from_gymnasium(env, {}, 0)
