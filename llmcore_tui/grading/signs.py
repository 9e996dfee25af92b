"""What a text says of its terms: that they are there or large, that they are not or small.

Sizes bear on a term beside them (`low variance`, 方差更小), a zero behind a quality makes it small, a denial turns what follows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from llmcore_tui.grading import lexicon
from llmcore_tui.grading.pieces import Entry, Term

_NOUNS_AFTER, _NOUNS_BEFORE = 4, 6
"""How many places away the term may stand that a size bears on."""
_QUALITIES = frozenset({"variance", "bias", "error"})
_VANISHING = _QUALITIES | {"gradient", "advantage", "kl", "loss", "probability"}
"""What may be nothing: `the gradient vanishes`, `梯度不为零`."""
_PREDICATES = "越更很较变偏最"
"""How Chinese sizes begin that stand behind what they are about."""
_NEGATION_REACH = 5
"""Within how many places behind it a negation bears on a term."""
_NOTHING = (Term("0", "number"),)


def signed(pieces: list[Entry | Term]) -> list[Term]:
    """Terms with their signs: sizes bear on a term beside them, `= 0` makes small, negations bear on what follows."""
    found = [_term(piece) for piece in pieces]
    for place, piece in enumerate(pieces):
        if isinstance(piece, Entry) and piece.role == "size":
            _bear(found, place, piece)
            found[place] = Term("size", "concept", piece.pole, piece.pole)
        elif _is_nothing(piece):
            _make_small(found, place, is_denied=_is_denied(pieces, place))
    for place, piece in enumerate(pieces):
        if isinstance(piece, Entry) and piece.role == "negation" and not _denies_nothing(pieces, place):
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
    is_unbiased = (
        term is not None and term.text == "bias" and term.pole < 0
    )  # `unbiased with less of it` stays so
    if term is not None and (term.sign == 0 or term.pole) and not is_unbiased:
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


def _make_small(found: list[Term | None], place: int, *, is_denied: bool) -> None:
    """`bias = 0`, `偏差为零`: what can be large or small, right before a zero, is small; before a denied zero it is there."""
    for at in _nouns(found, range(place - 1, max(-1, place - 4), -1))[:1]:
        term = found[at]
        if term is not None and term.text in _VANISHING:
            found[at] = replace(term, sign=1 if is_denied else -1)


def _is_nothing(piece: Entry | Term | None) -> bool:
    """A zero, or a word for being gone."""
    return piece in _NOTHING or (isinstance(piece, Entry) and piece.role == "gone")


def _denies_nothing(pieces: list[Entry | Term], place: int) -> bool:
    """Whether a negation is about a zero behind it: `does not vanish`, 不是零 say that there is something."""
    return _is_nothing(_first(pieces[place + 1 :]))


def _is_denied(pieces: list[Entry | Term], place: int) -> bool:
    """Whether what stands right before is a negation."""
    before = _first(reversed(pieces[:place]))
    return isinstance(before, Entry) and before.role == "negation"


def _first(pieces: Iterable[Entry | Term]) -> Entry | Term | None:
    """The first piece that is no empty word."""
    return next((piece for piece in pieces if isinstance(piece, Term) or piece.role != "empty"), None)


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
