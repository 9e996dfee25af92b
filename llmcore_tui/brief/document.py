"""What a brief says, in one language, before it is Markdown or HTML. Texts are Markdown with `$formulas$`, slots filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from llmcore_tui.content.bilingual import Language
from llmcore_tui.lab.result import Series

Origin = Literal["run", "lock"]
"""Computed on this machine for this brief, or read from the deck's lock."""
PartName = Literal["problem", "mechanism", "run", "engineering"]
SECONDS: Mapping[PartName, int] = {"problem": 30, "mechanism": 60, "run": 60, "engineering": 30}
"""How long each part of a three-minute answer is spoken."""


@dataclass(frozen=True, slots=True)
class Part:
    """One timed part of the answer."""

    name: PartName
    starts: int
    """Seconds from the beginning of the answer."""
    text: str

    @property
    def ends(self) -> int:
        """Seconds from the beginning of the answer."""
        return self.starts + SECONDS[self.name]


@dataclass(frozen=True, slots=True)
class Measured:
    """A number with its reading, and what it becomes when the idea is switched off."""

    key: str
    reading: str
    value: str
    off: str
    """Empty where there is no idea to remove, or nothing computed it."""
    moves: bool = False
    """Whether the demo promises that switching the idea off changes it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a demo shows under one setting."""

    demo: str
    title: str
    settings: str
    """What differs from the demo's defaults: `lam = 0.95`."""
    off_settings: str
    why_no_off: str
    says: str
    formula: str
    numbers: tuple[Measured, ...]
    series: tuple[Series, ...]
    origin: Origin
    note: str = ""
    """Why it was not run."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what an answer must say, best first."""

    ask: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Against:
    """A module beside neighbours of which the same is to be said."""

    neighbours: tuple[str, ...]
    """Their titles."""
    text: str
    """Empty where those modules are not written yet."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong statement that is often heard, and what to say instead."""

    says: str
    fix: str


WeakKind = Literal["leech", "forgotten", "prediction", "quiz"]


@dataclass(frozen=True, slots=True)
class WeakPoint:
    """What the log says was missed, and what should have been said."""

    kind: WeakKind
    ask: str
    say: str
    detail: str
    """Predicted and computed number, or how often it was forgotten."""
    on: date


@dataclass(frozen=True, slots=True)
class Cited:
    """A source and the places in it."""

    text: str
    url: str
    where: str
    read: str
    """A date, or that it was written from memory."""


@dataclass(frozen=True, slots=True)
class ModuleBrief:
    """The notes on one module."""

    id: str
    title: str
    area: str
    ask: str
    """The question that the three minutes answer."""
    must_say: str
    """The plan's sentence for the day the module is taught; may be empty."""
    parts: tuple[Part, ...]
    from_cards: bool
    """Whether there is no interview question yet, and the answer was put together from cards."""
    formula: str
    shown: tuple[Shown, ...]
    against: tuple[Against, ...]
    follow_ups: tuple[Question, ...]
    also_asked: tuple[Question, ...]
    in_a_line: tuple[Question, ...]
    """Cards, each with its 30-second line."""
    mistakes: tuple[Mistake, ...]
    weak: tuple[WeakPoint, ...]
    sources: tuple[Cited, ...]
    as_of: str


@dataclass(frozen=True, slots=True)
class Brief:
    """The notes on several modules."""

    language: Language
    made: datetime
    modules: tuple[ModuleBrief, ...]
    planned: tuple[str, ...]
    """Titles of modules that are not written yet."""
    versions: Mapping[str, str]
