"""The demo's PPO beside Stable-Baselines3's: CPU time until the last 100 episodes of CartPole average 475.

Run: `.venv/bin/python benchmarks/cartpole.py [--seeds 5] [--steps 100000] [--sb3 PYTHON]`. Makes a venv of its own with
PyPI's `stable-baselines3`, or takes the interpreter named. Prints a Markdown table; both sides have one thread.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from functools import partial
from pathlib import Path

import numpy as np
import torch

FOLDER = Path(__file__).resolve().parent
sys.path.append(str(FOLDER.parent / "demos"))

import ppo  # noqa: E402  # found through the line above
from toys.ppo_cartpole import train_cartpole  # noqa: E402


def ours(seeds: int, steps: int, seed: int) -> tuple[list[float], list[float]]:
    """CPU seconds a seed of a run that stops when all seeds got there, and the steps of those that did."""
    started = time.process_time()
    trained = train_cartpole(
        partial(ppo.surrogate, use_clip=True),
        partial(ppo.signals, use_clip=True),
        clip=0.2,
        epochs=8,
        steps=steps,
        entropy_bonus=0.0,
        normalise=True,
        seeds=seeds,
        seed=seed,
        until_solved=True,
    )
    seconds = (time.process_time() - started) / seeds
    return [seconds] * seeds, trained.reached[np.isfinite(trained.reached)].tolist()


def theirs(python: Path, settings: str, seeds: int, steps: int) -> tuple[list[float], list[float]]:
    """The same of Stable-Baselines3, one process a seed."""
    runs = []
    for seed in range(seeds):
        command = [str(python), str(FOLDER / "sb3_side.py"), settings, str(seed), str(steps)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    return [run["seconds"] for run in runs], [run["steps"] for run in runs if run["reached"]]


def sb3_python(folder: Path) -> Path:
    """An interpreter with Stable-Baselines3, in a venv made for it."""
    print("Making a venv with stable-baselines3 …", file=sys.stderr)
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "torch==2.13.0", "stable-baselines3"], check=True
    )
    return python


def main() -> None:
    """Run the three and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--sb3", type=Path)
    wanted = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as temporary:
        python = wanted.sb3 or sb3_python(Path(temporary) / "venv")
        rows = {
            "demo `ppo`, all seeds in one batch": ours(wanted.seeds, wanted.steps, 0),
            "Stable-Baselines3, settings of its zoo": theirs(python, "zoo", wanted.seeds, wanted.steps),
            "Stable-Baselines3, the demo's settings": theirs(python, "ours", wanted.seeds, wanted.steps),
        }
    base = statistics.fmean(rows["demo `ppo`, all seeds in one batch"][0])
    print(
        "| what | seeds at 475 | steps, mean of those | CPU s a seed | ratio to the demo |\n|---|---|---|---|---|"
    )
    for name, (seconds, reached) in rows.items():
        mean = statistics.fmean(seconds)
        steps = f"{statistics.fmean(reached):,.0f}" if reached else "-"
        print(f"| {name} | {len(reached)} of {wanted.seeds} | {steps} | {mean:.1f} | {mean / base:.1f} |")


if __name__ == "__main__":
    main()
