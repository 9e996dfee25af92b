"""What a rule says about one record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from llmcore_tui.content.problem import Severity
from llmcore_tui.content.read.document import Place


@dataclass(frozen=True, slots=True)
class Note:
    """Something wrong at a place within a record."""

    place: Place
    message: str
    severity: Severity = "error"


Notes = Iterator[Note]


def style(builtin: bool) -> Severity:
    """How hard a rule of style is: our own deck keeps it, a learner's is told."""
    return "error" if builtin else "warning"
