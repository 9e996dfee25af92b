"""Letters as a command changes them: another alphabet, an accent, one upright word, a line above, a stroke through."""

from __future__ import annotations

import unicodedata

from llmcore_tui.render.symbols import OVERLINE, STRUCK, Kind, in_alphabet
from llmcore_tui.render.tree import FormulaError, Leaf, Node, Row, Scripted


def leaves(row: Row) -> list[Leaf]:
    """The leaves of a flat row; raises where there is structure inside."""
    found: list[Leaf] = []
    for item in row.items:
        if isinstance(item, Row):
            found.extend(leaves(item))
        elif isinstance(item, Leaf):
            found.append(item)
        else:
            raise FormulaError("structure where letters are expected")
    return found


def in_font(row: Row, alphabet: str) -> Node:
    """The row in an alphabet of `symbols.FONTS`; upright letters side by side become one word."""
    if not alphabet and len(row.items) > 1 and all(isinstance(item, Leaf) for item in row.items):
        return as_word(row)
    return _each(row, alphabet)


def _each(node: Node, alphabet: str) -> Node:
    """The same tree with its letters in another alphabet."""
    match node:
        case Leaf(text, Kind.ORDINARY):
            return Leaf("".join(in_alphabet(character, alphabet) for character in text), Kind.ORDINARY)
        case Row(items):
            return (
                items[0]
                if len(items) == 1 and isinstance(items[0], Row)
                else Row(tuple(_each(i, alphabet) for i in items))
            )
        case Scripted(base, sub, sup):
            return Scripted(_each(base, alphabet), sub, sup)
        case _:
            return node


def as_word(row: Row) -> Node:
    """Letters side by side as one upright word; a thin space in it stays."""
    if len(row.items) == 1 and not isinstance(row.items[0], Leaf):
        return row.items[0] if not isinstance(row.items[0], Row) else as_word(row.items[0])
    words = ""
    for leaf in leaves(row):
        gap = " " if leaf.kind is Kind.WORD and words and not words.endswith(" ") else ""
        words += gap + ("-" if leaf.text == "−" else leaf.text)
    return Leaf(words, Kind.WORD)


def accented(row: Row, accent: str) -> Node:
    """One letter with a combining mark over it."""
    letters = leaves(row)
    if len(letters) != 1 or len(unicodedata.normalize("NFD", letters[0].text)) != 1:
        raise FormulaError("an accent over several characters")
    letter = {"ı": "i", "ȷ": "j"}.get(letters[0].text, letters[0].text)
    return Leaf(unicodedata.normalize("NFC", letter + accent), Kind.ORDINARY)


def overlined(row: Row) -> Node:
    """Letters with a line over all of them."""
    return Row(tuple(Leaf("".join(c + OVERLINE for c in leaf.text), leaf.kind) for leaf in leaves(row)))


def negated(node: Node | None) -> Node:
    """A relation struck through."""
    if not isinstance(node, Leaf) or len(node.text) != 1:
        raise FormulaError(r"\not before something that is no relation")
    return Leaf(unicodedata.normalize("NFC", node.text + STRUCK), node.kind)
