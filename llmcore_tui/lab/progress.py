"""How long work inside a demo says how far it is; whoever runs the demo listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[int, int], None]
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def report_progress(done: int, total: int) -> None:
    """Say that `done` of `total` steps are finished; free when nobody listens."""
    if listener := _listener.get():
        listener(done, total)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Send the progress of every demo run inside the block to `listener`."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
