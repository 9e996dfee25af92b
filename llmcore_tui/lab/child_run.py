"""One run in a child process as the app sees it: its messages until it ends, and why it ended."""

from __future__ import annotations

import signal
import tempfile
import threading
import time
from collections.abc import Generator
from typing import Any

from llmcore_tui.errors import DemoError
from llmcore_tui.lab.message import DeadlineError, Messages
from llmcore_tui.lab.server_process import START_SECONDS, ServerProcess, last_line


class TimeLimitError(DemoError):
    """The run was stopped at its time limit."""


class ChildDiedError(DemoError):
    """The child ended without saying how its run went."""


class Cancellation:
    """Asked for by one thread, obeyed by the run of another: at once, also before that run has begun."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: Messages | None = None
        self.is_requested = False

    def request(self) -> None:
        """End the run."""
        with self._lock:
            self.is_requested = True
            if self._messages is not None:
                self._messages.end()

    def attach(self, messages: Messages | None) -> None:
        """What is to be ended; None when there is no longer anything."""
        with self._lock:
            self._messages = messages
            if messages is not None and self.is_requested:
                messages.end()


def messages_of(
    server: ServerProcess,
    request: dict[str, Any],
    *,
    what: str,
    seconds: float,
    memory_mb: int,
    cancellation: Cancellation,
) -> Generator[dict[str, Any], None, None]:
    """Run the request in a child and give its messages until it has ended well.

    Raises TimeLimitError, ChildDiedError or another DemoError, each with one clear line; leaving the iteration kills the child.
    """
    request = {**request, "what": what, "seconds": seconds, "memory_mb": memory_mb}
    with tempfile.TemporaryFile() as output:
        messages = server.open_child(request, output)
        cancellation.attach(messages)
        deadline = time.monotonic() + START_SECONDS
        try:
            while True:
                message = messages.receive(deadline)
                match message:
                    case None:
                        if cancellation.is_requested:
                            raise ChildDiedError(f"{what} was cancelled.")
                        raise server.died()
                    case {"started": _}:
                        deadline = time.monotonic() + seconds
                    case {"error": {"message": str(text), "hint": str(hint), "memory": is_memory}}:
                        raise _out_of_memory(what, memory_mb) if is_memory else DemoError(text, hint)
                    case {"ended": 0}:
                        return
                    case {"ended": int(code)}:
                        raise _death(what, code, seconds, last_line(output))
                    case _:
                        yield message
        except DeadlineError:
            raise _too_long(what, seconds) from None
        finally:
            cancellation.attach(None)
            messages.close()


def _death(what: str, code: int, seconds: float, said: str) -> DemoError:
    if code == -signal.SIGXCPU:
        return _too_long(what, seconds)
    hint = f"It last said: {said[:200]}" if said else ""
    if code > 0:
        return ChildDiedError(f"{what} ended its process (exit code {code}) without a result.", hint)
    name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
    why = " (out of memory, or killed from outside)" if -code == signal.SIGKILL else ""
    return ChildDiedError(f"{what} was ended by {name}{why}.", hint)


def _too_long(what: str, seconds: float) -> TimeLimitError:
    return TimeLimitError(
        f"{what} took longer than {seconds:g} s and was stopped.",
        "`llmcore config set demo_seconds` allows more.",
    )


def _out_of_memory(what: str, memory_mb: int) -> DemoError:
    return DemoError(
        f"{what} needs more than {memory_mb:,} MB of memory and was stopped.",
        "`llmcore config set demo_memory_mb` allows more.",
    )
