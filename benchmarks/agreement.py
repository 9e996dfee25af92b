"""How well marks agree with people's: correlation, error, kappa, and how often the better answer gets the better mark."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence


def pearson(one: Sequence[float], other: Sequence[float]) -> float:
    """The correlation r; 0 where one of them does not vary."""
    mean_one, mean_other = sum(one) / len(one), sum(other) / len(other)
    together = sum((x - mean_one) * (y - mean_other) for x, y in zip(one, other, strict=True))
    spread = math.sqrt(sum((x - mean_one) ** 2 for x in one) * sum((y - mean_other) ** 2 for y in other))
    return together / spread if spread else 0.0


def rmse(one: Sequence[float], other: Sequence[float]) -> float:
    """The root of the mean squared difference."""
    return math.sqrt(sum((x - y) ** 2 for x, y in zip(one, other, strict=True)) / len(one))


def better_than(groups: Mapping[str, tuple[Sequence[float], Sequence[float]]]) -> float:
    """AUC over all pairs of a good and a bad answer to the same question; a tie counts half."""
    won = pairs = 0.0
    for good, bad in groups.values():
        won += sum((x > y) + 0.5 * (x == y) for x in good for y in bad)
        pairs += len(good) * len(bad)
    return won / pairs if pairs else math.nan


def kappa(counts: Mapping[tuple[str, str], int]) -> float:
    """Cohen's kappa of (true, given) counts: agreement beyond what the two margins alone would give."""
    total = sum(counts.values())
    true, given = Counter[str](), Counter[str]()
    for (one, other), count in counts.items():
        true[one] += count
        given[other] += count
    chance = sum(true[name] * given[name] for name in true) / total**2
    agreed = sum(count for (one, other), count in counts.items() if one == other) / total
    return (agreed - chance) / (1 - chance)


def calibrated(scores: Sequence[float], truth: Sequence[float], questions: Sequence[str]) -> list[float]:
    """Each score as s -> min(1, a s^b), with a and b fitted on the other half of the questions; nothing stays nothing."""
    half = {question: at % 2 for at, question in enumerate(sorted(set(questions)))}
    rows: dict[int, list[int]] = defaultdict(list)
    for place, question in enumerate(questions):
        rows[half[question]].append(place)
    found = [0.0] * len(scores)
    for test in (0, 1):
        a, b = _fitted([scores[at] for at in rows[1 - test]], [truth[at] for at in rows[1 - test]])
        for at in rows[test]:
            found[at] = min(1.0, a * scores[at] ** b)
    return found


def _fitted(scores: Sequence[float], truth: Sequence[float]) -> tuple[float, float]:
    """The a and b of a coarse grid with the least squared error."""
    grid = [(a / 20, b / 20) for a in range(8, 41) for b in range(2, 31)]
    return min(
        grid,
        key=lambda ab: sum(
            (min(1.0, ab[0] * x ** ab[1]) - y) ** 2 for x, y in zip(scores, truth, strict=True)
        ),
    )
