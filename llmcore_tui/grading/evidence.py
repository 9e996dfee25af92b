"""Whether a quotation of the answer is worth anything as evidence: a model that was talked round quotes whatever there is.

It must be more than a word, say more than the question did, and be about the subject.
"""

from __future__ import annotations

import re
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from llmcore_tui.grading.pieces import is_han
from llmcore_tui.grading.spelling import normal
from llmcore_tui.grading.terms import terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmcore_tui.grading.rubric import Rubric

FEWEST_WORDS = 2
"""Two Chinese characters count as one word."""
_SAYS_LITTLE = frozenset({"size"})
"""What large, more, less and the like are called among the terms: every text has one."""
_WORD = re.compile(r"[^\W_]+")


def enough(text: str) -> bool:
    """Whether a quotation has as many words as evidence needs."""
    spelt = normal(text)
    han = sum(map(is_han, spelt))
    words = _WORD.findall("".join(" " if is_han(char) else char for char in spelt))
    return len(words) + han / 2 >= FEWEST_WORDS


class Weighing:
    """What counts as evidence for having said a point, under one rubric."""

    def __init__(self, rubric: Rubric) -> None:
        said = [each.wordings for each in rubric.points] + [each.wordings for each in rubric.wrong_claims]
        self._asked = _named(rubric.question)
        self._subject = _named((*chain.from_iterable(said), *rubric.references))

    def counts(self, evidence: str) -> bool:
        """Whether it has enough words, not all of them the question's, and shares one with what can be said."""
        named = _named((evidence,))
        shared = {name for name in named & self._subject if name not in _SAYS_LITTLE and not _is_digit(name)}
        return enough(evidence) and bool(named - self._asked) and bool(shared)


def _named(texts: Iterable[str]) -> frozenset[str]:
    """What texts name: concepts, words and numbers; Chinese outside the lexicon by pairs of characters."""
    found: set[str] = set()
    for text in texts:
        said = [term for term in terms(text) if term.kind != "operator"]
        found |= {term.text for term in said if term.kind != "han"}
        found |= {one.text + two.text for one, two in pairwise(said) if one.kind == two.kind == "han"}
    return frozenset(found)


def _is_digit(name: str) -> bool:
    return len(name) == 1 and name.isdigit()
