"""What an answer is marked by: the points it must say, the statements it must not, and the texts it must not merely copy.

A rubric holds plain text in both languages at once, since an answer may be in either, or in both.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Criterion:
    """One atomic thing to say."""

    id: str
    say: str
    """As the learner is told what was missed."""
    wordings: tuple[str, ...]
    """All that counts as having said it, in both languages, `say` among them."""
    must: bool = False
    weight: float = 1


@dataclass(frozen=True, slots=True)
class WrongClaim:
    """A misconception: saying it costs points."""

    id: str
    says: str
    fix: str
    wordings: tuple[str, ...]
    """The claim in both languages."""


@dataclass(frozen=True)
class Rubric:
    """All that a marker knows of one question."""

    question: tuple[str, ...]
    """The question in each language."""
    points: tuple[Criterion, ...]
    wrong_claims: tuple[WrongClaim, ...] = ()
    references: tuple[str, ...] = ()
    """Whole model answers: to recognise a copy, and for a model to judge by."""

    @cached_property
    def hash(self) -> str:
        """Names this wording of the rubric: an answer that is marked again later may have been marked by another."""
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
