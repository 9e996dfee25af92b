"""What is listened for: the terms of a point with how much each tells, from all its wordings and against the other points."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

from llmcore_tui.grading.pieces import SYMBOLS, Kind, Term
from llmcore_tui.grading.rubric import Rubric
from llmcore_tui.grading.terms import all_terms

# Chosen on the seen two thirds of the gold answers (docs/marking.md).
_OF_KIND: dict[Kind, float] = {"concept": 1.0, "word": 1.0, "han": 0.6, "number": 1.5, "operator": 0.0}
_MOST_WORDINGS = 3
_AGREEMENT = 0.7
"""A term in n wordings weighs n to this power: what several wordings share is the point's core."""
_RARITY = 0.8
"""A term in n points of the question weighs 1 / n to this power: it does not tell one from the other."""
_ASKED = 0.6
"""What is left of the weight of a term that the question itself says."""
_ENOUGH = 6
"""A point counts as said in full when its so many weightiest terms are there."""


_RELATIONS = frozenset({"=", "<", ">", "<=", ">="})

Sense = tuple[int, str]
"""A sign, and whether it comes from a word of change or from a denial."""


@dataclass(frozen=True)
class Profile:
    """One point as terms."""

    id: str
    weights: Mapping[str, float]
    full: float
    """The weight that makes it said in full."""
    signs: Mapping[str, frozenset[Sense]]
    """With which signs each term occurs in the wordings, and by what."""
    wordings: tuple[tuple[Term, ...], ...]
    values: Mapping[str, str]
    """Numbers that its wordings bind to a symbol: λ to 0."""


@lru_cache(maxsize=512)
def profiles(rubric: Rubric) -> tuple[Profile, ...]:
    """The profiles of a rubric's points, in their order."""
    said = [tuple(all_terms(wording) for wording in point.wordings) for point in rubric.points]
    asked = {name for text in rubric.question for name in names(all_terms(text))}
    in_points = Counter(text for wordings in said for text in set().union(*map(names, wordings)))
    found = []
    for point, wordings in zip(rubric.points, said, strict=True):
        weights = _weights(wordings, in_points, asked)
        full = sum(sorted(weights.values(), reverse=True)[:_ENOUGH]) or 1.0
        found.append(
            Profile(
                point.id, weights, full, senses(chain.from_iterable(wordings)), wordings, _values(wordings)
            )
        )
    return tuple(found)


def _weights(
    wordings: Sequence[tuple[Term, ...]], in_points: Mapping[str, int], asked: set[str]
) -> dict[str, float]:
    kinds: dict[str, Kind] = {term.text: term.kind for wording in wordings for term in wording}
    kinds.update({name: "number" for wording in wordings for name in names(wording) if name not in kinds})
    counts = Counter(text for wording in wordings for text in names(wording))
    return {
        text: _OF_KIND[kinds[text]]
        * min(count, _MOST_WORDINGS) ** _AGREEMENT
        / in_points[text] ** _RARITY
        * (_ASKED if text in asked else 1.0)
        for text, count in counts.items()
        if _OF_KIND[kinds[text]]
    }


def names(said: Sequence[Term]) -> set[str]:
    """The texts of terms; a number that a symbol is set to or held against is one with it: `γ < 1` is not `λ = 1`."""
    found: set[str] = set()
    before: Term | None = None
    for term in said:
        is_bound = term.kind == "number" and before is not None and before.text in SYMBOLS
        found.add(f"{before.text}={term.text}" if is_bound and before else term.text)
        if term.text not in _RELATIONS:
            before = term
    return found


def senses(said: Iterable[Term]) -> dict[str, frozenset[Sense]]:
    """With which signs each term occurs, and by what."""
    found: dict[str, set[Sense]] = defaultdict(set)
    for term in said:
        found[term.text].add((term.sign, term.how))
    return {text: frozenset(signs) for text, signs in found.items()}


def _values(wordings: Sequence[tuple[Term, ...]]) -> dict[str, str]:
    """Symbols to which two wordings or more bind one and the same number."""
    bound: dict[str, Counter[str]] = defaultdict(Counter)
    for wording in wordings:
        for symbol, number in bindings(wording):
            bound[symbol][number] += 1
    return {
        symbol: next(iter(numbers))
        for symbol, numbers in bound.items()
        if len(numbers) == 1 and numbers.total() > 1
    }


def bindings(said: Sequence[Term]) -> list[tuple[str, str]]:
    """Numbers with the concept or word right before them, an `=` between them or not: `λ = 0` gives (lambda, 0)."""
    plain = [term for term in said if term.text != "="]
    return [
        (before.text, term.text)
        for before, term in pairwise(plain)
        if term.kind == "number" and before.kind in ("concept", "word")
    ]


def bound_numbers(said: Sequence[Term]) -> dict[str, set[str]]:
    """Every number that each concept or word is set to."""
    bound: dict[str, set[str]] = defaultdict(set)
    for symbol, number in bindings(said):
        bound[symbol].add(number)
    return bound
