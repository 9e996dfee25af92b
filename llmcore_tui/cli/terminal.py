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
    """Print lines of text as data, wrapped to a terminal; everywhere else one thing stays on one line."""
    stream = file or sys.stdout
    width = text_width(stream)
    for line in lines:
        for part in wrapped(line, width):
            output.line(part, file=stream)
    stream.flush()


def text_width(stream: TextIO | None = None) -> int:
    """The columns of the terminal; without one there is no end to a line."""
    if not (stream or sys.stdout).isatty():
        return UNWRAPPED
    return max(NARROWEST, shutil.get_terminal_size().columns)


def wrapped(line: str, width: int) -> list[str]:
    """A line in parts of at most `width` cells, the others indented as the first one is."""
    from llmcore_tui.render.width import cells, wrap

    if cells(line) <= width:
        return [line]
    indent = line[: len(line) - len(line.lstrip(" -"))]
    return wrap(line[len(indent) :], width, first=indent, rest=" " * len(indent))
