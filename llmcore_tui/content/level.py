"""A level: a gate over modules."""

from __future__ import annotations

from dataclasses import dataclass

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.content.card import ModuleId


@dataclass(frozen=True, slots=True)
class Level:
    """A gate over modules."""

    id: str
    title: Bilingual
    modules: tuple[ModuleId, ...]
