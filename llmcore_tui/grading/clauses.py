"""An answer cut into clauses: the smallest stretches that say one thing, each with the very words it was cut from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
_BULLET = re.compile(r"\s*(?:[-*•·‣–—]+|\(?\d{1,2}[.)、）](?!\d)|[①-⑳])\s*")
_CUT = re.compile(
    r"[.](?=\s|$|[\u3400-\u9fff])|[。！？!?；;…]+|[，、：:](?!\d)|,(?=\s|[^\d\s])|\s?[–—]{1,2}\s?"
)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_KEPT = "，：；！？（）"
"""Chinese punctuation cuts as it stands, also before a digit."""
_SENTENCE_ENDS = ".。！？!?；;…"
_OPENING, _CLOSING = "(（", ")）"


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of an answer."""

    start: int
    end: int
    text: str
    """The answer's own characters from `start` to `end`."""
    sentence: int
    """Which sentence it belongs to, counted from 0."""


def clauses(answer: str) -> list[Clause]:
    """The clauses in order. A comma inside round brackets does not cut: `(S, A, P, R, γ)` is one thing.

    Invisible characters and the width of punctuation make no difference to where it is cut.
    """
    text, places = _visible(answer)
    found: list[Clause] = []
    sentence = 0
    for line in _LINE.finditer(text):
        bullet = _BULLET.match(text, line.start(), line.end())
        start = bullet.end() if bullet else line.start()
        for cut in _cuts(text, start, line.end()):
            _add(found, answer, places[start], places[cut.start()], sentence)
            sentence += cut[0].strip()[:1] in _SENTENCE_ENDS
            start = cut.end()
        _add(found, answer, places[start], places[line.end()], sentence)
        sentence += 1
    return found


def _visible(answer: str) -> tuple[str, list[int]]:
    """The characters that show, half width where they have one, and where each of them stands; then where the text ends."""
    shown, places = [], []
    for place, char in enumerate(answer):
        if char not in "\n\r\t" and unicodedata.category(char) in _UNSEEN:
            continue
        narrow = unicodedata.normalize("NFKC", char) if not char.isascii() else char
        shown.append(narrow if len(narrow) == 1 and char not in _KEPT else char)
        places.append(place)
    return "".join(shown), [*places, len(answer)]


def _cuts(answer: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Where a line is cut: between round brackets only at what ends a sentence."""
    depth, seen = 0, start
    for cut in _CUT.finditer(answer, start, end):
        between = answer[seen : cut.start()]
        depth = max(0, depth + sum(map(between.count, _OPENING)) - sum(map(between.count, _CLOSING)))
        seen = cut.start()
        if not depth or cut[0].strip()[:1] in _SENTENCE_ENDS:
            depth = 0
            yield cut


def _add(found: list[Clause], answer: str, start: int, end: int, sentence: int) -> None:
    text = answer[start:end]
    start += len(text) - len(text.lstrip())
    text = text.strip()
    if text:
        found.append(Clause(start, start + len(text), text, sentence))
