"""What people would mark short answers with instead: plain overlap of words, in four usual forms.

Words are stemmed; Chinese is cut into characters and pairs of characters. Each score is the best over the references.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

import snowballstemmer

_PIECE = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[\u4e00-\u9fff]+")
_STEMMER = snowballstemmer.stemmer("english")


class Row(Protocol):
    """An answer with what it is held against."""

    @property
    def question(self) -> str: ...
    @property
    def references(self) -> Sequence[str]: ...
    @property
    def answer(self) -> str: ...


@lru_cache(maxsize=100_000)
def words(text: str) -> tuple[str, ...]:
    """Stems, numbers, Chinese characters and their pairs."""
    found: list[str] = []
    for piece in _PIECE.findall(unicodedata.normalize("NFKC", text).casefold()):
        if "\u4e00" <= piece[0] <= "\u9fff":
            found += [*piece, *(piece[at : at + 2] for at in range(len(piece) - 1))]
        else:
            found.append(_STEMMER.stemWord(piece))
    return tuple(found)


def jaccard(row: Row) -> float:
    """Words in both over words in either."""
    said = set(words(row.answer))
    return max(len(said & set(words(each))) / (len(said | set(words(each))) or 1) for each in row.references)


def demoted_recall(row: Row) -> float:
    """The share of a reference's words, less the question's own, that the answer has."""
    said, asked = set(words(row.answer)), set(words(row.question))
    new = [set(words(each)) - asked for each in row.references]
    return max((len(each & said) / len(each) if each else 0.0) for each in new)


def tf_idf(rows: Sequence[Row]) -> Callable[[Row], float]:
    """The cosine of the weighted counts; rarity from all references and answers."""
    rarity = _rarity(rows)

    def vector(text: str) -> dict[str, float]:
        return {word: count * rarity.get(word, 0.0) for word, count in Counter(words(text)).items()}

    def score(row: Row) -> float:
        return max(_cosine(vector(row.answer), vector(each)) for each in row.references)

    return score


def bm25(rows: Sequence[Row], k: float = 1.2, b: float = 0.75) -> Callable[[Row], float]:
    """BM25 (Robertson & Zaragoza 2009) of the answer as document for the reference as query, over the query's own score."""
    rarity = _rarity(rows)
    mean = sum(len(words(row.answer)) for row in rows) / len(rows)

    def against(query: str, document: str) -> float:
        counts = Counter(words(document))
        length = k * (1 - b + b * len(words(document)) / mean)
        return sum(
            rarity.get(word, 0.0) * counts[word] * (k + 1) / (counts[word] + length)
            for word in set(words(query))
        )

    def score(row: Row) -> float:
        return max(
            min(1.0, against(each, row.answer) / (against(each, each) or 1)) for each in row.references
        )

    return score


def _rarity(rows: Sequence[Row]) -> dict[str, float]:
    documents = {text for row in rows for text in (row.answer, *row.references)}
    counts = Counter(word for text in documents for word in set(words(text)))
    return {word: math.log(1 + len(documents) / count) for word, count in counts.items()}


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    product = sum(weight * other.get(word, 0.0) for word, weight in one.items())
    length = math.hypot(*one.values()) * math.hypot(*other.values())
    return product / length if length else 0.0
