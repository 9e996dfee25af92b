"""The process that has imported torch once and forks a child for each run; it leaves nothing behind when the app dies.

It imports nothing of a deck: demos and learners' code are read by the children alone.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import selectors
import signal
import socket
import time
from dataclasses import dataclass
from typing import Any

from llmcore_tui.lab.message import DeadlineError, Messages

PRELOADED = ("torch", "numpy", "gymnasium", "torch._dynamo")
"""torch._dynamo: making the first optimiser imports it, which takes over a second."""
_REQUEST_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Child:
    pid: int
    messages: Messages
    socket: socket.socket


def serve(control_fd: int) -> None:
    """Answer requests on the socket `control_fd` until its other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=control_fd)
    control.set_inheritable(False)
    Messages(control).send(preload())
    _Server(control).serve()


def preload() -> dict[str, Any]:
    """Import what demos need; which of it is there, and why some is not."""
    loaded: list[str] = []
    failed: dict[str, str] = {}
    for name in PRELOADED:
        try:
            module = importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - a broken library fails in its own way; the app is told
            failed[name] = f"{type(error).__name__}: {error}"
            continue
        loaded.append(name)
        if name == "torch":
            module.set_num_threads(1)
    return {"ready": os.getpid(), "preloaded": loaded, "failed": failed}


class _Server:
    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.children: dict[int, _Child] = {}
        self.selector = selectors.DefaultSelector()
        self.selector.register(control, selectors.EVENT_READ)
        self.wake, self.woken = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC) if hasattr(os, "pipe2") else os.pipe()
        os.set_blocking(self.woken, False)
        os.set_blocking(self.wake, False)
        self.selector.register(self.wake, selectors.EVENT_READ)
        signal.set_wakeup_fd(self.woken, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)

    def serve(self) -> None:
        """Until the app closes its end of the control socket, by itself or by dying."""
        try:
            while self._once():
                pass
        finally:
            for child in self.children.values():
                _kill(child.pid)

    def _once(self) -> bool:
        for key, _ in self.selector.select():
            if key.fileobj is self.control:
                if not self._accept():
                    return False
            elif key.fileobj == self.wake:
                with contextlib.suppress(BlockingIOError):
                    os.read(self.wake, 4096)
            elif isinstance(key.data, int):
                # The app sends nothing after its request: readable means that it closed its end.
                self.selector.unregister(key.fileobj)
                _kill(key.data)
        self._reap()
        return True

    def _accept(self) -> bool:
        try:
            word, fds, _, _ = socket.recv_fds(self.control, 1, 2)
        except OSError:
            return False
        if not word:
            return False
        if len(fds) == 2:
            self._fork(socket.socket(fileno=fds[0]), output_fd=fds[1])
        return True

    def _fork(self, end: socket.socket, output_fd: int) -> None:
        messages = Messages(end)
        try:
            request = messages.receive(time.monotonic() + _REQUEST_SECONDS)
        except DeadlineError:
            request = None
        if request is None:
            messages.close()
            os.close(output_fd)
            return
        end.settimeout(None)
        pid = os.fork()
        if pid == 0:
            self._become_child(messages, output_fd, request)
        os.close(output_fd)
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)
        self.children[pid] = _Child(pid, messages, end)
        self.selector.register(end, selectors.EVENT_READ, pid)

    def _become_child(self, messages: Messages, output_fd: int, request: dict[str, Any]) -> None:
        """Never returns: whatever happens in the child ends the child."""
        code = 1
        try:
            os.setpgid(0, 0)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.selector.close()
            self.control.close()
            for other in self.children.values():
                other.socket.close()
            from llmcore_tui.lab.child import work

            code = work(messages, output_fd, request)
        finally:
            os._exit(code)

    def _reap(self) -> None:
        for pid in list(self.children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended == 0:
                continue
            child = self.children.pop(pid)
            _kill(pid)  # what the child itself started is in its group
            with contextlib.suppress(KeyError, ValueError):
                self.selector.unregister(child.socket)
            child.messages.send({"ended": os.waitstatus_to_exitcode(status)})
            child.messages.close()


def _kill(pid: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
