"""A function to write, and the hidden cases that judge it."""

from __future__ import annotations

from dataclasses import dataclass

from llmcore_tui.content.tolerance import Tolerance

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


@dataclass(frozen=True, slots=True)
class Case:
    """Arguments and what the function gives for them."""

    args: tuple[Plain, ...]
    gives: Plain
    within: Tolerance


@dataclass(frozen=True, slots=True)
class CodeTask:
    """The function a learner writes."""

    function: str
    signature: str
    starter: str
    cases: tuple[Case, ...]
    solution: str
