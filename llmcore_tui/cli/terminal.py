"""A conversation on standard input and output, line by line."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from typing import TextIO

from llmcore_tui.cli import output

UNWRAPPED = 100_000
NARROWEST = 40


def ask(prompt: str, *, file: TextIO | None = None) -> str | None:
    """Show a prompt and give the line that was typed; None at the end of input."""
    if sys.stdin.isatty() and os.environ.get("TERM") != "dumb":
        import readline  # noqa: F401 - editing of wide characters, which a bare terminal gets wrong
    if file is not None:
        print(prompt, end="", file=file, flush=True)
        prompt = ""
    try:
        return input(prompt)
    except EOFError:
        print(file=file)
        return None


def say(lines: Iterable[str], *, file: TextIO | None = None) -> None:
    """Print lines of text as data."""
    for line in lines:
        output.line(line, file=file)
    (file or sys.stdout).flush()


def text_width() -> int:
    """The columns to wrap at; everywhere but in a terminal one thing stays one line."""
    if not sys.stdout.isatty():
        return UNWRAPPED
    return max(NARROWEST, shutil.get_terminal_size().columns - 1)
