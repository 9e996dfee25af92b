"""Adam for small demos: torch's own imports its compiler on first use, which takes longer than a toy trains.

Equal to `torch.optim.Adam` with the same settings (the tests hold it there). Kingma & Ba 2015, arXiv:1412.6980, algorithm 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor


class Adam:
    """The moments of some parameters; `step` changes the parameters in place."""

    def __init__(self, parameters: Sequence[Tensor], *, betas: tuple[float, float] = (0.9, 0.999)) -> None:
        self.parameters = list(parameters)
        self.betas = betas
        self.first = [torch.zeros_like(p) for p in self.parameters]
        self.second = [torch.zeros_like(p) for p in self.parameters]
        self.steps = 0

    @torch.no_grad()
    def step(self, loss: Tensor, learning_rate: float) -> None:
        """One step down the gradient of `loss`: lr · m̂/(√v̂ + 1e-8), with both moments' bias corrected."""
        with torch.enable_grad():
            gradients = torch.autograd.grad(loss, self.parameters)
        self.steps += 1
        beta_1, beta_2 = self.betas
        size = learning_rate / (1 - beta_1**self.steps)
        root = math.sqrt(1 - beta_2**self.steps)
        for p, g, m, v in zip(self.parameters, gradients, self.first, self.second, strict=True):
            m.mul_(beta_1).add_(g, alpha=1 - beta_1)
            v.mul_(beta_2).addcmul_(g, g, value=1 - beta_2)
            p.addcdiv_(m, (v.sqrt() / root).add_(1e-8), value=-size)
