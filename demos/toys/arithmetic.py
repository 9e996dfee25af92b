"""Sums of two small numbers, answered in tokens, and the rule that rewards an answer: what a verifier looks like.

Invariant: the reward is decided by a rule alone, right answer, form and length, and no model takes part in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

OPERANDS = 5
"""Both numbers of a sum are 0 … 4, so that an answer is one digit, 0 … 8."""
MARK, THINK, END = 9, 10, 11
"""The token before the answer, one that says nothing, and the end; the digits are the tokens 0 … 8."""
VOCABULARY = 12
LONGEST = 6
"""Most tokens of a response; without END among them it was cut off."""
SHORTEST = 3
"""MARK, a digit, END."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The weights of the reward's three parts."""

    correct: float = 1.0
    form: float = 0.2
    length: float = 0.05
    """Taken off for each token beyond SHORTEST."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the rule sees of each response; all of the responses' shape."""

    correct: Tensor
    well_formed: Tensor
    length: Tensor
    """Tokens with END, or LONGEST."""

    def reward(self, rule: Rule) -> Tensor:
        """correct·1{right} + form·1{well-formed} - length·(tokens beyond the shortest)."""
        beyond = (self.length - SHORTEST).clamp_min(0)
        return rule.correct * self.correct + rule.form * self.well_formed - rule.length * beyond


def lengths(responses: Tensor) -> Tensor:
    """Tokens up to and with the first END, or LONGEST; responses (…, LONGEST) gives (…)."""
    ended = (responses == END).cumsum(-1) > 0
    return (LONGEST - ended.sum(-1) + 1).clamp_max(LONGEST).to(torch.float64)


def check(prompts: Tensor, responses: Tensor) -> Checked:
    """Well-formed is THINK* MARK digit END; right is a well-formed one whose digit is the sum.

    prompts (…, 2) and responses (…, LONGEST).
    """
    length = lengths(responses).long()
    place = torch.arange(LONGEST)
    at = length[..., None] - 1 - place
    thinks = ((responses == THINK) | (at < 3)).all(-1)
    last = [responses.gather(-1, (length - back).clamp_min(0)[..., None])[..., 0] for back in (1, 2, 3)]
    well = thinks & (length >= SHORTEST) & (last[0] == END) & (last[1] < MARK) & (last[2] == MARK)
    right = well & (last[1] == prompts.sum(-1))
    return Checked(right.double(), well.double(), length.double())


def demonstrations(prompts: Tensor, *, skill: float, form: float, generator: torch.Generator) -> Tensor:
    """Responses of a poor teacher: the digit is right with `skill`, and MARK stands with `form`; (n, LONGEST)."""
    n = len(prompts)
    chance = torch.rand(2, n, generator=generator)
    total = prompts.sum(-1)
    slip = torch.randint(1, MARK, (n,), generator=generator)
    digit = torch.where(chance[0] < skill, total, (total + slip) % MARK)
    thinking = torch.randint(0, LONGEST - SHORTEST + 1, (n,), generator=generator)
    marked = torch.where(chance[1] < form, MARK, THINK)
    responses = torch.full((n, LONGEST), END)
    place = torch.arange(LONGEST)
    for offset, token in ((0, marked), (1, digit)):
        responses = torch.where(place == (thinking + offset)[:, None], token[:, None], responses)
    return torch.where(place < thinking[:, None], THINK, responses)
