"""The DAPO demo held against trl: the four losses of GRPOTrainer on the same tensors, and its over-long penalty."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

import dapo

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("default")]

LIMIT = 9


def trl_loss(
    variant: str,
    log_ratio: torch.Tensor,
    mask: torch.Tensor,
    advantages: torch.Tensor,
    low: float,
    high: float,
) -> torch.Tensor:
    """GRPOTrainer's own loss method, given log-probabilities instead of a model."""
    from collections import defaultdict

    from trl import GRPOTrainer

    old = torch.full_like(log_ratio, -1.0).detach()
    args = SimpleNamespace(delta=None, steps_per_generation=1, use_bias_correction_kl=False)
    names = {"dapo": "dapo", "grpo": "grpo", "dr_grpo": "dr_grpo", "gspo": "grpo"}
    metrics: Any = {"train": defaultdict(list), "eval": defaultdict(list)}
    trainer: Any = SimpleNamespace(
        _get_per_token_logps_and_entropies=lambda *a, **k: (old + log_ratio, torch.zeros_like(old), None),
        aux_loss_enabled=False, top_entropy_quantile=1.0, off_policy_mask_threshold=None, beta=0.0,
        importance_sampling_level="sequence" if variant == "gspo" else "token", loss_type=names[variant],
        epsilon_low=low, epsilon_high=high if variant in ("dapo", "gspo") else low, args=args, use_vllm=False,
        model=SimpleNamespace(training=True), current_gradient_accumulation_steps=1, max_completion_length=LIMIT,
        accelerator=SimpleNamespace(num_processes=1, gather=lambda x: x, reduce=lambda x, reduction: x), _metrics=metrics, _entropy_bonus_enabled=False,
    )  # fmt: skip
    rows, time = mask.shape
    inputs = {
        "prompt_ids": torch.zeros(rows, 1), "prompt_mask": torch.ones(rows, 1), "completion_ids": torch.zeros(rows, time),
        "completion_mask": mask, "advantages": advantages, "old_per_token_logps": old, "num_items_in_batch": mask.sum(),
    }  # fmt: skip
    loss: torch.Tensor = GRPOTrainer._compute_loss(trainer, None, inputs)
    return loss


@pytest.mark.parametrize("variant", ["dapo", "grpo", "dr_grpo", "gspo"])
@pytest.mark.parametrize("eps", [(0.2, 0.28), (0.0003, 0.0004)])
def test_trls_loss_and_its_gradient_are_ours(variant: Any, eps: tuple[float, float]) -> None:
    g = torch.Generator().manual_seed(0)
    log_ratio = 0.3 * torch.randn(5, 7, generator=g, dtype=torch.float64)
    advantages = torch.randn(5, generator=g, dtype=torch.float64)
    mask = (torch.arange(7) < torch.tensor([[1], [7], [3], [5], [4]])).double()
    ours, theirs = log_ratio.clone().requires_grad_(), log_ratio.clone().requires_grad_()
    objective = dapo.objective(variant, ours, mask, advantages, eps[0], eps[1], LIMIT)
    loss = trl_loss(variant, theirs, mask, advantages, *eps)
    assert float(loss.detach()) == pytest.approx(-float(objective.detach()), rel=1e-12)
    (mine,) = torch.autograd.grad(objective, [ours])
    (his,) = torch.autograd.grad(loss, [theirs])
    torch.testing.assert_close(mine, -his, rtol=1e-12, atol=1e-15)


def test_trls_over_long_penalty_is_ours() -> None:
    from trl.rewards import get_soft_overlong_punishment

    reward = get_soft_overlong_punishment(max_completion_len=100, soft_punish_cache=20)
    for length in (1, 79, 80, 81, 90, 100, 101, 300):
        assert reward([[1] * length]) == [pytest.approx(dapo.overlong(length, 100, 20))]
