"""LaTeX mathematics read into a small tree, from which a line or a drawing is made.

Only what is known is read: an unknown command raises `FormulaError`, so that nothing is ever shown with another meaning.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from llmcore_tui.render.safe import safe
from llmcore_tui.render.symbols import (
    ACCENTS,
    CHARACTERS,
    DELIMITERS,
    FONTS,
    IGNORED,
    OVERLINE,
    SPACES,
    STRUCK,
    SYMBOLS,
    WORDS,
    Kind,
    in_alphabet,
)

LONGEST = 4_000
DEEPEST = 40
_ENVIRONMENTS = "cases aligned align align* split gathered matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix"
GRIDS = frozenset(_ENVIRONMENTS.split())
_SIZES = re.compile(r"\\(?:big|Big|bigg|Bigg)([lrm]?)")
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|'+|\s+|.", re.DOTALL)
_TEXT_ESCAPES = {r"\ ": " ", r"\_": "_", r"\%": "%", r"\&": "&", r"\#": "#", r"\$": "$", r"\,": " ", "~": " "}
_TEXT_COMMANDS = frozenset(
    {r"\text", r"\textrm", r"\textbf", r"\textit", r"\mbox", r"\textnormal", r"\texttt"}
)


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
_EMPTY = Row(())


def parse(latex: str) -> Row:
    """The tree of a formula written without dollars; raises `FormulaError`."""
    if len(latex) > LONGEST:
        raise FormulaError(f"longer than {LONGEST} characters")
    reader = _Reader(_TOKEN.findall(safe(latex)))
    row = reader.row(until=frozenset())
    if not _is_seen(row):
        raise FormulaError("it is empty")
    return row


class _Reader:
    """A recursive descent over the tokens."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    def peek(self) -> str:
        """The next token that is no space; empty at the end."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        """The next token, which must be there."""
        token = self.peek()
        if not token:
            raise FormulaError("it ends too early")
        self.at += 1
        return token

    def expect(self, wanted: str) -> None:
        """Take the next token, which must be `wanted`."""
        if self.take() != wanted:
            raise FormulaError(f"{wanted} is missing")

    def row(self, until: frozenset[str]) -> Row:
        """Everything up to one of the tokens of `until`, which is left for the caller, or up to the end."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaError("it is nested too deeply")
        items: list[Node] = []
        while (token := self.peek()) not in until:
            if not token:
                if until:
                    raise FormulaError(f"{' or '.join(sorted(until))} is missing")
                break
            if token in ("}", "&", "\\\\", r"\right", r"\end"):
                raise FormulaError(f"{token} stands where it cannot")
            if token in ("^", "_") or token[0] == "'":
                items.append(self._script(items.pop() if items else _EMPTY))
            elif (node := self._node()) is not None:
                items.append(node)
        self.depth -= 1
        return Row(tuple(items))

    def _script(self, base: Node) -> Node:
        token = self.take()
        if token[0] == "'":
            raised = {1: "′", 2: "″", 3: "‴"}.get(len(token), "′" * len(token))
            script = Row((Leaf(raised, Kind.ORDINARY),))
        else:
            script = self._argument()
        scripted = base if isinstance(base, Scripted) else Scripted(base)
        if token == "_":
            if scripted.sub is not None:
                raise FormulaError("two subscripts on one base")
            return replace(scripted, sub=script)
        if scripted.sup is None:
            return replace(scripted, sup=script)
        if _is_primes(scripted.sup) and token == "^":
            return replace(scripted, sup=Row((*scripted.sup.items, *script.items)))
        raise FormulaError("two superscripts on one base")

    def _argument(self) -> Row:
        """A group in braces, or the one thing that comes next."""
        if self.peek() == "{":
            return self._group()
        token = self.peek()
        if token in ("^", "_", "}", "&", "\\\\", r"\right", r"\end") or not token or token[0] == "'":
            raise FormulaError("an argument is missing")
        node = None
        while node is None:
            node = self._node()
        return node if isinstance(node, Row) else Row((node,))

    def _group(self) -> Row:
        self.expect("{")
        row = self.row(until=frozenset("}"))
        self.expect("}")
        return row

    def _node(self) -> Node | None:
        """One thing; nothing for a command that only changes the look in print."""
        token = self.peek()
        if token == "{":
            return self._group()
        token = self.take()
        if not token.startswith("\\"):
            return _character(token)
        if token in SYMBOLS:
            return Leaf(*SYMBOLS[token])
        if token in WORDS:
            return Leaf(WORDS[token], Kind.WORD)
        if token in SPACES:
            return Leaf(SPACES[token], Kind.SPACE)
        if token in IGNORED:
            return None
        return self._command(token)

    def _command(self, token: str) -> Node:
        if token in (r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"):
            return Fraction(self._argument(), self._argument())
        if token in (r"\binom", r"\dbinom", r"\tbinom"):
            return Fraction(self._argument(), self._argument(), bar=False)
        if token == r"\sqrt":
            degree = self._optional()
            return Root(self._argument(), degree)
        if token in FONTS:
            return _in_font(self._argument(), FONTS[token])
        if token in ACCENTS:
            return _accented(self._argument(), ACCENTS[token])
        if token == r"\overline":
            return _overlined(self._argument())
        if token in _TEXT_COMMANDS:
            return Leaf(self._text(), Kind.WORD)
        if token in (r"\operatorname", r"\mathop"):
            if self.peek() == "*":
                self.take()
            return _as_word(self._argument())
        if token == r"\underset":
            below = self._argument()
            return Scripted(_as_word(self._argument()), sub=below)
        if token == r"\not":
            return _negated(self._node())
        if token == r"\pmod":
            return Row((Leaf("(mod ", Kind.OPEN), *self._argument().items, Leaf(")", Kind.CLOSE)))
        if token == r"\left":
            return self._fenced()
        if token == r"\middle":
            return Leaf(self._delimiter(), Kind.RELATION)
        if size := _SIZES.fullmatch(token):
            kind = {"l": Kind.OPEN, "r": Kind.CLOSE, "m": Kind.RELATION}.get(size[1], Kind.ORDINARY)
            return Leaf(self._delimiter(), kind)
        if token == r"\begin":
            return self._grid()
        raise FormulaError(f"{token} is not known")

    def _optional(self) -> Row | None:
        if self.peek() != "[":
            return None
        self.expect("[")
        row = self.row(until=frozenset("]"))
        self.expect("]")
        return row

    def _delimiter(self) -> str:
        token = self.take()
        if token not in DELIMITERS:
            raise FormulaError(f"{token} is no delimiter")
        return DELIMITERS[token]

    def _fenced(self) -> Node:
        left = self._delimiter()
        body = self.row(until=frozenset({r"\right"}))
        self.expect(r"\right")
        return Fenced(left, body, self._delimiter())

    def _raw_group(self) -> list[str]:
        """The tokens of a group in braces, spaces kept, no braces inside."""
        self.expect("{")
        start = self.at
        while self.at < len(self.tokens) and self.tokens[self.at] != "}":
            if self.tokens[self.at] == "{":
                raise FormulaError("a brace inside a text")
            self.at += 1
        tokens = self.tokens[start : self.at]
        self.expect("}")
        return tokens

    def _text(self) -> str:
        words = ""
        for token in self._raw_group():
            if token == "$" or (token[0] == "\\" and token not in _TEXT_ESCAPES):
                raise FormulaError(f"{token} inside a text")
            words += _TEXT_ESCAPES.get(token, " " if token.isspace() else token)
        return words

    def _grid(self) -> Node:
        name = "".join(self._raw_group())
        if name not in GRIDS:
            raise FormulaError(f"the environment {name} is not known")
        rows: list[tuple[Row, ...]] = []
        cells: list[Row] = []
        while True:
            cells.append(self.row(until=frozenset({"&", "\\\\", r"\end"})))
            token = self.take()
            if token == "&":
                continue
            rows.append(tuple(cells))
            cells = []
            if token == r"\end":
                break
        if "".join(self._raw_group()) != name:
            raise FormulaError(f"\\end{{{name}}} is missing")
        while len(rows) > 1 and not any(cell.items for cell in rows[-1]):
            rows.pop()
        return Grid(name, tuple(rows))


def _is_seen(node: Node) -> bool:
    """Whether anything but spaces is shown."""
    match node:
        case Leaf(text):
            return bool(text.strip())
        case Row(items):
            return any(_is_seen(item) for item in items)
        case Scripted(base, sub, sup):
            return any(part is not None and _is_seen(part) for part in (base, sub, sup))
        case Fenced(left, body, right):
            return bool(left or right) or _is_seen(body)
        case _:
            return True


def _character(token: str) -> Node:
    if token in CHARACTERS:
        return Leaf(*CHARACTERS[token])
    if token in '$#%"`\\' or not token.isprintable():
        raise FormulaError(f"{token} stands where it cannot")
    if unicodedata.combining(token):
        raise FormulaError("a mark without its letter")
    return Leaf(token, Kind.ORDINARY)


def _is_primes(row: Row) -> bool:
    return all(isinstance(item, Leaf) and set(item.text) <= set("′″‴") for item in row.items)


def _leaves(row: Row) -> list[Leaf]:
    """The leaves of a flat row; raises where there is structure inside."""
    leaves: list[Leaf] = []
    for item in row.items:
        if isinstance(item, Row):
            leaves.extend(_leaves(item))
        elif isinstance(item, Leaf):
            leaves.append(item)
        else:
            raise FormulaError("structure where letters are expected")
    return leaves


def _in_font(row: Row, alphabet: str) -> Node:
    if not alphabet and len(row.items) > 1 and all(isinstance(item, Leaf) for item in row.items):
        return _as_word(row)
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


def _as_word(row: Row) -> Node:
    """Letters side by side as one upright word; a thin space in it stays."""
    if len(row.items) == 1 and not isinstance(row.items[0], Leaf):
        return row.items[0] if not isinstance(row.items[0], Row) else _as_word(row.items[0])
    words = ""
    for leaf in _leaves(row):
        gap = " " if leaf.kind is Kind.WORD and words and not words.endswith(" ") else ""
        words += gap + ("-" if leaf.text == "−" else leaf.text)
    return Leaf(words, Kind.WORD)


def _accented(row: Row, accent: str) -> Node:
    leaves = _leaves(row)
    if len(leaves) != 1 or len(unicodedata.normalize("NFD", leaves[0].text)) != 1:
        raise FormulaError("an accent over several characters")
    letter = {"ı": "i", "ȷ": "j"}.get(leaves[0].text, leaves[0].text)
    return Leaf(unicodedata.normalize("NFC", letter + accent), Kind.ORDINARY)


def _overlined(row: Row) -> Node:
    return Row(tuple(Leaf("".join(c + OVERLINE for c in leaf.text), leaf.kind) for leaf in _leaves(row)))


def _negated(node: Node | None) -> Node:
    if not isinstance(node, Leaf) or len(node.text) != 1:
        raise FormulaError(r"\not before something that is no relation")
    return Leaf(unicodedata.normalize("NFC", node.text + STRUCK), node.kind)
