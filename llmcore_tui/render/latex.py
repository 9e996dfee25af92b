"""LaTeX mathematics read into a small tree, from which a line or a drawing is made.

Only what is known is read: an unknown command raises `FormulaError`, so that nothing is ever shown with another meaning.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from llmcore_tui.render.letters import accented, as_word, in_font, negated, overlined
from llmcore_tui.render.safe import safe
from llmcore_tui.render.symbols import (
    ACCENTS,
    CHARACTERS,
    DELIMITERS,
    FONTS,
    IGNORED,
    SPACES,
    SYMBOLS,
    WORDS,
    Kind,
)
from llmcore_tui.render.tree import Fenced, FormulaError, Fraction, Grid, Leaf, Node, Root, Row, Scripted

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
            return in_font(self._argument(), FONTS[token])
        if token in ACCENTS:
            return accented(self._argument(), ACCENTS[token])
        if token == r"\overline":
            return overlined(self._argument())
        if token in _TEXT_COMMANDS:
            return Leaf(self._text(), Kind.WORD)
        if token in (r"\operatorname", r"\mathop"):
            if self.peek() == "*":
                self.take()
            return as_word(self._argument())
        if token == r"\underset":
            below = self._argument()
            return Scripted(as_word(self._argument()), sub=below)
        if token == r"\not":
            return negated(self._node())
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
