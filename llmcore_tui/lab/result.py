"""What a demo's `run` gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from llmcore_tui.content.bilingual import Language

Ran = Literal["formula", "simulation", "training"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A statistical number: a mean over seeds or samples and its standard error, in the number's unit."""

    value: float
    error: float
    samples: int


@dataclass(frozen=True, slots=True)
class NotReached:
    """A number that the run did not reach within its budget, e.g. a return that training never got to."""

    budget: str
    budget_zh: str = ""
    """The same in Chinese; without it the budget reads alike in both languages: `γ = 1`."""

    def of(self, language: Language) -> str:
        """The budget in a language."""
        return self.budget_zh or self.budget if language == "zh" else self.budget


@dataclass(frozen=True, slots=True)
class NotRun:
    """A number that these flags do not compute, and why."""

    why: str
    why_zh: str = ""
    """The same in Chinese; without it the reason reads alike in both languages: `γ = 1`."""

    def of(self, language: Language) -> str:
        """The reason in a language."""
        return self.why_zh or self.why if language == "zh" else self.why


Value = float | Estimate | NotReached | NotRun


@dataclass(frozen=True, slots=True)
class Series:
    """A curve; series with the same `x_name` and `y_name` share a plot, the first pair being the plot to show first."""

    en: str
    zh: str
    x: Sequence[float]
    y: Sequence[float]
    x_name: str
    y_name: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows worth reading beside the numbers, such as a sweep or a value function."""

    en: str
    zh: str
    columns: Sequence[str]
    rows: Sequence[Sequence[float | str]]


@dataclass(frozen=True, slots=True)
class Result:
    """Numbers by key (each declared in `NUMBERS`), curves, tables, and what kind of computation made them."""

    numbers: Mapping[str, Value]
    ran: Ran
    series: Sequence[Series] = ()
    tables: Sequence[Table] = ()
    says: str = ""
    """Which sentence of `SAYS` holds, where a demo declares several."""
    formula: str = ""
    """LaTeX of the formula that ran, without dollars; empty: the demo's `FORMULA`."""
