"""What a demo imports: `from llmcore_tui.lab import Anchor, Flag, Number, Off, Result, main`.

Each name is imported when it is first asked for, so that reading a demo's declaration needs nothing that only runs use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

_MODULES = {
    **dict.fromkeys(("Anchor", "Flag", "Number", "Off"), "declaration"),
    **dict.fromkeys(("Estimate", "NotReached", "NotRun", "Result", "Series", "Table"), "result"),
    "main": "script",
    "report_progress": "progress",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
