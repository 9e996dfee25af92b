"""The real program in a pseudo-terminal, and what a terminal emulator makes of what it prints."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Self

import pexpect
import pyte


class Terminal:
    """A program at 80x24 whose screen can be read; closing it ends the program."""

    def __init__(self, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        self.printed = b""
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "llmcore_tui", *arguments],
            dimensions=(24, 80),
            env={**os.environ, **(environment or {})},
            timeout=5,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.child.close(force=True)

    @property
    def text(self) -> str:
        """The lines of the screen; the second cell of a wide character is left out."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def press(self, keys: str) -> None:
        """Type."""
        self.child.send(keys)

    def wait_for(self, words: str, seconds: float = 30) -> None:
        """Read until the words stand on the screen."""
        self._wait(lambda: words in self.text, f"{words!r} on the screen", seconds)

    def wait_for_end(self, seconds: float = 15) -> int:
        """Read until the program ends, and give its exit code."""
        self._wait(lambda: not self.child.isalive(), "the end", seconds)
        return int(self.child.exitstatus or 0)

    def _wait(self, holds: Callable[[], bool], what: str, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"waited {seconds} s for {what}:\n{self.text}"
            self._read()

    def _read(self) -> None:
        try:
            read = self.child.read_nonblocking(65536, timeout=0.1)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return
        self.printed += read
        self._stream.feed(read)
