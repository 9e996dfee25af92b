"""What can go wrong with a log, each as one clear line: message, what to do next, exit code.

The class stands apart from the application's own errors (this package knows no application) and has the same shape,
so that both are shown alike.
"""

from __future__ import annotations

from pathlib import Path


class ProgressError(Exception):
    """The base of every error of this package that a person can act on."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class WrongSetting(ProgressError):
    """A setting of the schedule lies outside what FSRS or the log accepts."""


class WrongEvent(ProgressError):
    """An event cannot be written as it was given: a name, a number or a nesting that JSON or the log refuses."""


class LogProblem(ProgressError):
    """The file of the log, or the disk under it, is in the way. What was in the log is still there."""

    exit_code = 4

    def __init__(self, path: Path, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.path = path


class DamagedLog(LogProblem):
    """The file is not a sound SQLite database. It is left exactly as it is."""


class DiskFull(LogProblem):
    """There was no room to write. Nothing of the failed step was kept, everything before it was."""


class DiskProblem(LogProblem):
    """The disk is read-only, the folder cannot be made, or reading and writing fail."""


class LogBusy(LogProblem):
    """Another process kept the log locked for longer than we wait."""


class NewerLog(LogProblem):
    """The log was written by a newer version of llmcore."""


class MissingLog(LogProblem):
    """There is no log at this place."""
