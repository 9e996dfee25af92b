"""How the atoms of a formula sit beside each other: which signs are operators there, and the spaces between, after TeX."""

from __future__ import annotations

from collections.abc import Sequence

from llmcore_tui.render.symbols import Kind
from llmcore_tui.render.tree import Fraction, Leaf, Node, Scripted

_BEGINS_SOMETHING = frozenset(
    {Kind.BINARY, Kind.SIGN, Kind.RELATION, Kind.OPEN, Kind.PUNCTUATION, Kind.WORD, Kind.BIG}
)
"""After these, or at the beginning, a minus is a sign and a bar opens."""
_ENDS_SOMETHING = frozenset({Kind.RELATION, Kind.CLOSE, Kind.PUNCTUATION})
_BARS = ("|", "‖")


def atom_kinds(items: Sequence[Node]) -> list[Kind]:
    """The class of each item among the others."""
    kinds = [_kind(item) for item in items]
    open_bars: list[str] = []
    for index, item in enumerate(items):
        before = next((kind for kind in reversed(kinds[:index]) if kind is not Kind.SPACE), None)
        after = next((kind for kind in kinds[index + 1 :] if kind is not Kind.SPACE), None)
        is_beginning = before is None or before in _BEGINS_SOMETHING
        if kinds[index] is Kind.BINARY and after is None:
            kinds[index] = Kind.ORDINARY
        elif kinds[index] is Kind.BINARY and (is_beginning or after in _ENDS_SOMETHING):
            kinds[index] = Kind.SIGN if is_beginning else Kind.ORDINARY
        elif kinds[index] is Kind.ORDINARY and (bar := _bar(item)):
            if open_bars and open_bars[-1] == bar and not is_beginning:
                kinds[index] = Kind.CLOSE
                open_bars.pop()
            elif is_beginning and after is not None:
                kinds[index] = Kind.OPEN
                open_bars.append(bar)
    return kinds


def gap(before: Kind, after: Kind, *, tight: bool, loose_signs: bool) -> int:
    """Spaces between two atoms, after TeX's table: `tight` inside scripts, `loose_signs` around + and − too."""
    pair = {before, after}
    if Kind.SPACE in pair or before is Kind.SIGN:
        return 0
    if Kind.BINARY in pair:
        return 1 if loose_signs and not tight else 0
    if before is Kind.WORD or after is Kind.WORD:
        if before is Kind.OPEN or after in (Kind.OPEN, Kind.CLOSE, Kind.PUNCTUATION):
            return 0
        if tight and (Kind.RELATION in pair or before is Kind.PUNCTUATION):
            return 0
        return 1
    if tight:
        return 0
    if Kind.RELATION in pair:
        return 0 if before is after or before is Kind.OPEN or after in (Kind.CLOSE, Kind.PUNCTUATION) else 1
    if before is Kind.PUNCTUATION:
        return 1
    if before is Kind.BIG:
        return 1
    if after is Kind.BIG:
        return 1 if before in (Kind.ORDINARY, Kind.CLOSE, Kind.INNER) else 0
    if Kind.INNER in pair:
        return 1 if before in (Kind.ORDINARY, Kind.INNER) and after is not Kind.CLOSE else 0
    return 0


def _kind(node: Node) -> Kind:
    match node:
        case Leaf(_, kind):
            return kind
        case Scripted(base):
            return _kind(base)
        case Fraction(_, _, bar):
            return Kind.INNER if bar else Kind.WORD
        case _:
            return Kind.ORDINARY


def _bar(node: Node) -> str:
    """The bar that an item is, scripts aside."""
    leaf = node.base if isinstance(node, Scripted) else node
    return leaf.text if isinstance(leaf, Leaf) and leaf.text in _BARS else ""
