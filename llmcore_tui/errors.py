"""Errors that a person can act on: each knows its message, what to do next and its exit code.

Raised in the core, shown at two edges only: the command line and the app.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class LlmcoreError(Exception):
    """The base of every error that is shown as one clear line."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class InputError(LlmcoreError):
    """What the learner typed cannot be used: a flag, a date, a number."""


class UnknownName(LlmcoreError):
    """A module, demo, card or plan that does not exist; names the nearest that do."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
        hint = f"Did you mean {', '.join(near)}?" if near else ""
        super().__init__(f"There is no {what} called {name!r}.", hint)
        self.near = tuple(near)


class ContentError(LlmcoreError):
    """A deck's file is wrong at a line and a key."""

    def __init__(self, message: str, *, file: Path, line: int = 0, key: str = "") -> None:
        where = f"{file}:{line}" if line else str(file)
        super().__init__(
            f"{where}: {key + ': ' if key else ''}{message}", "`llmcore check` lists every problem."
        )
        self.problem = message
        self.file = file
        self.line = line
        self.key = key


class ConfigError(LlmcoreError):
    """The configuration has a wrong key or value."""


class DemoError(LlmcoreError):
    """A demo could not be read, refused its flags, failed, or ran out of time or memory."""


class UntrustedDeck(LlmcoreError):
    """A stranger's deck whose demos the learner has not agreed to run."""


class FoundProblems(LlmcoreError):
    """A check ran to its end and found something."""

    exit_code = 3


class EnvironmentProblem(LlmcoreError):
    """The disk, the network, the terminal or a missing extra is in the way."""

    exit_code = 4


class MissingExtra(EnvironmentProblem):
    """A feature needs an optional dependency."""

    def __init__(self, extra: str, feature: str) -> None:
        super().__init__(
            f"{feature} needs the extra {extra!r}.", f"Install it: pip install 'llmcore-tui[{extra}]'"
        )


class MarkerError(EnvironmentProblem):
    """A model could not be asked, or gave nothing that can be used.

    The reason is a clause in each language, without a full stop, so that it can also be said within a sentence; what to
    do next is a sentence in each, or nothing.
    """

    def __init__(self, en: str, zh: str, hint: str = "", hint_zh: str = "") -> None:
        super().__init__(f"{en[:1].upper()}{en[1:]}.", hint)
        self.en = en
        self.zh = zh
        self.hint_zh = hint_zh
