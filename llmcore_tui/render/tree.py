"""The tree of a formula: what stands in it, as characters and structure."""

from __future__ import annotations

from dataclasses import dataclass

from llmcore_tui.render.symbols import Kind


class FormulaError(Exception):
    """A formula has something that cannot be shown faithfully; the message says what."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A symbol, a digit, a word or a space, in the characters that are shown."""

    text: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Row:
    """Things beside each other."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Scripted:
    """A base with a subscript, a superscript or both."""

    base: Node
    sub: Row | None = None
    sup: Row | None = None


@dataclass(frozen=True, slots=True)
class Fraction:
    """One over the other; without a bar between them it is a binomial coefficient."""

    top: Row
    bottom: Row
    bar: bool = True


@dataclass(frozen=True, slots=True)
class Root:
    """A square root, or the root of a degree."""

    body: Row
    degree: Row | None = None


@dataclass(frozen=True, slots=True)
class Fenced:
    """What stands between `\\left` and `\\right`; an empty delimiter is not shown."""

    left: str
    body: Row
    right: str


@dataclass(frozen=True, slots=True)
class Grid:
    """An environment of rows and columns, by its LaTeX name."""

    name: str
    rows: tuple[tuple[Row, ...], ...]


Node = Leaf | Row | Scripted | Fraction | Root | Fenced | Grid
