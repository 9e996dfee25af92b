"""A published source that cards cite."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

SourceKind = Literal["paper", "book", "documentation", "course"]


@dataclass(frozen=True, slots=True)
class Source:
    """A published source."""

    cite: str
    title: str
    authors: str
    year: int
    url: str
    kind: SourceKind
    read: date | None
    """None: cited from memory."""
