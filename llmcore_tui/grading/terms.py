"""Text as terms: concepts of the field, stems of words, Chinese characters, numbers; with what negates them and how large they are.

A term's `sign` is +1 where the text says that it is there or large, -1 where it says not, absent or small, 0 where it only
names it. `low variance`, `variance falls`, `方差小` are all variance with -1.
"""

from __future__ import annotations

from functools import lru_cache

from llmcore_tui.grading.clauses import clauses
from llmcore_tui.grading.pieces import Term, entries
from llmcore_tui.grading.signs import signed

_REMEMBERED = 500
"""A longer text is no clause that comes again."""


def terms(text: str) -> tuple[Term, ...]:
    """The terms of a text in their order, without those that say nothing."""
    return _remembered(text) if len(text) <= _REMEMBERED else tuple(signed(entries(text)))


@lru_cache(maxsize=8192)
def _remembered(text: str) -> tuple[Term, ...]:
    return tuple(signed(entries(text)))


def all_terms(text: str) -> tuple[Term, ...]:
    """The terms of a text of several clauses: what bears on a term does not reach beyond its clause."""
    return tuple(term for clause in clauses(text) for term in terms(clause.text))
