"""Mutants of one demo: copies of its source with one slip in the arithmetic, as a tired author makes it.

The operators are mutmut's; those that only break types, strings or assignments are left out, and slips it has none
for are added. `run` is left alone: it gathers and labels what the pure functions computed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

import libcst as cst
from mutmut.mutation.mutators import operator_if_exp, operator_keywords, operator_number, operator_swap_op

PAIRS = [
    ("min", "max"),
    ("minimum", "maximum"),
    ("argmin", "argmax"),
    ("tril", "triu"),
    ("floor", "ceil"),
    ("any", "all"),
    ("cos", "sin"),
]
OTHER = dict(PAIRS) | {second: first for first, second in PAIRS}
SYMMETRIC = {"min", "max", "minimum", "maximum", "hypot", "isclose", "equal"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One slip."""

    where: str
    """The function or class."""
    was: str
    """The line before."""
    now: str
    """The same line with the slip."""
    kind: str
    """The operator that made it."""
    source: str
    """The whole file with the slip in it."""

    @property
    def rank(self) -> str:
        """A place in the draw that other mutants coming and going do not change."""
        return hashlib.sha256(f"{self.where}|{self.was}|{self.now}".encode()).hexdigest()


def number_less_one(node: cst.Integer) -> Iterable[cst.BaseExpression]:
    """n → n - 1; mutmut has n + 1."""
    if node.evaluated_value > 0:
        yield node.with_changes(value=str(node.evaluated_value - 1))


def other_sign(node: cst.UnaryOperation) -> Iterable[cst.BaseExpression]:
    """-x → x."""
    if isinstance(node.operator, cst.Minus):
        yield node.expression


def other_function(node: cst.Call) -> Iterable[cst.BaseExpression]:
    """min ↔ max and the like, as a name or a method."""
    name = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
    if isinstance(name, cst.Name) and name.value in OTHER:
        yield node.with_deep_changes(name, value=OTHER[name.value])


def swapped_arguments(node: cst.Call) -> Iterable[cst.BaseExpression]:
    """f(a, b, …) → f(b, a, …), where that is another value."""
    name = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
    first, second = node.args[:2] if len(node.args) > 1 else (None, None)
    if first is None or second is None or first.star or second.star or first.keyword or second.keyword:
        return
    if (isinstance(name, cst.Name) and name.value in SYMMETRIC) or first.value.deep_equals(second.value):
        return
    swapped = [first.with_changes(value=second.value), second.with_changes(value=first.value)]
    yield node.with_changes(args=[*swapped, *node.args[2:]])


OPERATORS: Sequence[tuple[type[Any], Callable[[Any], Iterable[cst.CSTNode]]]] = [
    (cst.CSTNode, operator_swap_op),
    (cst.CSTNode, operator_keywords),
    (cst.BaseNumber, operator_number),
    (cst.IfExp, operator_if_exp),
    (cst.Integer, number_less_one),
    (cst.UnaryOperation, other_sign),
    (cst.Call, other_function),
    (cst.Call, swapped_arguments),
]


def walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A node and everything below it that computes; annotations do not."""
    yield node
    for child in node.children:
        if not isinstance(child, cst.Annotation):
            yield from walk(child)


def lines_that_differ(before: str, after: str) -> tuple[str, str]:
    """The lines of the one place where two texts differ, without their indentation."""
    old, new = before.splitlines(), after.splitlines()
    matches = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    _, i1, i2, j1, j2 = next(op for op in matches if op[0] != "equal")
    return " ".join(map(str.strip, old[i1:i2])), " ".join(map(str.strip, new[j1:j2]))


def mutants(source: str) -> list[Mutant]:
    """Every mutant of every function and class but `run`, in the order of the file."""
    module = cst.parse_module(source)
    found = []
    for unit in module.body:
        if not isinstance(unit, cst.FunctionDef | cst.ClassDef) or unit.name.value == "run":
            continue
        text = module.code_for_node(unit)
        for node in walk(unit):
            for kind, operator in OPERATORS:
                for slipped in operator(node) if isinstance(node, kind) else ():
                    changed = module.code_for_node(
                        cst.ensure_type(unit.deep_replace(node, slipped), type(unit))
                    )
                    was, now = lines_that_differ(text, changed)
                    found.append(
                        Mutant(unit.name.value, was, now, operator.__name__, source.replace(text, changed, 1))
                    )
    return found


def sample(source: str, size: int, but: Collection[tuple[str, str]]) -> list[Mutant]:
    """A fixed draw from the mutants whose (was, now) is not in `but`, taking from every kind in turn."""
    of_kind: dict[str, list[Mutant]] = {}
    for mutant in sorted(mutants(source), key=lambda one: one.rank):
        if (mutant.was, mutant.now) not in but:
            of_kind.setdefault(mutant.kind, []).append(mutant)
    turns = zip_longest(*(of_kind[kind] for kind in sorted(of_kind)))
    return [mutant for turn in turns for mutant in turn if mutant is not None][:size]
