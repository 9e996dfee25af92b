"""Marking where there are only whole reference answers and no points: how much of the nearest one an answer says.

Half is recall of its words as they are (stems, single letters, Chinese characters and their pairs), less the question's
own; half is recall of its terms. Long references are never said in full, so that their share counts for more; what goes
the other way takes its share off.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import fsum

from llmcore_tui.grading import gates
from llmcore_tui.grading.clauses import clauses
from llmcore_tui.grading.mark import Flag, Mark, PointMark, Verdict
from llmcore_tui.grading.pieces import Kind, Term, is_han, stem
from llmcore_tui.grading.profile import bindings, bound_numbers
from llmcore_tui.grading.rubric import Rubric
from llmcore_tui.grading.spelling import normal
from llmcore_tui.grading.terms import all_terms, terms

_OF_KIND: dict[Kind, float] = {"concept": 1.0, "word": 1.0, "han": 0.6, "number": 1.2, "operator": 0.0}
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[\u3400-\u9fff]+")
_PLAIN = 0.6
"""How much plain recall of terms counts beside recall without the question's."""
_TERMS = (5, 25, 0.5)
_WORDS = (5, 40, 0.6)
"""From how many different ones, to how many, the share of a reference is bent up, and how far: 0.5 is the square root."""
_AGAINST = 1.5
"""How much of the credit goes for each share of it that says the opposite."""
_OTHER_NUMBER = 1.5
"""The weight of a number that is another one than the reference's."""
_MET, _PARTIAL, _CONTRADICTED = 0.6, 0.3, 0.34
_NO_POINT = frozenset({Flag.TOO_SHORT})
"""One word can be a whole answer where references are short."""


@dataclass(frozen=True, slots=True)
class _Reference:
    words: frozenset[str]
    kinds: Mapping[str, Kind]
    signs: Mapping[str, frozenset[int]]
    numbers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Said:
    terms: Sequence[Term]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Held:
    """An answer held against one reference."""

    share: float
    against: float
    """The share of what it says of the reference that goes the other way."""


def mark_by_references(answer: str, question: str, references: Sequence[str]) -> Mark:
    """One point, the reference that fits best (`reference-2`), and a coverage between 0 and 1 without steps."""
    rubric = Rubric((question,), (), (), tuple(references))
    plain, ordered = gates.without_orders(answer)
    flags = tuple(flag for flag in gates.stopped(plain, rubric, ordered=ordered) if flag not in _NO_POINT)
    if Flag.OTHER_LANGUAGE in flags or not references:
        return Mark((), None, flags=flags)
    if flags:
        return Mark((PointMark("reference-1", Verdict.MISSED),), 0.0, flags=flags)
    noticed = (Flag.INSTRUCTIONS,) * ordered + (Flag.COPIES_REFERENCE,) * gates.copies_reference(
        plain, rubric
    )
    said, asked = _Said(all_terms(plain), _words(plain)), _reference(question)
    held = [_hold(said, _reference(each), asked) for each in references]
    best = max(range(len(held)), key=lambda at: held[at].share)
    verdict = _verdict(held[best])
    evidence = _quote(answer, plain, references[best]) if verdict is not Verdict.MISSED else ""
    point = PointMark(f"reference-{best + 1}", verdict, evidence)
    return Mark((point,), held[best].share, flags=noticed)


def _hold(said: _Said, reference: _Reference, asked: _Reference) -> _Held:
    signs = _signs(said.terms)
    whole = whole_new = hit = hit_new = against = 0.0
    for text, kind in reference.kinds.items():
        weight = _OF_KIND[kind]
        new = 0.0 if text in asked.kinds else weight
        whole, whole_new = whole + weight, whole_new + new
        if text not in signs:
            continue
        if _opposite(reference.signs[text], signs[text]):
            against += weight
        else:
            hit, hit_new = hit + weight, hit_new + new
    against += _OTHER_NUMBER * _other_numbers(said.terms, reference)
    plain = hit / whole if whole else 0.0
    of_terms = _PLAIN * plain + (1 - _PLAIN) * (hit_new / whole_new if whole_new else plain)
    new_words = reference.words - asked.words or reference.words
    of_words = len(new_words & said.words) / len(new_words) if new_words else 0.0
    share = (
        _bent(of_terms, len(reference.kinds), _TERMS) + _bent(of_words, len(reference.words), _WORDS)
    ) / 2
    wrong = against / (hit + against) if against else 0.0
    return _Held(share * max(0.0, 1 - _AGAINST * wrong), wrong)


def _bent(share: float, size: int, bend: tuple[int, int, float]) -> float:
    low, high, most = bend
    bent: float = share ** (1 - most * min(1.0, max(0.0, (size - low) / (high - low))))
    return bent


def _opposite(own: frozenset[int], said: frozenset[int]) -> bool:
    """Whether one says yes or merely names, and the other says no, throughout."""
    if 1 in own and -1 not in own:
        return -1 in said and 1 not in said
    if own == {-1}:
        return -1 not in said
    return own == {0} and said == {-1}


def _other_numbers(said: Sequence[Term], reference: _Reference) -> int:
    bound = bound_numbers(said)
    return sum(symbol in bound and number not in bound[symbol] for symbol, number in reference.numbers)


def _verdict(held: _Held) -> Verdict:
    if held.against >= _CONTRADICTED:
        return Verdict.CONTRADICTED
    return (
        Verdict.MET if held.share >= _MET else Verdict.PARTIAL if held.share >= _PARTIAL else Verdict.MISSED
    )


def _quote(answer: str, plain: str, reference: str) -> str:
    """The clause that shares most with the reference."""
    kinds = _reference(reference).kinds
    shared = [
        (
            fsum(_OF_KIND[kinds[text]] for text in {t.text for t in terms(clause.text)} if text in kinds),
            clause,
        )
        for clause in clauses(plain)
    ]
    clause = max(shared, key=lambda each: each[0])[1]
    return answer[clause.start : clause.end]


@lru_cache(maxsize=256)
def _reference(text: str) -> _Reference:
    said = all_terms(text)
    return _Reference(
        _words(text), {term.text: term.kind for term in said}, _signs(said), tuple(bindings(said))
    )


def _words(text: str) -> frozenset[str]:
    found: set[str] = set()
    for word in _WORD.findall(normal(text)):
        if is_han(word[0]):
            found.update(word, (word[at : at + 2] for at in range(len(word) - 1)))
        else:
            found.add(stem(word))
    return frozenset(found)


def _signs(said: Sequence[Term]) -> dict[str, frozenset[int]]:
    signs: dict[str, set[int]] = defaultdict(set)
    for term in said:
        signs[term.text].add(term.sign)
    return {text: frozenset(found) for text, found in signs.items()}
