"""The app's end of the server: starts it, hands it requests, and ends it with everything it runs."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import llmcore_tui
from llmcore_tui.errors import EnvironmentProblem
from llmcore_tui.lab.message import Messages
from llmcore_tui.lab.run import ONE_THREAD

START_SECONDS = 180.0
"""More than importing torch takes from a cold disk."""
_END_SECONDS = 5.0
_ROOT = str(Path(llmcore_tui.__file__).resolve().parent.parent)
# `-P` and an append: neither the working directory nor our own folder may stand in front of the standard library.
_PROGRAM = "import sys; sys.path.append({root!r}); from llmcore_tui.lab.server import serve; serve({fd})"


@dataclass(frozen=True, slots=True)
class Ready:
    """What the server has imported."""

    pid: int
    preloaded: tuple[str, ...]
    failed: dict[str, str] = field(default_factory=dict)
    """Libraries that could not be imported, and why."""


class ServerProcess:
    """One server; started again by the next request where it has died."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._errors: IO[bytes] | None = None
        self._is_ready = threading.Event()
        self._ready: Ready | None = None

    def start(self) -> None:
        """Start the server unless it runs; returns before it is ready."""
        with self._lock:
            self._ensure()

    def wait_until_ready(self) -> Ready:
        """What the server imported; EnvironmentProblem where it could not start."""
        self.start()
        self._is_ready.wait(START_SECONDS)
        if self._ready is None:
            raise self.died()
        return self._ready

    def open_child(self, request: dict[str, Any], output: IO[bytes]) -> Messages:
        """Have the server fork a child for the request; its messages come out of what is given back."""
        ours, theirs = socket.socketpair()
        with theirs:
            with self._lock:
                self._send_ends(theirs, output)
            messages = Messages(ours)
            messages.send(request)
        return messages

    def died(self) -> EnvironmentProblem:
        """The error for a server that is gone, with the last line it said."""
        with self._lock:
            last = last_line(self._errors) if self._errors else ""
        return EnvironmentProblem(
            f"The process that runs demos ended: {last or 'it was killed'}.",
            "`llmcore doctor` looks for the cause.",
        )

    def close(self) -> None:
        """End the server; it takes its children with it."""
        with self._lock:
            process, self._process = self._process, None
            if self._control is not None:
                with contextlib.suppress(OSError):
                    self._control.shutdown(socket.SHUT_RDWR)
                self._control.close()
                self._control = None
            if process is not None:
                if not self._is_ready.is_set():
                    process.kill()
                try:
                    process.wait(_END_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            if self._errors is not None:
                self._errors.close()
                self._errors = None

    def _ensure(self) -> socket.socket:
        if self._process is not None and self._process.poll() is None and self._control is not None:
            return self._control
        if not hasattr(os, "fork"):
            raise EnvironmentProblem(
                "Demos run in a process of their own only on Linux and macOS.", "Use WSL on Windows."
            )
        if self._control is not None:
            self._control.close()
        if self._errors is not None:
            self._errors.close()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the server
        self._is_ready, self._ready = threading.Event(), None
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _PROGRAM.format(root=_ROOT, fd=theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                env={**os.environ, **ONE_THREAD},
            )
        listening = (Messages(self._control), self._is_ready)
        threading.Thread(target=self._listen, args=listening, daemon=True, name="demo server").start()
        return self._control

    def _listen(self, messages: Messages, is_ready: threading.Event) -> None:
        message = messages.receive()
        if message is not None and is_ready is self._is_ready:
            self._ready = Ready(message["ready"], tuple(message["preloaded"]), message["failed"])
        is_ready.set()

    def _send_ends(self, theirs: socket.socket, output: IO[bytes]) -> None:
        fds = [theirs.fileno(), output.fileno()]
        try:
            socket.send_fds(self._ensure(), [b"J"], fds)
        except OSError:
            # It died since we looked: the next one is as good.
            if self._process is not None:
                self._process.wait()
            with contextlib.suppress(OSError):
                socket.send_fds(self._ensure(), [b"J"], fds)


def last_line(file: IO[bytes]) -> str:
    """The last line with something on it of a file that another process writes."""
    size = os.fstat(file.fileno()).st_size
    tail = os.pread(file.fileno(), 4096, max(0, size - 4096)).decode("utf-8", "replace")
    lines = [line.strip() for line in tail.splitlines() if line.strip()]
    return lines[-1] if lines else ""
