"""How far work is, on one line of standard error that is gone afterwards; nothing where that is no terminal."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

_BEGIN_SECONDS = 0.5
_STEP_SECONDS = 0.1
_CLEAR = "\r\x1b[K"


@contextlib.contextmanager
def progress_line(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show what is running, and how many of how many steps are done, once it has taken half a second."""
    with steps_line() as show:
        yield lambda done, total: show(what, done, total)


@contextlib.contextmanager
def steps_line() -> Iterator[Callable[[str, int, int], None]]:
    """The same for work whose parts have names of their own."""
    next_at = time.monotonic() + _BEGIN_SECONDS
    was_shown = False

    def show(what: str, done: int, total: int) -> None:
        nonlocal next_at, was_shown
        now = time.monotonic()
        if now < next_at or not sys.stderr.isatty():
            return
        next_at, was_shown = now + _STEP_SECONDS, True
        sys.stderr.write(f"{_CLEAR}{what} … {done:,} / {total:,}")
        sys.stderr.flush()

    try:
        yield show
    finally:
        if was_shown:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
