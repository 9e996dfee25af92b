"""How well an answer says each point: the best window for it, held against what the same words say of the other points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from llmcore_tui.grading.profile import Profile
from llmcore_tui.grading.windows import Window

_LENGTH = 0.012
"""A window is worth less by this for each of its terms: long stretches hold everything."""
_RIVAL = 0.5
"""How much of another point's lead on the same words is taken off: they say that point rather than this one."""


@dataclass(frozen=True, slots=True)
class Found:
    """A window with how much of a point it says, 0 to about 1."""

    score: float = 0.0
    window: Window | None = None
    leads: bool = False
    """Whether its words say no other point better."""


def shares(window: Window, listened: Sequence[Profile]) -> list[float]:
    """How much of each point a window says, by its terms alone; the same in every process, whatever the order of a set."""
    length = 1 + _LENGTH * len(window.terms)
    return [
        fsum(profile.weights.get(text, 0.0) for text in window.texts) / profile.full / length
        for profile in listened
    ]


def best(said: Sequence[Window], listened: Sequence[Profile]) -> list[list[Found]]:
    """For each point its windows with their scores, the best first; windows that say nothing of it are left out."""
    found: list[list[Found]] = [[] for _ in listened]
    for window in said:
        plain = shares(window, listened)
        lead = max(plain, default=0.0)
        for place, share in enumerate(plain):
            score = share - _RIVAL * (lead - share)
            if score > 0:
                found[place].append(Found(score, window, share >= lead))
    return [sorted(each, key=lambda one: -one.score) for each in found]
