"""JSON lines over a socket between the app and a child that runs a demo."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from typing import Any

LONGEST_BYTES = 64 * 2**20


class DeadlineError(Exception):
    """Nothing complete came before the deadline."""


class Messages:
    """One end of a socket; sending is safe from several threads, receiving is for one."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._lock = threading.Lock()
        self._buffer = bytearray()

    def send(self, message: dict[str, Any]) -> None:
        """Send one message; a reader that has gone is not an error."""
        line = json.dumps(message).encode() + b"\n"
        try:
            with self._lock:
                self._socket.sendall(line)
        except OSError:
            return

    def receive(self, deadline: float | None = None) -> dict[str, Any] | None:
        """The next message, or None when the other end has closed; DeadlineError after `deadline` (`time.monotonic`)."""
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched > LONGEST_BYTES:
                return None
            try:
                self._socket.settimeout(None if deadline is None else max(0.001, deadline - time.monotonic()))
                read = self._socket.recv(65536)
            except TimeoutError:
                raise DeadlineError from None
            except OSError:
                return None
            if not read:
                return None
            self._buffer += read
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        message = json.loads(line)
        return message if isinstance(message, dict) else None

    def end(self) -> None:
        """Tell the other end, and a `receive` under way in another thread, that there is nothing more."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the socket back; for the thread that receives."""
        self.end()
        self._socket.close()
