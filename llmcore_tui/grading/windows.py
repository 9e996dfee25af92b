"""The stretches of an answer in which a point may be said: one to three neighbouring clauses of a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from llmcore_tui.grading.clauses import Clause, clauses
from llmcore_tui.grading.pieces import SYMBOLS, Entry, Term, entries
from llmcore_tui.grading.profile import bound_numbers, names
from llmcore_tui.grading.terms import terms

MOST_CLAUSES = 3
_BARE_RUN = 7
"""So many clauses in a row without a word that connects or says something are a list of key words."""
_BARE_TERMS = 3


@dataclass(frozen=True)
class Window:
    """A stretch of an answer."""

    start: int
    end: int
    terms: tuple[Term, ...]
    texts: frozenset[str]
    values: Mapping[str, str]
    """What each symbol was last set to: `at λ = 0` holds until λ is something else."""


def windows(answer: str) -> list[Window]:
    """All windows of an answer, shortest first from each clause; lists of key words are passed over."""
    cut = clauses(answer)
    said = [terms(clause.text) for clause in cut]
    contexts = _contexts(said)
    listed = _listed(cut)
    found = []
    for first in range(len(cut)):
        together: tuple[Term, ...] = ()
        for last in range(first, min(len(cut), first + MOST_CLAUSES)):
            if listed[last] or cut[last].sentence != cut[first].sentence:
                break
            if last > first and _clash(contexts[first], contexts[last]):
                break
            together += said[last]
            texts = frozenset({term.text for term in together} | names(together))
            found.append(Window(cut[first].start, cut[last].end, together, texts, contexts[last]))
    return found


def _contexts(said: list[tuple[Term, ...]]) -> list[dict[str, str]]:
    """For each clause what the symbols are set to there; one that is set to several values there is unknown again."""
    context: dict[str, str] = {}
    found = []
    for clause in said:
        here = {symbol: numbers for symbol, numbers in bound_numbers(clause).items() if symbol in SYMBOLS}
        kept = {symbol: value for symbol, value in context.items() if symbol not in here}
        set_here = {symbol: next(iter(numbers)) for symbol, numbers in here.items() if len(numbers) == 1}
        context = {**kept, **set_here}
        found.append(context)
    return found


def _clash(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return any(symbol in other and other[symbol] != value for symbol, value in one.items())


def _listed(cut: list[Clause]) -> list[bool]:
    """Which clauses belong to a run of bare key words."""
    bare = [_is_bare(clause) for clause in cut]
    listed = [False] * len(cut)
    start = 0
    for place in range(len(cut) + 1):
        if place == len(cut) or not bare[place]:
            if place - start >= _BARE_RUN:
                listed[start:place] = [True] * (place - start)
            start = place + 1
    return listed


def _is_bare(clause: Clause) -> bool:
    """Whether a clause is only names of things: nothing in it connects, compares, denies or computes."""
    pieces = entries(clause.text)
    telling = [p for p in pieces if isinstance(p, Term) or p.role in ("concept", "pole")]
    operators = [p for p in telling if isinstance(p, Term) and p.kind == "operator"]
    connecting = [p for p in pieces if isinstance(p, Entry) and p.role not in ("concept", "pole")]
    return len(telling) <= _BARE_TERMS and not operators and not connecting
