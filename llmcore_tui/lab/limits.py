"""What a child that runs a demo may use: processor time, memory, disk; set by the child for itself."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

LARGEST_WRITTEN_FILE = 64 * 2**20
_CPU_GRACE_SECONDS = 5


def limit(seconds: float, memory_mb: int) -> None:
    """Bound this process for good; memory counts from what is mapped now, since torch alone maps some 700 MB.

    Memory is bounded on Linux only: elsewhere the kernel ignores the bound.
    """
    _lower(resource.RLIMIT_CPU, int(seconds) + _CPU_GRACE_SECONDS)
    _lower(resource.RLIMIT_FSIZE, LARGEST_WRITTEN_FILE)
    _lower(resource.RLIMIT_CORE, 0)
    if sys.platform == "linux":
        _lower(resource.RLIMIT_AS, mapped_bytes() + memory_mb * 2**20)


def mapped_bytes() -> int:
    """The address space of this process (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def _lower(what: int, wanted: int) -> None:
    hard = resource.getrlimit(what)[1]
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(what, (most, most))
