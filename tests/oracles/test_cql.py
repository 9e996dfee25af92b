"""The CQL demo held against d3rlpy's discrete CQL: the penalty, and the loss with its Bellman error."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import cql

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("default")]

STATES, ACTIONS = 6, 4


def learner(alpha: float) -> Any:
    """d3rlpy's implementation for one-hot states, with untrained networks."""
    import d3rlpy

    torch.manual_seed(0)
    algorithm = d3rlpy.algos.DiscreteCQLConfig(alpha=alpha, gamma=0.9).create()
    algorithm.create_impl((STATES,), ACTIONS)
    return algorithm.impl


def table(impl: Any) -> Any:
    """The network's Q values of every state, (STATES, ACTIONS)."""
    with torch.no_grad():
        return impl._q_func_forwarder.compute_expected_q(torch.eye(STATES)).double().numpy()


def drawn() -> tuple[Any, Any]:
    """States and actions of 200 transitions, every state as often."""
    generator = np.random.default_rng(1)
    states = np.repeat(np.arange(STATES), 40)
    return states, np.where(
        generator.random(240) < 0.7, states % ACTIONS, generator.integers(0, ACTIONS, 240)
    )


def shares(states: Any, actions: Any) -> Any:
    share = np.zeros((STATES, ACTIONS))
    np.add.at(share, (states, actions), 1)
    return share / share.sum(axis=1, keepdims=True)


def test_the_penalty_of_a_minibatch_is_the_mean_over_states_of_ours() -> None:
    impl = learner(1.0)
    states, actions = drawn()
    theirs = impl._compute_conservative_loss(
        torch.eye(STATES)[torch.tensor(states)], torch.tensor(actions)[:, None]
    )
    ours = cql.penalty(table(impl), shares(states, actions)).mean()
    assert float(theirs.detach()) == pytest.approx(float(ours), abs=1e-5)


@pytest.mark.parametrize("alpha", [0.0, 1.0, 4.0])
def test_the_loss_is_ours_while_errors_are_below_one(alpha: float) -> None:
    """d3rlpy takes Huber's loss, which is half the square below one and linear above."""
    from d3rlpy.torch_utility import TorchMiniBatch

    impl = learner(alpha)
    states, actions = drawn()
    off = np.linspace(-0.9, 0.9, len(states))
    target = torch.tensor(table(impl)[states, actions] + off)[:, None].float()
    batch = TorchMiniBatch(
        observations=torch.eye(STATES)[torch.tensor(states)],
        actions=torch.tensor(actions)[:, None],
        rewards=target,
        next_observations=torch.eye(STATES)[torch.tensor(states)],
        next_actions=torch.tensor(actions)[:, None],
        returns_to_go=target,
        terminals=torch.ones_like(target),
        intervals=torch.ones_like(target),
        device="cpu",
    )
    theirs = impl.compute_loss(batch, target).loss
    q, y = table(impl), target.double().numpy()[:, 0]
    pushed = alpha * cql.penalty(q, shares(states, actions)).mean()
    bellman = np.mean([cql.cql_loss(q[s : s + 1], np.eye(ACTIONS)[a : a + 1], np.full((1, ACTIONS), t), 0.0)[0] for s, a, t in zip(states, actions, y, strict=True)])  # fmt: skip
    assert float(theirs.detach()) == pytest.approx(float(pushed + bellman), rel=1e-4)
