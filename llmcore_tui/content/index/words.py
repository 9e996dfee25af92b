"""How text is cut into words for searching: Latin words as they are, Chinese as overlapping pairs of characters.

Most Chinese words have two characters, which SQLite's trigram tokenizer cannot find; pairs find words of any length, and
the single last character of each run lets one character be found too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_RUN = re.compile(f"([{_CJK}]+)")
_BEGINS = 3


def has_chinese(text: str) -> bool:
    """Whether a text has a Chinese character."""
    return _RUN.search(text) is not None


def indexed(text: str) -> str:
    """The text as SQLite's `unicode61` tokenizer is to see it."""
    return _RUN.sub(lambda match: f" {' '.join((*pairs(match[0]), match[0][-1]))} ", text)


def pairs(run: str) -> list[str]:
    """The overlapping pairs of characters of a run."""
    return [run[index : index + 2] for index in range(len(run) - 1)]


def query(text: str) -> str:
    """An FTS5 query for all words of `text`; every operator in it is plain text.

    A word of three or more letters also finds those it begins; a shorter one, such as KL or V, is meant as it stands.
    """
    return " ".join(term for word in text.split() for term in _terms(_RUN.split(word)))


def _terms(pieces: list[str]) -> Iterator[str]:
    """The query for a word whose pieces are in turn not Chinese and Chinese."""
    for index, piece in enumerate(pieces):
        if index % 2:
            yield f'"{" ".join(pairs(piece))}"' if len(piece) > 1 else f'"{piece}" *'
        elif any(letter.isalnum() for letter in piece):
            bare = piece.replace('"', " ").replace("\0", " ").strip()
            yield f'"{bare}" *' if len(bare) >= _BEGINS else f'"{bare}"'
