"""What a check found wrong, and where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from llmcore_tui.errors import ContentError

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at a line and a key of a file."""

    severity: Severity
    file: Path
    line: int
    """0 where the file as a whole is meant."""
    key: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{where}: {self.key + ': ' if self.key else ''}{self.message}"

    def error(self) -> ContentError:
        """The same, to raise."""
        return ContentError(self.message, file=self.file, line=self.line, key=self.key)
