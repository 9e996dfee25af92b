"""Running a demo's file as a script, `python demos/gae.py --lam 0.5`, is `llmcore demo gae --lam 0.5`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from llmcore_tui.lab.result import Result


def main(run: Callable[..., Result]) -> NoReturn:
    """Hand this process over to `llmcore demo`, so that a script prints what the program prints."""
    file = Path(run.__code__.co_filename).resolve()
    deck = ["--deck", str(file.parent.parent)]
    os.execv(sys.executable, [sys.executable, "-m", "llmcore_tui", "demo", file.stem, *deck, *sys.argv[1:]])
