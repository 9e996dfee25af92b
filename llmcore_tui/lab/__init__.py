"""What a demo imports: `from llmcore_tui.lab import Anchor, Flag, Number, Off, Result, main`."""

from __future__ import annotations

from llmcore_tui.lab.declaration import Anchor, Flag, Number, Off
from llmcore_tui.lab.progress import report_progress
from llmcore_tui.lab.result import Estimate, NotReached, NotRun, Result, Series, Table
from llmcore_tui.lab.script import main

__all__ = [
    "Anchor",
    "Estimate",
    "Flag",
    "NotReached",
    "NotRun",
    "Number",
    "Off",
    "Result",
    "Series",
    "Table",
    "main",
    "report_progress",
]
