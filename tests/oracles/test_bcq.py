"""The BCQ demo held against d3rlpy's discrete BCQ: which actions the mask leaves to the greedy choice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import bcq

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("default")]

STATES, ACTIONS = 300, 5


def theirs(tau: float) -> tuple[Any, Any, Any]:
    """d3rlpy's choice for random states, with the Q values and the imitator's probabilities it was made from."""
    import d3rlpy

    torch.manual_seed(0)
    algorithm = d3rlpy.algos.DiscreteBCQConfig(action_flexibility=tau).create()
    algorithm.create_impl((3,), ACTIONS)
    impl: Any = algorithm.impl
    x = 20 * torch.randn(STATES, 3)
    with torch.no_grad():
        chosen = impl.inner_predict_best_action(x)
        q = impl._q_func_forwarder.compute_expected_q(x)
        share = torch.softmax(impl._modules.imitator(x).logits, dim=1)
    return chosen.numpy(), q.double().numpy(), share.double().numpy()


@pytest.mark.parametrize("tau", [0.05, 0.3, 0.7, 0.95])
def test_the_best_kept_action_is_the_same(tau: float) -> None:
    chosen, q, share = theirs(tau)
    mask = bcq.kept(share, tau)
    assert 0 < (~mask).sum() < mask.size - STATES  # the mask excludes some, and not all but one everywhere
    assert chosen.tolist() == np.where(mask, q, -np.inf).argmax(axis=1).tolist()


def test_at_one_theirs_keeps_nothing_and_falls_back_to_the_first_action_where_ours_clones() -> None:
    """`>` there, `≥` here: at 1 the commonest action does not exceed itself."""
    chosen, q, share = theirs(1.0)
    assert set(chosen.tolist()) == {0}
    ours = np.where(bcq.kept(share, 1.0), q, -np.inf).argmax(axis=1)
    assert ours.tolist() == share.argmax(axis=1).tolist()
    assert len(set(ours.tolist())) > 1
