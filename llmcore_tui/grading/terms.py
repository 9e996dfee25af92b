"""Text as terms: concepts of the field, stems of words, Chinese characters, numbers; with what negates them and how large they are.

A term's `sign` is +1 where the text says that it is there or large, -1 where it says not, absent or small, 0 where it only
names it. `low variance`, `variance falls`, `方差小` are all variance with -1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Literal, Protocol

from llmcore_tui.grading import lexicon
from llmcore_tui.grading.spelling import normal

Kind = Literal["concept", "word", "han", "number", "operator"]
Role = Literal["concept", "pole", "size", "gone", "negation", "neutral", "empty", "number"]
OPERATORS = frozenset({"=", "->", "+", "-", "*", "/", "^", "_", "<", ">", "<=", ">=", "!="})

_TOGETHER = {
    ("td", "error"): "tderror",
    ("reward", "model"): "rewardmodel",
    ("log", "probability"): "logprob",
}

_PIECE = re.compile(
    r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?%?|[\u3400-\u9fff]+|->|<=|>=|!=|[=+*/<>|^'-]|[^\sa-z\d\u3400-\u9fff]"
)
_REMEMBERED = 500
"""A longer text is no clause that comes again."""
_LONGEST_HAN = 6
_LONGEST_PHRASE = 4
_LONGEST_ENDING = 5
_NOUNS_AFTER, _NOUNS_BEFORE = 4, 4
"""How many places away the term may stand that a size bears on."""
_QUALITIES = frozenset({"variance", "bias", "error"})
_PREDICATES = "越更很较变偏最"
"""How Chinese sizes begin that stand behind what they are about."""
_NEGATION_REACH = 5
"""Within how many places behind it a negation bears on a term."""


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


_NOTHING = (Term("0", "number"),)


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


def terms(text: str) -> tuple[Term, ...]:
    """The terms of a text in their order, without those that say nothing."""
    return _remembered(text) if len(text) <= _REMEMBERED else tuple(_signed(entries(text)))


@lru_cache(maxsize=8192)
def _remembered(text: str) -> tuple[Term, ...]:
    return tuple(_signed(entries(text)))


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
            found.append(entry or Term(_stem(piece), "word"))
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
        if isinstance(before, Entry) and before.name in ("=", *lexicon.SYMBOLS.split()):
            return Term("1", "number")
        if isinstance(before, Term) and (before.text == "=" or before.text in lexicon.SYMBOLS.split()):
            return Term("1", "number")
    return entry


def _number(piece: str) -> str:
    value = float(piece.rstrip("%")) / (100 if piece.endswith("%") else 1)
    return f"{value:.12g}"


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    return _stemmer().stemWord(word.removesuffix("'s"))


@cache
def _stemmer() -> _Stemmer:
    import snowballstemmer

    stemmer: _Stemmer = snowballstemmer.stemmer("english")
    return stemmer


def _signed(pieces: list[Entry | Term]) -> list[Term]:
    """Terms with their signs: sizes bear on a term beside them, `= 0` makes small, negations bear on what follows."""
    found = [_term(piece) for piece in pieces]
    for place, piece in enumerate(pieces):
        if isinstance(piece, Entry) and piece.role == "size":
            _bear(found, place, piece)
            found[place] = Term("size", "concept", piece.pole, piece.pole)
        elif piece in _NOTHING or (isinstance(piece, Entry) and piece.role == "gone"):
            _make_small(found, place)
    for place, piece in enumerate(pieces):
        if isinstance(piece, Entry) and piece.role == "negation":
            _negate(found, pieces, place)
    return [term for term in found if term is not None]


def _term(piece: Entry | Term) -> Term | None:
    if isinstance(piece, Term):
        return piece
    if piece.role == "concept":
        return Term(piece.name, "concept")
    return Term(piece.name, "concept", piece.pole, piece.pole) if piece.role == "pole" else None


def _bear(found: list[Term | None], place: int, size: Entry) -> None:
    """Give a size to the term it is about: one that can be large or small, else the one right beside it.

    `low variance` and 降低方差 stand before it, 方差更小 and 方差越来越小 behind.
    """
    later = 0.5 if size.name[0] not in _PREDICATES else -0.5
    after = _nouns(found, range(place + 1, min(len(found), place + 1 + _NOUNS_AFTER)))
    before = _nouns(found, range(place - 1, max(-1, place - 1 - _NOUNS_BEFORE), -1))
    around = sorted((*after, *before), key=lambda at: at - place if at > place else place - at + later)
    sized = [at for at in around if (term := found[at]) is not None and term.text in _sized()]
    plain = [at for at in (*after[:1], *before[:1]) if (term := found[at]) is not None and not term.pole]
    beside = sized or plain
    if not beside:
        return
    term = found[beside[0]]
    if term is not None and (term.sign == 0 or term.pole):
        found[beside[0]] = replace(
            term, sign=size.pole * (term.pole or 1), how="changes" if size.name in _changes() else ""
        )


@cache
def _sized() -> frozenset[str]:
    return frozenset(lexicon.SIZED.split())


@cache
def _changes() -> frozenset[str]:
    return frozenset(lexicon.CHANGES.split())


def _nouns(found: list[Term | None], places: range) -> list[int]:
    return [at for at in places if (term := found[at]) is not None and term.kind in ("concept", "word")]


def _make_small(found: list[Term | None], place: int) -> None:
    """`bias = 0`, `偏差为零`: what can be large or small, right before a zero, is small."""
    for at in _nouns(found, range(place - 1, max(-1, place - 4), -1))[:1]:
        term = found[at]
        if term is not None and term.text in _QUALITIES:
            found[at] = replace(term, sign=-1)


def _negate(found: list[Term | None], pieces: list[Entry | Term], place: int) -> None:
    """Turn what a negation denies: the first quality behind it, or else the first term."""
    reached: list[int] = []
    for at in range(place + 1, min(len(found), place + 1 + _NEGATION_REACH)):
        piece, term = pieces[at], found[at]
        if isinstance(piece, Entry) and piece.role == "negation":
            break
        if term is not None and term.kind not in ("operator", "number") and term.text != "size":
            reached.append(at)
    denied = [
        at for at in reached if (term := found[at]) is not None and (term.pole or term.text in _QUALITIES)
    ]
    for at in (denied or reached)[:1]:
        term = found[at]
        if term is not None:
            found[at] = replace(term, sign=-term.sign if term.sign else -1, how="denied")
