"""What the learner sees before the answer: a question with every slot filled, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from llmcore_tui.content.card import Card
    from llmcore_tui.content.claim import Setting
    from llmcore_tui.content.code_task import CodeTask

Takes = Literal["words", "option", "gap", "number", "code"]
"""What an answer to a card is; `words` are never checked by computation."""

Why = Literal["new", "review", "learning", "cram"]


@dataclass(frozen=True, slots=True)
class ShownOption:
    """One option of a `choice`, in its shuffled place."""

    number: int
    """What the learner types to choose it, from 1."""
    say: str


@dataclass(frozen=True, slots=True)
class PredictionQuestion:
    """The number of a demo that the learner is asked for before seeing it."""

    text: str
    demo: str
    set: Mapping[str, Setting]
    key: str
    unit: str
    within: str
    """How near counts, as the card writes it: `20%`, `0.05`."""


@dataclass(frozen=True, slots=True)
class Question:
    """One card as a question; texts are Markdown with formulas between `$`."""

    card: Card
    module: str
    module_title: str
    kind: str
    kind_name: str
    """The kind as a word of the learner's language."""
    ask: str
    hint: str
    takes: Takes
    unit: str
    """The unit of the number that a `calculate` asks for, or nothing."""
    within: str
    """How near that number must be."""
    claim: str
    """The wrong sentence of a `spot_error`."""
    gap: str
    """The sentence of a `cloze` with its gap."""
    options: tuple[ShownOption, ...]
    code: CodeTask | None
    prediction: PredictionQuestion | None
    draw: Mapping[str, Setting]
    """The drawn values of a generated question."""
    why: Why
    position: int
    total: int
    has_demo: bool
    flagged: str
    """What the learner said is wrong with this card, or nothing."""
    note: str
    """The learner's private note on this card, or nothing."""
