"""A text in sentences and in counted words, English and Chinese mixed; every piece is verbatim."""

from __future__ import annotations

import re

_SENTENCE = re.compile(
    r"[^.!?。！？；;\n]*(?:[.!?](?!\s|$)[^.!?。！？；;\n]*)*(?:[.!?。！？；;]+[\"”’)）」』]*|\n|$)"
)
HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]"
_HAN = re.compile(HAN)
_WORD = re.compile(rf"(?:(?!{HAN})[^\W_])+(?:['’.,-](?:(?!{HAN})[^\W_])+)*")


def sentences(text: str) -> list[str]:
    """The sentences with their final marks, without the white space around them; a line's end ends one too."""
    found = (piece[0].strip() for piece in _SENTENCE.finditer(text))
    return [piece for piece in found if piece]


def first_sentence(text: str) -> str:
    """The first of them."""
    return next(iter(sentences(text)), "")


def chinese_characters(text: str) -> int:
    """How many there are."""
    return len(_HAN.findall(text))


def latin_words(text: str) -> int:
    """How many words and numbers there are that are not Chinese."""
    return len(_WORD.findall(text))
