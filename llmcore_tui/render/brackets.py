"""Which parts of a formula read as one thing on a line, and which need brackets there."""

from __future__ import annotations

from collections.abc import Sequence

from llmcore_tui.render.spacing import atom_kinds
from llmcore_tui.render.symbols import Kind
from llmcore_tui.render.tree import Leaf, Node, Root, Scripted

_CLOSING = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "⌊": "⌋", "⌈": "⌉"}
_DIGITS = frozenset("0123456789.")
_SUMS_AND_LISTS = frozenset(
    {Kind.BINARY, Kind.RELATION, Kind.PUNCTUATION, Kind.BIG, Kind.WORD, Kind.INNER, Kind.SIGN}
)
_ELLIPSES = frozenset("…⋯/")
_DERIVATIVE = ("∂", "∇")


def is_product(items: Sequence[Node]) -> bool:
    """Whether the items are factors side by side: above the bar of a fraction they need no brackets."""
    kinds = atom_kinds(items)
    depth = 0
    for item, kind in zip(items, kinds, strict=True):
        depth -= kind is Kind.CLOSE
        if depth == 0 and (kind in _SUMS_AND_LISTS or _text(item) in _ELLIPSES):
            return False
        depth += kind is Kind.OPEN
    return bool(items) and depth == 0


def is_unit(items: Sequence[Node]) -> bool:
    """Whether the items are one thing: a number, a symbol, a root, a function of something, a bracket."""
    if not items or all(_text(item) in _DIGITS for item in items):
        return bool(items)
    if len(items) > 1 and isinstance(items[0], Leaf) and items[0].text in _DERIVATIVE:
        items = items[1:]
    head = items[0].base if isinstance(items[0], Scripted) else items[0]
    if isinstance(head, Root):
        return len(items) == 1
    if not isinstance(head, Leaf) or head.kind in (Kind.BIG, Kind.CLOSE):
        return False
    if head.kind is Kind.OPEN:
        return _is_one_bracket(items)
    return len(items) == 1 or (
        (head.kind is Kind.WORD or head.text.isalpha()) and _is_argument(items[1:], head)
    )


def is_differential(items: Sequence[Node]) -> bool:
    """Whether the items are d and what is varied, as in dJ/dθ."""
    return len(items) == 2 and _text(items[0]) == "d" and isinstance(items[1], Leaf | Scripted)


def _is_argument(items: Sequence[Node], head: Leaf) -> bool:
    """Whether a bracket after a symbol is its argument: p(a|s), but p(1−p) is a product."""
    if not _is_one_bracket(items):
        return False
    if head.kind is Kind.WORD or _text(items[0]) == "[":
        return True
    return not any(kind in (Kind.BINARY, Kind.SIGN) for kind in atom_kinds(items))


def _is_one_bracket(items: Sequence[Node]) -> bool:
    """Whether the first item is an opening bracket that the very last one closes."""
    depth = 0
    for index, item in enumerate(items):
        leaf = item.base if isinstance(item, Scripted) else item
        if isinstance(leaf, Leaf):
            depth += (leaf.kind is Kind.OPEN) - (leaf.kind is Kind.CLOSE and leaf.text in _CLOSING.values())
        if depth == 0:
            return index == len(items) - 1 and index > 0
    return False


def _text(node: Node) -> str:
    return node.text if isinstance(node, Leaf) else ""
