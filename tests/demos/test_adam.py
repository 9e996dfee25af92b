"""The demos' Adam held against torch's."""

from __future__ import annotations

import pytest
import torch

from toys.adam import Adam


@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.5, 0.8)])
def test_it_makes_the_steps_of_torchs_adam(betas: tuple[float, float]) -> None:
    generator = torch.Generator().manual_seed(0)
    start = [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in ((3, 4), (5,))]
    goal = [torch.randn_like(p) for p in start]
    ours = [p.clone().requires_grad_() for p in start]
    theirs = [p.clone().requires_grad_() for p in start]
    adam, reference = Adam(ours, betas=betas), torch.optim.Adam(theirs, lr=0.1, betas=betas)
    for rate in (0.1, 0.1, 0.02, 0.05, 0.1):
        for parameters in (ours, theirs):
            loss = torch.stack(
                [((p - g) ** 4).sum() + p.abs().sum() for p, g in zip(parameters, goal, strict=True)]
            ).sum()
            if parameters is ours:
                adam.step(loss, rate)
            else:
                reference.param_groups[0]["lr"] = rate
                reference.zero_grad()
                torch.autograd.backward(loss)
                reference.step()
        for p, q in zip(ours, theirs, strict=True):
            torch.testing.assert_close(p, q, rtol=1e-10, atol=1e-12)


def test_the_first_step_is_the_sign_of_the_gradient_times_the_rate() -> None:
    p = torch.tensor([3.0, -0.002, 0.0], dtype=torch.float64, requires_grad=True)
    Adam([p]).step((p * torch.tensor([5.0, -0.1, 0.0])).sum(), 0.25)
    assert p.tolist() == pytest.approx([2.75, 0.248, 0.0], abs=1e-6)
