"""Stable-Baselines3's PPO on CartPole until the last 100 episodes average 475; runs in an environment that has it.

Run by `cartpole.py`: `python sb3_side.py SETTINGS SEED STEPS`. Prints JSON: CPU seconds of the training, steps, and whether
the return was reached.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import torch

SOLVED, WINDOW = 475.0, 100


def falling(start: float) -> Callable[[float], float]:
    """A value that falls to zero along a line, as Stable-Baselines3 asks for it."""
    return lambda left: start * left


def settings(name: str) -> dict[str, Any]:
    """`zoo`: those of RL Baselines3 Zoo, as remembered; `ours`: those of the demo, as far as the library has them."""
    if name == "zoo":
        return {
            "n_steps": 32,
            "n_epochs": 20,
            "gamma": 0.98,
            "gae_lambda": 0.8,
            "learning_rate": falling(1e-3),
        }
    return {
        "n_steps": 64,
        "n_epochs": 8,
        "gamma": 0.99,
        "gae_lambda": 0.95,
        "learning_rate": falling(5e-3),
        "policy_kwargs": {"net_arch": [32]},
    }


def main() -> None:
    """Train one seed and print what it took."""
    name, seed, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(1)
    sb3 = importlib.import_module("stable_baselines3")
    convert: Any = importlib.import_module("stable_baselines3.common.callbacks").ConvertCallback
    make_vec_env = importlib.import_module("stable_baselines3.common.env_util").make_vec_env
    envs = make_vec_env("CartPole-v1", n_envs=8, seed=seed)
    model = sb3.PPO(
        "MlpPolicy", envs, batch_size=256, clip_range=falling(0.2), seed=seed, device="cpu", **settings(name)
    )

    def unsolved(*_: Any) -> bool:
        ends = [episode["r"] for episode in model.ep_info_buffer]
        return len(ends) < WINDOW or sum(ends) / len(ends) < SOLVED

    started = time.process_time()
    model.learn(steps, callback=convert(unsolved))
    ends = [episode["r"] for episode in model.ep_info_buffer]
    reached = len(ends) == WINDOW and sum(ends) / WINDOW >= SOLVED
    print(
        json.dumps(
            {"seconds": time.process_time() - started, "steps": model.num_timesteps, "reached": reached}
        )
    )


if __name__ == "__main__":
    main()
