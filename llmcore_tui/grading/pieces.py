"""Text as pieces: what the lexicon knows of each word, stems of what it does not, Chinese characters, numbers, signs of formulas."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal, Protocol

from llmcore_tui.grading import lexicon
from llmcore_tui.grading.spelling import normal

Kind = Literal["concept", "word", "han", "number", "operator"]
Role = Literal["concept", "pole", "size", "gone", "negation", "neutral", "empty", "number"]
SYMBOLS = frozenset(lexicon.SYMBOLS.split())
"""What can be set to a number."""
OPERATORS = frozenset({"=", "->", "+", "-", "*", "/", "^", "_", "<", ">", "<=", ">=", "!="})

_TOGETHER = {
    ("td", "error"): "tderror",
    ("reward", "model"): "rewardmodel",
    ("log", "probability"): "logprob",
}

_PIECE = re.compile(
    r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?%?|[\u3400-\u9fff]+|->|<=|>=|!=|[=+*/<>|^'-]|[^\sa-z\d\u3400-\u9fff]"
)
_LONGEST_HAN = 6
_LONGEST_PHRASE = 4
_LONGEST_ENDING = 5


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a text, in its place."""

    text: str
    kind: Kind
    sign: int = 0
    pole: int = 0
    """+1 or -1 where the word itself is the one or the other end of a quality (exact and wrong), else 0."""
    how: Literal["", "changes", "denied"] = ""
    """Whether its sign comes from a word of change (lowers the variance) or from a denial (no variance)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase of the lexicon is."""

    name: str
    role: Role
    pole: int = 0


@dataclass(frozen=True, slots=True)
class _Tables:
    phrases: dict[str, Entry] = field(default_factory=dict)
    """By the words with one space between them, or by the Chinese characters."""
    beginnings: dict[str, Entry] = field(default_factory=dict)
    """Entries with a star: by how they begin."""


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802  the library's name


def entries(text: str) -> list[Entry | Term]:
    """The pieces of a text, each an entry of the lexicon or a term that it does not know; empty words among them."""
    found: list[Entry | Term] = []
    pieces = _PIECE.findall(normal(text))
    place = 0
    while place < len(pieces):
        piece, used = pieces[place], 1
        if is_han(piece[0]):
            found += _han(piece)
        elif piece[0].isdigit():
            found.append(Term(_number(piece), "number"))
        elif "a" <= piece[0] <= "z":
            entry, used = _phrase(pieces, place)
            found.append(entry or Term(stem(piece), "word"))
        elif piece in OPERATORS:
            found.append(Term(piece, "operator"))
        place += used
    return _joined([_counted(found, place) for place in range(len(found))])


def _joined(found: list[Entry | Term]) -> list[Entry | Term]:
    """Two concepts that are one thing together, where English stands beside Chinese: TD 误差."""
    joined: list[Entry | Term] = []
    for piece in found:
        before = joined[-1] if joined else None
        if (
            isinstance(piece, Entry)
            and isinstance(before, Entry)
            and (name := _TOGETHER.get((before.name, piece.name)))
        ):
            joined[-1] = Entry(name, "concept")
        else:
            joined.append(piece)
    return joined


def is_han(char: str) -> bool:
    """Whether it is a Chinese character."""
    return "\u3400" <= char <= "\u9fff"


@cache
def _tables() -> _Tables:
    tables = _Tables()
    for phrase, entry in _listed():
        spelt = phrase.replace("_", " ")
        table = tables.beginnings if spelt.endswith("*") else tables.phrases
        table.setdefault(spelt.rstrip("*"), entry)
    return tables


def _listed() -> list[tuple[str, Entry]]:
    listed: list[tuple[str, Entry]] = []
    for name, phrases in lexicon.SAME.items():
        listed += [(phrase, Entry(name, "concept")) for phrase in phrases.split()]
    for name, ends in lexicon.POLES.items():
        role: Role = "size" if name == "size" else "pole"
        for pole, phrases in zip((1, -1), ends, strict=True):
            listed += [
                (phrase, Entry(phrase if name == "size" else name, role, pole)) for phrase in phrases.split()
            ]
    roles: tuple[tuple[str, Role], ...] = (
        (lexicon.GONE, "gone"),
        (lexicon.NEGATIONS, "negation"),
        (lexicon.NEUTRAL, "neutral"),
        (lexicon.EMPTY, "empty"),
    )
    for phrases, role in roles:
        listed += [(phrase, Entry(phrase, role)) for phrase in phrases.split()]
    listed += [(word, Entry("=", "number")) for word in lexicon.EQUALS.split()]
    counted = (pair.partition("=") for pair in lexicon.NUMBERS.split())
    return listed + [(word, Entry(value, "number")) for word, _, value in counted]


def _phrase(pieces: list[str], place: int) -> tuple[Entry | None, int]:
    """The longest entry that begins at a place, and how many pieces it takes; hyphens join words as spaces do."""
    words: list[str] = []
    ends: list[int] = []
    at = place
    while at < len(pieces) and len(words) < _LONGEST_PHRASE and "a" <= pieces[at][0] <= "z":
        words.append(pieces[at])
        ends.append(at + 1)
        at += 2 if pieces[at + 1 : at + 2] == ["-"] else 1
    for count in range(len(words), 0, -1):
        if (entry := _entry(" ".join(words[:count]))) is not None:
            return entry, ends[count - 1] - place
    return None, 1


@lru_cache(maxsize=65536)
def _entry(spelt: str) -> Entry | None:
    """What the lexicon says of a word or phrase: as it stands, or as the longest starred beginning of it."""
    tables = _tables()
    if (entry := tables.phrases.get(spelt)) is not None:
        return entry
    for cut in range(len(spelt), max(2, len(spelt) - _LONGEST_ENDING - 1), -1):
        if " " not in spelt[cut:] and (entry := tables.beginnings.get(spelt[:cut])) is not None:
            return entry
    return None


def _han(run: str) -> list[Entry | Term]:
    """A run of Chinese: entries of the lexicon, longest first; what is left character by character."""
    phrases = _tables().phrases
    found: list[Entry | Term] = []
    place = 0
    while place < len(run):
        for length in range(min(_LONGEST_HAN, len(run) - place), 0, -1):
            if (entry := phrases.get(run[place : place + length])) is not None:
                found.append(entry)
                place += length
                break
        else:
            char = run[place]
            found.append(Entry(char, "empty") if char in lexicon.EMPTY_HAN else Term(char, "han"))
            place += 1
    return found


def _counted(found: list[Entry | Term], place: int) -> Entry | Term:
    """A word for a number as a number; `one` and 一 only after something that takes values."""
    entry = found[place]
    if isinstance(entry, Term):
        return entry
    if entry.role == "number":
        return Term(entry.name, "operator" if entry.name == "=" else "number")
    if entry.role == "empty" and entry.name in ("one", "一"):
        before = next(
            (
                other
                for other in reversed(found[max(0, place - 4) : place])
                if isinstance(other, Term) or other.role != "empty"
            ),
            None,
        )
        if isinstance(before, Entry) and before.name in ("=", *SYMBOLS):
            return Term("1", "number")
        if isinstance(before, Term) and (before.text == "=" or before.text in SYMBOLS):
            return Term("1", "number")
    return entry


def _number(piece: str) -> str:
    value = float(piece.rstrip("%")) / (100 if piece.endswith("%") else 1)
    return f"{value:.12g}"


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem of an English word."""
    return _stemmer().stemWord(word.removesuffix("'s"))


@cache
def _stemmer() -> _Stemmer:
    import snowballstemmer

    stemmer: _Stemmer = snowballstemmer.stemmer("english")
    return stemmer
