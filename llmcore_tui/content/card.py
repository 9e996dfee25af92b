"""A card: one thing to recall, and what an answer must say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.content.wordings import Wordings

if TYPE_CHECKING:
    from llmcore_tui.content.claim import DemoLink, ResultSpec, Slot, Spread
    from llmcore_tui.content.code_task import CodeTask

CardId = NewType("CardId", str)
ModuleId = NewType("ModuleId", str)


class CardKind(StrEnum):
    """What a card asks its reader to do."""

    EXPLAIN = "explain"
    COMPARE = "compare"
    TRADEOFF = "tradeoff"
    CALCULATE = "calculate"
    DIAGNOSE = "diagnose"
    SPOT_ERROR = "spot_error"
    DERIVE = "derive"
    CODE = "code"
    CLOZE = "cloze"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Point:
    """One atomic thing that an answer must say."""

    id: str
    say: Bilingual
    must: bool = False
    weight: float = 1
    accept: Wordings = field(default_factory=Wordings)
    """Other wordings that count as having said it."""


@dataclass(frozen=True, slots=True)
class Misconception:
    """A wrong statement that costs points, and what to say instead."""

    id: str
    says: Bilingual
    fix: Bilingual


@dataclass(frozen=True, slots=True)
class Citation:
    """Where in a source a statement stands, and when somebody read it there."""

    cite: str
    where: str
    read: date | None
    """None: written from memory, not read."""


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to choose, and why it is right or wrong."""

    say: Bilingual
    why: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One card as its file states it; the slots in its texts are still unfilled."""

    id: CardId
    module: ModuleId
    kind: CardKind
    as_of: str
    """The month the content was true, `YYYY-MM`."""
    ask: Bilingual
    brief: Bilingual
    """The 30-second line."""
    answer: Bilingual
    sources: tuple[Citation, ...]
    difficulty: int
    """1 to 5."""
    hint: Bilingual | None = None
    formula: str = ""
    """LaTeX without dollars."""
    points: tuple[Point, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    demo: DemoLink | None = None
    numbers: Mapping[str, Slot] = field(default_factory=dict)
    vary: Mapping[str, Spread] = field(default_factory=dict)
    """`calculate`: the demo's flags that are drawn anew each time."""
    result: ResultSpec | None = None
    """`calculate`: the number asked for."""
    claim: Bilingual | None = None
    """`spot_error`: the wrong sentence."""
    cloze: Bilingual | None = None
    """`cloze`: the sentence with its gap written `[[answer]]`."""
    accept: Wordings = field(default_factory=Wordings)
    """`cloze`: what may stand in the gap."""
    right: Option | None = None
    """`choice`."""
    wrong: tuple[Option, ...] = ()
    """`choice`."""
    code: CodeTask | None = None
    """`code`."""
    neighbours: tuple[ModuleId, ...] = ()
    """Modules an interviewer goes on to."""
    tags: tuple[str, ...] = ()
    family: str = ""
    """Cards of one family are not shown on the same day."""
