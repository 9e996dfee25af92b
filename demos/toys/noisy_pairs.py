"""Stage 2 of RLHF on the toy language: pairs of answers, labels that err, and a reward model fitted to them.

Bradley & Terry 1952; as a loss of a reward model: Ouyang et al. 2022, arXiv:2203.02155, eq. 1.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from toys.support_language import ANSWERS, answer_features, gold_reward

Array = NDArray[np.float64]
GOLD, READ = gold_reward(), answer_features()
LABEL_TEMPERATURE = 0.1
"""Labellers prefer i to j with σ((g_i - g_j)/this); scores are multiplied by it, so that proxy and truth have one unit."""
HELD_OUT = 2000
"""Pairs that measure the reward model."""


def draw_pairs(
    probabilities: Array, pairs: int, rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Prompts (pairs,) in turn and two answers to each, (pairs, 2), drawn from (prompts, ANSWERS)."""
    prompts = np.arange(pairs) % len(probabilities)
    cumulated = probabilities.cumsum(axis=1)
    drawn = rng.random((pairs, 2))
    answers = np.empty((pairs, 2), dtype=np.intp)
    for p, row in enumerate(cumulated):
        answers[prompts == p] = np.searchsorted(row, drawn[prompts == p] * row[-1], side="right")
    return prompts, np.minimum(answers, ANSWERS - 1)


def preference(gap: Array, noise: float) -> Array:
    """Chance that a labeller prefers the first: Bradley-Terry on the true reward, a share `noise` of labels flipped."""
    fair: Array = 1 / (1 + np.exp(-gap / LABEL_TEMPERATURE))
    return noise + (1 - 2 * noise) * fair


def fit_bradley_terry(differences: Array) -> Array:
    """Stage 2: w that minimises -Σ ln σ(w·(x_chosen - x_rejected)) + .05‖w‖², by Newton; differences (pairs, 6)."""
    w = np.zeros(differences.shape[1])
    for _ in range(20):
        lost = 1 / (1 + np.exp(differences @ w))
        gradient = differences.T @ lost - 0.1 * w
        curvature = (differences.T * (lost * (1 - lost))) @ differences + 0.1 * np.eye(len(w))
        w = w + np.linalg.solve(curvature, gradient)
    return w


def label_and_fit(
    reference: Tensor, pairs: int, noise: float, rng: np.random.Generator
) -> tuple[Tensor, dict[str, float]]:
    """Scores (prompts, ANSWERS) of a reward model of noisy labels, 0 on average over `reference`, and how good it is."""
    prompts, drawn = draw_pairs(reference.exp().numpy(), pairs + HELD_OUT, rng)
    gap = GOLD[prompts, drawn[:, 0]] - GOLD[prompts, drawn[:, 1]]
    apart = READ[prompts, drawn[:, 0]] - READ[prompts, drawn[:, 1]]
    first = preference(gap, noise)
    labels = np.where(rng.random(pairs) < first[:pairs], 1.0, -1.0)
    w = LABEL_TEMPERATURE * fit_bradley_terry(labels[:, None] * apart[:pairs])
    unequal = np.abs(gap[pairs:]) > 1e-9
    scores = torch.tensor(READ @ w)
    quality = {
        "label_agreement": float((first**2 + (1 - first) ** 2)[pairs:].mean()),
        "rm_accuracy": float((apart[pairs:] @ w * gap[pairs:] > 0)[unequal].mean()),
    }
    return scores - (reference.exp() * scores).sum(1).mean(), quality
