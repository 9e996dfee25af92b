"""What reaches the terminal from the command line: lines, JSON and errors.

Nothing typed or read elsewhere is printed raw: control and bidi characters are taken out on the way.
"""

from __future__ import annotations

import errno
import json as json_format
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from typer import TyperException

from llmcore_tui import locations
from llmcore_tui.errors import LlmcoreError

DEBUG_VARIABLE = "LLMCORE_DEBUG"
OUR_BUG = 1
ENVIRONMENT = 4
INTERRUPTED = 130
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as the terminal shows it."""

    kind: str
    message: str
    hint: str
    exit_code: int


def line(text: str = "", *, file: TextIO | None = None) -> None:
    """Print text, with everything a terminal would obey taken out."""
    from llmcore_tui.render.safe import safe

    print(safe(text), file=file or sys.stdout)


def json(value: Any) -> None:
    """Print one JSON value on one line; NaN never leaves this program."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json_format.dumps(value, ensure_ascii=not utf8, allow_nan=False))


def error(raised: Exception, arguments: Sequence[str]) -> int:
    """Show an error as one line, as JSON too where that was asked for, and give its exit code."""
    if os.environ.get(DEBUG_VARIABLE):
        import traceback

        traceback.print_exception(raised)
    problem = _problem(raised, arguments)
    line(f"llmcore: {problem.message} {problem.hint}".rstrip(), file=sys.stderr)
    if "--json" in arguments:
        fields = ("kind", "message", "hint", "exit_code")
        json({"error": {name: getattr(problem, name) for name in fields}})
    return problem.exit_code


def version() -> str:
    """The version of the installed distribution."""
    from importlib import metadata

    try:
        return metadata.version("llmcore-tui")
    except metadata.PackageNotFoundError:
        return "(not installed)"


def survive_any_encoding() -> None:
    """Let a terminal that cannot show Chinese show `?` in its place rather than stop the program."""
    for stream in (sys.stdout, sys.stderr):
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="replace")


def flush() -> None:
    """Write what is still held back; what cannot be written (a closed pipe, a full disk) is dropped, quietly."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def interrupted() -> int:
    """End the line that ^C or the end of input left open."""
    print(file=sys.stderr)
    return INTERRUPTED


def _problem(raised: Exception, arguments: Sequence[str]) -> Problem:
    from llmcore_progress.errors import ProgressError

    kind = type(raised).__name__
    if isinstance(raised, LlmcoreError | ProgressError):
        return Problem(kind, raised.message, raised.hint, raised.exit_code)
    if isinstance(raised, TyperException):
        message = raised.format_message().replace("Value error, ", "")
        full_stop = "" if message.endswith((".", "?")) else "."
        return Problem("UsageError", message + full_stop, _help_hint(raised), 2)
    if isinstance(raised, OSError) and raised.errno in DISK_FULL:
        hint = "Free some and run this again; what was saved before is kept."
        return Problem("DiskFull", f"There is no space left on the disk{_where(raised)}.", hint, ENVIRONMENT)
    if isinstance(raised, OSError) and raised.errno in NOT_ALLOWED:
        hint = f"`llmcore doctor` checks every folder in use; {locations.HOME_VARIABLE} moves them all."
        return Problem("NotAllowed", f"{raised.strerror}{_where(raised)}.", hint, ENVIRONMENT)
    return Problem(
        kind, f"This is a bug in llmcore ({kind}: {raised}).", _details(raised, arguments), OUR_BUG
    )


def _where(raised: OSError) -> str:
    return f": {raised.filename}" if raised.filename else ""


def _help_hint(raised: TyperException) -> str:
    context = getattr(raised, "ctx", None)
    return f"`{context.command_path} --help` explains it." if context is not None else ""


def _without_a_key(arguments: Sequence[str]) -> str:
    """The command line, without the value of a setting that nobody else may see."""
    from llmcore_tui.config import SECRETS

    end = next((at + 1 for at, word in enumerate(arguments) if word in SECRETS), len(arguments))
    return " ".join([*arguments[:end], *("…" for _ in arguments[end:])])


def _details(raised: Exception, arguments: Sequence[str]) -> str:
    """Write what a bug report needs into the data folder, and say where."""
    import platform
    import traceback
    from datetime import UTC, datetime

    file = locations.data_folder() / "last-error.txt"
    versions = f"llmcore-tui {version()}, Python {platform.python_version()}, {platform.platform()}"
    head = f"{datetime.now(UTC).isoformat(timespec='seconds')}\nllmcore {_without_a_key(arguments)}\n{versions}\n\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(head + "".join(traceback.format_exception(raised)), encoding="utf-8")
    except OSError:
        return f"Run it again with {DEBUG_VARIABLE}=1 for the details."
    return f"The details are in {file}."
