"""A quiz item: a question marked by computation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.content.card import Citation, ModuleId, Option
from llmcore_tui.content.claim import DemoLink, ResultSpec, Slot, Spread
from llmcore_tui.content.code_task import CodeTask
from llmcore_tui.content.wordings import Wordings

ItemId = NewType("ItemId", str)


class ItemKind(StrEnum):
    """How a quiz item is answered."""

    CHOICE = "choice"
    NUMERIC = "numeric"
    TYPED = "typed"
    ORDER = "order"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class QuizItem:
    """One quiz item as its file states it."""

    id: ItemId
    module: ModuleId
    kind: ItemKind
    as_of: str
    ask: Bilingual
    explain: Bilingual
    sources: tuple[Citation, ...]
    level: int
    """1 to 5."""
    right: Option | None = None
    """`choice`."""
    wrong: tuple[Option, ...] = ()
    """`choice`: two to four."""
    vary: Mapping[str, Spread] = field(default_factory=dict)
    """`numeric`: may be empty, then the question is always the same."""
    result: ResultSpec | None = None
    """`numeric`."""
    accept: Wordings = field(default_factory=Wordings)
    """`typed`."""
    steps: tuple[Bilingual, ...] = ()
    """`order`: in the right order."""
    code: CodeTask | None = None
    """`code`."""
    demo: DemoLink | None = None
    numbers: Mapping[str, Slot] = field(default_factory=dict)
