"""A file that is there complete or as it was before, never in part."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from llmcore_tui.errors import EnvironmentProblem


@contextlib.contextmanager
def whole_file(file: Path) -> Iterator[Path]:
    """A new empty file to write to, which takes the place of `file` when the block ends well.

    EnvironmentProblem, in one line, where the disk or the folder does not allow it.
    """
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        try:
            unfinished.touch(exist_ok=False)
            yield unfinished
            with unfinished.open("rb") as written:
                os.fsync(written.fileno())
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as problem:
        raise EnvironmentProblem(f"{file} cannot be written: {problem.strerror or problem}.") from problem


def write_whole(file: Path, text: str) -> None:
    """Write a text as UTF-8 with `\\n` line ends."""
    with whole_file(file) as unfinished:
        unfinished.write_text(text, encoding="utf-8", newline="\n")
