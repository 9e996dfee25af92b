"""The distillation demo's soft loss held against trl's GKD loss, whose β = 0 is the KL from the teacher to the student."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

import distillation

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("default")]


@pytest.mark.parametrize("temperature", [0.7, 1.0, 4.0, 20.0])
def test_trls_loss_is_ours_less_the_teachers_entropy_and_has_the_same_gradient(temperature: float) -> None:
    from trl.experimental.gkd import GKDTrainer

    g = torch.Generator().manual_seed(0)
    student, teacher = torch.randn(2, 12, 7, generator=g, dtype=torch.float64)
    student.requires_grad_()
    labels = torch.zeros(12, dtype=torch.long)
    ours = distillation.distillation_loss(student, teacher, labels, temperature, mix=1.0, factor=1.0)
    theirs = GKDTrainer.generalized_jsd_loss(
        student[None], teacher[None], labels=labels[None], beta=0.0, temperature=temperature
    )
    target = functional.softmax(teacher / temperature, dim=-1)
    entropy = -(target * target.log()).sum(-1).mean()
    torch.testing.assert_close(theirs, ours - entropy, rtol=1e-10, atol=1e-12)
    (mine,) = torch.autograd.grad(ours, student, retain_graph=True)
    (other,) = torch.autograd.grad(theirs, student)
    torch.testing.assert_close(other, mine, rtol=1e-10, atol=1e-14)
    for row in range(12):
        by_hand = distillation.soft_gradient(student[row].detach().numpy(), teacher[row].numpy(), temperature)
        torch.testing.assert_close(12 * mine[row], torch.tensor(by_hand), rtol=1e-10, atol=1e-14)
