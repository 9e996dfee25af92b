"""The preference losses held against trl's trainers: ipo and sft in DPOTrainer, ORPO, SimPO (CPO) and KTO in their own."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

import preference_losses as losses

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("default")]

SUMS = [(-20.0, -28.0, -22.0, -27.0, 20, 40), (-3.5, -1.25, -3.0, -2.0, 4, 2)]


def pair(case: tuple[float, float, float, float, int, int]) -> losses.Pair:
    w, x, ref_w, ref_x = (torch.tensor(v, dtype=torch.float64) for v in case[:4])
    return losses.Pair(w, x, ref_w, ref_x, case[4], case[5])


def spread(total: float, tokens: int, length: int) -> Tensor:
    """A row of token log-probabilities with this sum over its first `tokens`, zeros after."""
    row = torch.zeros(length, dtype=torch.float64)
    weight = torch.arange(1, tokens + 1, dtype=torch.float64)
    row[:tokens] = total * weight / weight.sum()
    return row


class Scripted(torch.nn.Module):
    """A model whose token log-probabilities are given, as trl's patched forward returns them."""

    def __init__(self, logps: Tensor) -> None:
        super().__init__()
        self.logps = logps
        self.is_gradient_checkpointing = False

    def forward(self, **_: Any) -> SimpleNamespace:
        still = self.logps.detach()
        return SimpleNamespace(
            log_probs=self.logps,
            entropy=torch.zeros_like(still),
            mean_logits=torch.zeros_like(still),
            is_top1=torch.zeros_like(still, dtype=torch.bool),
        )


def batch_of(case: tuple[float, float, float, float, int, int]) -> dict[str, Tensor]:
    """One pair, chosen first; the prompt is one token."""
    length = max(case[4:]) + 1
    mask = torch.stack([(torch.arange(length) > 0) & (torch.arange(length) <= n) for n in case[4:]]).long()
    ids = torch.ones(2, length, dtype=torch.long)
    return {"input_ids": ids, "attention_mask": ids, "completion_mask": mask}


def rows(case: tuple[float, float, float, float, int, int], first: int) -> Tensor:
    length = max(case[4:])
    return torch.stack([spread(case[first + i], int(case[4 + i]), length) for i in (0, 1)])


def dpo_trainer_loss(case: tuple[float, float, float, float, int, int], loss: str, beta: float) -> Any:
    """trl's DPOTrainer._compute_loss on scripted models; gives the loss and the derivatives by the two sums."""
    from trl import DPOTrainer

    trainer: Any = object.__new__(DPOTrainer)
    policy = rows(case, 0).requires_grad_()
    trainer.model = Scripted(policy)
    trainer.ref_model = Scripted(rows(case, 2))
    trainer.accelerator = SimpleNamespace(
        device=torch.device("cpu"), gather_for_metrics=lambda x: x, gather=lambda x: x
    )
    trainer.args = SimpleNamespace(gradient_checkpointing_kwargs=None, use_liger_kernel=False)
    trainer.aux_loss_enabled = False
    trainer.ld_alpha = None
    trainer.precompute_ref_logps = False
    trainer.f_divergence_type = "reverse_kl"
    trainer.loss_types, trainer.loss_weights = [loss], [1.0]
    trainer.beta, trainer.label_smoothing, trainer.use_weighting = beta, 0.0, False
    trainer._total_train_tokens, trainer._tp_size = 0, 1
    trainer._metrics = {"train": defaultdict(list), "eval": defaultdict(list)}
    value = trainer._compute_loss(trainer.model, batch_of(case), return_outputs=False)
    (gradient,) = torch.autograd.grad(value, policy)
    # Every token of an answer has the derivative by the answer's sum, or by the mean over its length.
    return value.item(), gradient[0, 0].item(), gradient[1, 0].item()


@pytest.mark.parametrize("case", SUMS)
@pytest.mark.parametrize("beta", [0.1, 0.9])
@pytest.mark.parametrize(("theirs", "name"), [("sigmoid", "dpo"), ("ipo", "ipo"), ("sft", "sft")])
def test_trls_dpo_trainer_gives_our_loss_and_derivatives(
    case: Any, beta: float, theirs: str, name: Any
) -> None:
    use = losses.Settings(beta, per_token=True)
    value, chosen, rejected = dpo_trainer_loss(case, theirs, beta)
    assert value == pytest.approx(float(losses.loss_of(name, pair(case), use)), rel=1e-6)
    up, down, _ = losses.gradients(name, pair(case), use)
    assert (chosen, rejected) == (pytest.approx(up, rel=1e-6), pytest.approx(down, rel=1e-6, abs=1e-12))


@pytest.mark.parametrize("case", SUMS)
@pytest.mark.parametrize(("beta", "gamma"), [(2.0, 1.0), (0.5, 0.0)])
def test_simpo_is_trls_cpo_loss_on_mean_log_probabilities(case: Any, beta: float, gamma: float) -> None:
    from trl.experimental.cpo import CPOTrainer

    stub: Any = SimpleNamespace(
        alpha=0.0,
        loss_type="simpo",
        simpo_gamma=gamma,
        beta=beta,
        label_smoothing=0.0,
        accelerator=SimpleNamespace(device=torch.device("cpu")),
    )
    chosen, rejected = (mean[None] for mean in pair(case).means())
    theirs, *_ = CPOTrainer.cpo_loss(stub, chosen, rejected)
    ours = losses.loss_of("simpo", pair(case), losses.Settings(beta, gamma=gamma))
    assert theirs.item() == pytest.approx(ours.item(), rel=1e-12)


@pytest.mark.parametrize("case", SUMS)
def test_orpos_odds_ratio_is_that_of_trl(case: Any) -> None:
    from trl.experimental.orpo import ORPOTrainer

    stub: Any = SimpleNamespace(beta=0.3, accelerator=SimpleNamespace(device=torch.device("cpu")))
    chosen, rejected = (mean[None] for mean in pair(case).means())
    gained, _, _, _, log_odds = ORPOTrainer.odds_ratio_loss(stub, chosen, rejected)
    assert log_odds.item() == pytest.approx(float(losses.orpo_margin(pair(case))), rel=1e-5)
    # trl's trainer takes the negative log-likelihood over prompt and answer, the paper and we over the answer.
    nll = -pair(case).means()[0]
    ours = losses.loss_of("orpo", pair(case), losses.Settings(0.3))
    assert (nll - gained).item() == pytest.approx(ours.item(), rel=1e-5)


@pytest.mark.parametrize("case", SUMS)
def test_kto_is_trls_loss_of_one_desirable_and_one_undesirable_answer(case: Any) -> None:
    from trl import KTOTrainer

    trainer: Any = object.__new__(KTOTrainer)
    policy = rows(case, 0).requires_grad_()
    trainer.model, trainer.ref_model = Scripted(policy), Scripted(rows(case, 2))
    trainer.accelerator = SimpleNamespace(
        device=torch.device("cpu"), gather_for_metrics=lambda x: x, gather=lambda x: x
    )
    trainer.args = SimpleNamespace(gradient_checkpointing_kwargs=None)
    trainer.aux_loss_enabled, trainer.precompute_ref_logps, trainer.calculate_KL = False, False, True
    trainer.loss_type, trainer.beta = "kto", 0.4
    trainer.desirable_weight = trainer.undesirable_weight = 1.0
    trainer._total_train_tokens, trainer._tp_size = 0, 1
    trainer._metrics = {"train": defaultdict(list), "eval": defaultdict(list)}
    shift = {id(trainer.model): 0.7, id(trainer.ref_model): 0.0}
    trainer._compute_kl_logps = lambda model, batch: torch.full((2,), shift[id(model)], dtype=torch.float64)
    batch = {**batch_of(case), "label": torch.tensor([True, False])}
    value = trainer._compute_loss(trainer.model, batch, return_outputs=False)
    use = losses.Settings(0.4, kl=0.7)
    assert value.item() == pytest.approx(float(losses.loss_of("kto", pair(case), use)), rel=1e-6)
    (gradient,) = torch.autograd.grad(value, policy)
    up, down, _ = losses.gradients("kto", pair(case), use)
    assert gradient[0, 0].item() == pytest.approx(up, rel=1e-6)
    assert gradient[1, 0].item() == pytest.approx(down, rel=1e-6)
