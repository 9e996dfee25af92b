"""The PPO demo held against Stable-Baselines3: the loss and what it logs of it, and the advantages of its rollout buffer."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest
import torch
from gymnasium import spaces

import ppo
from gae import advantages
from toys import ppo_cartpole as cart

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("default")]

sb3 = pytest.importorskip("stable_baselines3")


def collected(**settings: Any) -> Any:
    """A PPO of the library with one full rollout in its buffer, and a policy that has since moved a little."""
    callbacks = import_module("stable_baselines3.common.callbacks")
    torch.manual_seed(0)
    model = sb3.PPO(
        "MlpPolicy",
        "CartPole-v1",
        n_steps=128,
        batch_size=128,
        n_epochs=1,
        learning_rate=0.0,
        seed=0,
        device="cpu",
        **settings,
    )
    _, callback = model._setup_learn(128, callbacks.ConvertCallback(lambda *_: True))
    assert model.collect_rollouts(model.env, callback, model.rollout_buffer, 128)
    with torch.no_grad():
        for weight in model.policy.parameters():
            weight.add_(0.2 * torch.randn(weight.shape))
    return model


@pytest.mark.parametrize("normalise", [False, True])
def test_the_librarys_policy_loss_is_minus_our_mean_surrogate(normalise: bool) -> None:
    model = collected(normalize_advantage=normalise)
    (batch,) = model.rollout_buffer.get(128)
    _, log_new, _ = model.policy.evaluate_actions(batch.observations, batch.actions.long().flatten())
    weight = ppo.normalised(batch.advantages) if normalise else batch.advantages
    ours = ppo.surrogate(log_new, batch.old_log_prob, weight, clip=0.2, use_clip=True)
    told = ppo.signals(log_new.detach(), batch.old_log_prob, weight, clip=0.2, use_clip=True)
    model.train()
    logged = model.logger.name_to_value
    assert float(told.clipped) > 0.05
    assert logged["train/policy_gradient_loss"] == pytest.approx(
        -float(ours.detach().mean()), rel=1e-4, abs=1e-6
    )
    assert logged["train/clip_fraction"] == pytest.approx(float(told.clipped), abs=1e-6)
    assert logged["train/approx_kl"] == pytest.approx(float(told.approx_kl), rel=1e-3)


def test_the_rollout_buffer_has_our_advantages() -> None:
    rng = np.random.default_rng(0)
    steps, envs = 50, 3
    buffer = import_module("stable_baselines3.common.buffers").RolloutBuffer(
        steps,
        spaces.Box(-1, 1, (1,)),
        spaces.Discrete(2),
        device="cpu",
        gae_lambda=0.9,
        gamma=0.97,
        n_envs=envs,
    )
    rewards, values = rng.normal(size=(2, steps, envs))
    dones = (rng.random((steps + 1, envs)) < 0.1).astype(np.float64)  # at index t: the step before t ended
    for t in range(steps):
        buffer.add(
            np.zeros((envs, 1)),
            np.zeros((envs, 1)),
            rewards[t],
            dones[t],
            torch.from_numpy(values[t]),
            torch.zeros(envs),
        )
    last = torch.from_numpy(rng.normal(size=envs))
    buffer.compute_returns_and_advantage(last, dones[-1])
    ours = advantages(rewards, values, last.numpy(), dones[1:], gamma=0.97, lam=0.9)
    np.testing.assert_allclose(buffer.advantages, ours, atol=1e-5)


def test_cartpoles_advantages_are_those_of_the_rollout_buffer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cart, "GAMMA", 0.97)
    monkeypatch.setattr(cart, "LAM", 0.9)
    generator = torch.Generator().manual_seed(0)
    steps, envs = 40, 4
    values = torch.randn(steps + 1, 1, envs, generator=generator)
    rewards = torch.rand(steps, 1, envs, generator=generator)
    ended = torch.rand(steps, 1, envs, generator=generator) < 0.1
    buffer = import_module("stable_baselines3.common.buffers").RolloutBuffer(
        steps,
        spaces.Box(-1, 1, (1,)),
        spaces.Discrete(2),
        device="cpu",
        gae_lambda=0.9,
        gamma=0.97,
        n_envs=envs,
    )
    starts = torch.cat([torch.zeros(1, 1, envs, dtype=torch.bool), ended])[:, 0].numpy()
    for t in range(steps):
        buffer.add(
            np.zeros((envs, 1)),
            np.zeros((envs, 1)),
            rewards[t, 0].numpy(),
            starts[t],
            values[t, 0],
            torch.zeros(envs),
        )
    buffer.compute_returns_and_advantage(values[-1, 0], starts[-1])
    none = torch.zeros_like(ended)
    rollout = cart.Rollout(rewards, rewards, rewards, values[:-1], values[1:], rewards, ended, none, ~none)
    np.testing.assert_allclose(cart.gae(rollout)[:, 0].numpy(), buffer.advantages, atol=1e-5)
