"""Text that a command reads from a file or from standard input, with one clear line where it cannot."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import BinaryIO

from llmcore_tui.cli import output
from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.errors import InputError

LONGEST = 1_000_000
"""Bytes of an answer; one of three minutes has some 2,000."""
STANDARD_INPUT = "-"

_TYPE = Bilingual("Type the answer; ^D on a line of its own ends it.", "请输入回答；在新的一行按 ^D 结束。")
_NOT_UTF8 = Bilingual(
    "{name} is not UTF-8 text: what could not be read stands as �.",
    "{name} 不是 UTF-8 文本：读不出的地方以 � 代替。",
)


def answer_from(file: Path | None, language: Language) -> str:
    """The whole text; what is not UTF-8 is replaced, which is said on standard error."""
    if is_standard_input(file):
        if sys.stdin.isatty():
            output.line(_TYPE.of(language), file=sys.stderr)
        name, found = "standard input", standard_input().read(LONGEST + 1)
    else:
        name = str(file)
        with opened_file(Path(name)) as stream:
            found = stream.read(LONGEST + 1)
    if len(found) > LONGEST:
        raise InputError(
            f"{name} is longer than {LONGEST:,} bytes.", "An answer of three minutes has some 2,000."
        )
    try:
        return found.decode("utf-8-sig")
    except UnicodeDecodeError:
        output.line(_NOT_UTF8.of(language).format(name=name), file=sys.stderr)
        return found.decode("utf-8-sig", "replace")


def is_standard_input(file: Path | None) -> bool:
    """Whether nothing else was named."""
    return file is None or str(file) == STANDARD_INPUT


def standard_input() -> BinaryIO:
    """Standard input as bytes."""
    buffer: BinaryIO | None = getattr(sys.stdin, "buffer", None)
    return buffer or io.BytesIO(sys.stdin.read().encode("utf-8", "surrogateescape"))


def opened_file(file: Path) -> BinaryIO:
    """The file as bytes; InputError in one line where it cannot be read."""
    try:
        return file.expanduser().open("rb")
    except IsADirectoryError as error:
        raise InputError(f"{file} is a folder.", "Name a file, or - for standard input.") from error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"{file} cannot be read: {why}.", "Name a file, or - for standard input.") from error
