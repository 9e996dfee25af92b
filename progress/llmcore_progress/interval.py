"""From an exact interval to the day it falls on: FSRS's fuzz ranges, a seeded draw, and days with less to do preferred.

py-fsrs's own fuzz cannot be repeated (it draws from the global generator), so it is off there and done here.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

_RANGES = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.1), (20.0, float("inf"), 0.05))
"""Start and end in days and the share of the interval between them that may be added or taken; FSRS's table."""


def fuzz_range(interval_days: int, maximum_days: int) -> tuple[int, int]:
    """The shortest and the longest interval an exact one may become (py-fsrs `_get_fuzz_range`); below 2.5 days only itself."""
    if interval_days < 2.5:
        return interval_days, interval_days
    delta = 1.0 + sum(factor * max(min(interval_days, end) - start, 0.0) for start, end, factor in _RANGES)
    longest = min(round(interval_days + delta), maximum_days)
    return min(max(2, round(interval_days - delta)), longest), longest


def draw(seed: int, card: str, reviews: int) -> float:
    """A number in [0, 1) that only depends on its arguments: preview and review must agree, and so must two computers."""
    digest = blake2b(f"{seed}/{card}/{reviews}".encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / (1 << 56)


def spread(low: int, high: int, fraction: float) -> int:
    """The day of a range that a drawn fraction falls on, each equally likely."""
    return low + int(fraction * (high - low + 1))


def balanced(low: int, high: int, exact: int, fraction: float | None, load: Mapping[int, int]) -> int:
    """The same with busy days less likely: a day with n cards due weighs 1/(n+1)².

    Without a fraction (fuzz off) the least busy day, the nearest to the exact one where several are.
    """
    days = range(low, high + 1)
    if fraction is None:
        return min(days, key=lambda day: (load.get(day, 0), abs(day - exact), day))
    weights = [1 / (load.get(day, 0) + 1) ** 2 for day in days]
    left = fraction * sum(weights)
    for day, weight in zip(days, weights, strict=True):
        left -= weight
        if left < 0:
            return day
    return high
