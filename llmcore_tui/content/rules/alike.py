"""Cards that ask the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.content.index.words import pairs

ALIKE = 0.75
"""Share of words, or of pairs of Chinese characters, that two questions may have in common."""
COMPARED = 200
"""Cards of a module up to which every two are compared; in larger ones only those with the same words are found."""

_WORD = re.compile(r"[a-z0-9λγπδεαβθσ]+")
_NO_ZH = re.compile(r"[^\u3400-\u9fff]")
_MARKS = re.compile(r"[\W_]+")
_EMPTY_WORD = re.compile(
    r"an?|and|are|as|at|be|between|by|can|does?|for|from|give|given|has|have|how|in|is|its?|of|on|or|say|state|that|the"
    r"|their|then|there|to|what|when|which|why|with|your?"
)

Asked = tuple[str, Bilingual]


def same(asks: Iterable[Asked]) -> Iterator[tuple[str, str]]:
    """Pairs of ids whose questions have the same words in English, or the same letters and characters in Chinese."""
    seen: dict[frozenset[str] | str, str] = {}
    for own, ask in asks:
        for key in (_words(ask.en), _MARKS.sub("", ask.zh.lower())):
            if key and key in seen and seen[key] != own:
                yield own, seen[key]
                break
            if key:
                seen.setdefault(key, own)


def near(asks: Sequence[Asked]) -> Iterator[tuple[str, str]]:
    """Pairs of ids whose questions share most of their words in both languages."""
    if len(asks) > COMPARED:
        return
    sets = [(own, _words(ask.en), frozenset(pairs(_NO_ZH.sub("", ask.zh)))) for own, ask in asks]
    for index, (own, words, characters) in enumerate(sets):
        for other, other_words, other_characters in sets[:index]:
            if min(_share(words, other_words), _share(characters, other_characters)) >= ALIKE:
                yield own, other


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(text.lower()) if not _EMPTY_WORD.fullmatch(word))


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0
