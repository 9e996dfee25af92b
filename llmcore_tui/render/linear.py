"""A formula on one line: δₜ = rₜ+γV(sₜ₊₁)−V(sₜ). Brackets are added wherever a line alone would read differently."""

from __future__ import annotations

from llmcore_tui.render.brackets import is_differential, is_product, is_unit
from llmcore_tui.render.spacing import atom_kinds, gap
from llmcore_tui.render.symbols import SUPERSCRIPT_MARKS, Kind, subscript, superscript
from llmcore_tui.render.tree import Fenced, FormulaError, Fraction, Leaf, Node, Root, Row, Scripted

_FACTOR = frozenset({Kind.ORDINARY, Kind.CLOSE, Kind.INNER, Kind.BIG, Kind.WORD})
_FACTOR_AHEAD = frozenset({Kind.ORDINARY, Kind.OPEN, Kind.INNER, Kind.BIG, Kind.WORD})
_PRODUCT = frozenset("×·÷∗⋅⊙/")
_ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}


def linear(row: Row, *, tight: bool = False) -> str:
    """The row on one line; raises `FormulaError` for what has no such form (matrices, cases). `tight` leaves out spaces."""
    items = flattened(row)
    kinds = atom_kinds(items)
    line = ""
    before: Kind | None = None
    for index, item in enumerate(items):
        around, symbols = _around(items, kinds, index)
        piece = _piece(item, around, tight, symbols)
        space = "" if before is None else " " * gap(before, kinds[index], tight=tight, loose_signs=False)
        if line.endswith(" ") or piece.startswith(" ") or (before is Kind.WORD and piece.startswith("(")):
            space = ""
        if not space and piece[:1].isalnum() and _ends_in_open_script(line):
            line = _closed_script(line)
        line += space + piece
        before = kinds[index]
    return line.strip() if not tight else line


def flattened(row: Row) -> list[Node]:
    """The items of a row, those of `\\left…\\right` among them, without groups that hold a single thing."""
    items: list[Node] = []
    for item in row.items:
        if isinstance(item, Fenced):
            inside = flattened(item.body)
            items += [Leaf(item.left, Kind.OPEN)] if item.left else []
            items += inside
            items += [Leaf(item.right, Kind.CLOSE)] if item.right else []
        elif isinstance(item, Row) and len(item.items) == 1:
            items += (
                flattened(item) if not isinstance(item.items[0], Leaf) else [_group_of_one(item.items[0])]
            )
        else:
            items.append(item)
    return items


def _group_of_one(leaf: Leaf) -> Leaf:
    """`{,}` and `{-}`: in braces a symbol loses its class."""
    return leaf if leaf.kind in (Kind.WORD, Kind.SPACE, Kind.BIG) else Leaf(leaf.text, Kind.ORDINARY)


def _piece(item: Node, around: tuple[Kind | None, Kind | None], tight: bool, beside: str = "") -> str:
    """One item; `around` are the classes before and after it, spaces left out, and `beside` the symbols there."""
    before, after = around
    match item:
        case Leaf(text):
            return text
        case Row():
            return linear(item, tight=tight)
        case Scripted():
            return _scripted(item, tight)
        case Root():
            return _root(item, in_product=after in _FACTOR_AHEAD)
        case Fraction(_, _, False):
            return _fraction(item)
        case Fraction():
            text = _fraction(item)
            in_product = before in _FACTOR or after in _FACTOR_AHEAD or bool(set(beside) & _PRODUCT)
            return f"({text})" if in_product else text
        case _:
            raise FormulaError("it has rows and columns")


def _around(items: list[Node], kinds: list[Kind], index: int) -> tuple[tuple[Kind | None, Kind | None], str]:
    """The classes of the nearest items that are no spaces, and the symbols that they are."""
    before = next((i for i in reversed(range(index)) if kinds[i] is not Kind.SPACE), None)
    after = next((i for i in range(index + 1, len(items)) if kinds[i] is not Kind.SPACE), None)
    found = [items[place] for place in (before, after) if place is not None]
    symbols = "".join(node.text for node in found if isinstance(node, Leaf) and len(node.text) == 1)
    return (None if before is None else kinds[before], None if after is None else kinds[after]), symbols


def _scripted(node: Scripted, tight: bool) -> str:
    base = _base(node.base, tight)
    sub = linear(node.sub, tight=True) if node.sub else ""
    sup = linear(node.sup, tight=True) if node.sup else ""
    lowered, raised = subscript(sub), superscript(sup)
    if sub and lowered is None:
        lowered = f"_{sub}" if len(sub) == 1 and not sup else f"_{{{sub}}}"
    if sup and raised is None:
        raised = f"^{sup}" if len(sup) == 1 else _raised(sup)
    return f"{base}{lowered or ''}{raised or ''}"


def _raised(sup: str) -> str:
    """A superscript in braces; primes and stars at its beginning stand by themselves."""
    marks = ""
    while sup[:1] in ("′", "″", "‴"):
        marks, sup = marks + sup[0], sup[1:]
    return marks + ((superscript(sup) or f"^{{{sup}}}") if sup else "")


def _base(node: Node, tight: bool) -> str:
    match node:
        case Leaf(text):
            return text
        case Row(items) if len(items) == 1:
            return _base(items[0], tight)
        case Row():
            return linear(node, tight=tight)
        case Fenced():
            return linear(Row((node,)), tight=tight)
        case Scripted():
            return f"({_scripted(node, tight)})"
        case _:
            return f"({_piece(node, (None, None), tight)})"


def _root(node: Root, *, in_product: bool) -> str:
    degree = linear(node.degree, tight=True) if node.degree else ""
    sign = _ROOTS.get(degree)
    if sign is None:
        raised = superscript(degree)
        if raised is None:
            raise FormulaError("a root of that degree")
        sign = raised + "√"
    body = _in_brackets_unless_unit(node.body)
    return sign + (f"({body})" if in_product and not body.startswith("(") else body)


def _fraction(node: Fraction) -> str:
    if not node.bar:
        return f"binom({linear(node.top)}, {linear(node.bottom)})"
    top, bottom = flattened(node.top), flattened(node.bottom)
    if is_differential(top) and is_differential(bottom):
        return f"{linear(node.top)}/{linear(node.bottom)}"
    above = linear(node.top) if is_product(top) else _in_brackets_unless_unit(node.top)
    return f"{above}/{_in_brackets_unless_unit(node.bottom)}"


def _in_brackets_unless_unit(row: Row) -> str:
    text = linear(row)
    return text if is_unit(flattened(row)) else f"({text})"


def _ends_in_open_script(line: str) -> bool:
    """Whether the line ends in a script of one character that what follows would seem to belong to: π_θ."""
    return (
        len(line) > 2
        and line[-2] in "_^"
        and line[-1] not in "{}"
        and line[-1] not in SUPERSCRIPT_MARKS.values()
    )


def _closed_script(line: str) -> str:
    return f"{line[:-1]}{{{line[-1]}}}"
