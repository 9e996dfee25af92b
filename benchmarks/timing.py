"""Wall-clock times of single operations, how they are summed up, and this process's memory."""

from __future__ import annotations

import gc
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def timed(action: Callable[[], T]) -> tuple[T, float]:
    """What the action gives, and the milliseconds it took."""
    started = time.perf_counter()
    result = action()
    return result, (time.perf_counter() - started) * 1e3


def repeated(action: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each of `times` calls."""
    gc.collect()
    return [timed(action)[1] for _ in range(times)]


def median(milliseconds: Sequence[float]) -> float:
    """The one in the middle."""
    return statistics.median(milliseconds)


def p99(milliseconds: Sequence[float]) -> float:
    """What 99 of 100 stay below."""
    ordered = sorted(milliseconds)
    return ordered[min(len(ordered) - 1, round(0.99 * (len(ordered) - 1)))]


def peak_megabytes() -> float:
    """The most memory that this process has had, as Linux counts it."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
