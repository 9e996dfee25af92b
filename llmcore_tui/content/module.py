"""A module is a topic, an area a group of them; together they are the graph of what requires what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.content.card import ModuleId

Demand = Literal["A", "B", "C"]


@dataclass(frozen=True, slots=True)
class Area:
    """A group of modules."""

    id: str
    title: Bilingual


@dataclass(frozen=True, slots=True)
class Module:
    """A topic."""

    id: ModuleId
    area: str
    title: Bilingual
    requires: tuple[ModuleId, ...]
    demand: Demand
    """How often interviews ask for it, A the most."""
    demos: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    planned: bool = False
    """No card of it is written yet."""
