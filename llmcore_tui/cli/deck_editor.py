"""Opening the learner's own editor at a line."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from llmcore_tui.errors import EnvironmentProblem

_COLON = {"hx", "helix", "subl", "zed", "zeditor"}
"""Take `file:line`."""
_GOTO = {"code", "code-insiders", "codium", "cursor", "windsurf"}
"""Take `--goto file:line` and go on in the background unless told to wait."""
_WAITING = {"subl", "zed", "zeditor"}
_PLUS = {
    "vi",
    "vim",
    "nvim",
    "view",
    "nano",
    "pico",
    "emacs",
    "emacsclient",
    "kak",
    "micro",
    "joe",
    "jed",
    "mg",
    "ne",
    "vis",
}
"""Take `+line file`."""


def edit(file: Path, line: int) -> None:
    """Open `file` at `line` in $VISUAL, $EDITOR or the editor there is, and wait until it is closed."""
    words = command(_editor(), file, line)
    try:
        done = subprocess.run(words, check=False)
    except OSError as error:
        raise EnvironmentProblem(
            f"The editor {words[0]!r} cannot be started: {error.strerror}.", "Set VISUAL or EDITOR."
        ) from None
    if done.returncode:
        raise EnvironmentProblem(f"The editor {words[0]!r} ended with {done.returncode}.")


def command(editor: str, file: Path, line: int) -> list[str]:
    """The words that start an editor at a line; one that is not known is given the file alone."""
    words = shlex.split(editor)
    if not words:
        raise EnvironmentProblem("VISUAL and EDITOR name no editor.", "Set one of them.")
    name = Path(words[0]).name.removesuffix(".exe")
    if name in _GOTO:
        return [*words, "--wait", "--goto", f"{file}:{line}"]
    if name in _COLON:
        return [*words, *(["--wait"] if name in _WAITING else []), f"{file}:{line}"]
    return [*words, f"+{line}", str(file)] if name in _PLUS else [*words, str(file)]


def _editor() -> str:
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    found = named or next((each for each in ("nano", "vim", "vi", "notepad") if shutil.which(each)), "")
    if not found:
        raise EnvironmentProblem("There is no editor.", "Set VISUAL or EDITOR to one.")
    return found
