"""An answer as a model gets it, and the way back: a quotation the model gives is found in the answer or it is none.

What shows nothing (controls, zero-width and bidi characters, halves of characters) is not sent, and what is full-width is
sent half-width; in looking for a quotation, width and case do not count, nor white space but between two words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from llmcore_tui.grading.gates import without_orders

LONGEST_SENT = 12_000
"""Characters of an answer that a model gets: ten minutes of speech. The offline marker reads all of it."""
_EARLIEST_CUT = 0.8
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[。！？\n]")
_NEW_LINES = "\r\x0b\x0c\x85\u2028\u2029"
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_UNSEEN_LETTERS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f]")
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Cn"))
_AROUND = " \"'“”‘’「」『』`….。,，;；"
_ESCAPED = str.maketrans({"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_LATIN = "0-9a-z\u00df-\u024f\u0370-\u03ff"
_IN_WORD = re.compile(f"[{_LATIN}]")


@dataclass(frozen=True)
class Quotable:
    """An answer, what of it is sent, and where each character of that stands in it."""

    answer: str
    plain: str
    """The answer with what is no evidence blanked, character for character."""
    sent: str
    places: tuple[int, ...]
    is_cut: bool
    """Whether something that can be seen was left out at the end."""

    @cached_property
    def _folded(self) -> tuple[str, list[int], list[int]]:
        return _fold("".join(self.plain[place] for place in self.places))

    def find(self, quotation: str) -> str:
        """The answer's own characters that the quotation repeats; empty where the answer does not hold it.

        Whole words only: `biased critic` is no quotation of `unbiased critic`, nor 0.9 one of 0.95.
        """
        folded, starts, ends = self._folded
        for spelling in _spellings(quotation):
            if (found := re.search(_whole(spelling), folded)) is not None:
                first, last = starts[found.start()], ends[found.end() - 1]
                own = self.answer[self.places[first] : self.places[last] + 1]
                return own.encode(errors="ignore").decode()
        return ""


def quotable(answer: str) -> Quotable:
    """Prepare an answer to be sent; a long one is cut at the end of a sentence.

    All of it is sent, but sentences that talk to the marker are no evidence for anything.
    """
    kept: list[tuple[str, int]] = []
    is_cut = False
    for char, place in _seen(answer.translate(_HALF_WIDTH)):
        if len(kept) == LONGEST_SENT:
            is_cut = True
            break
        kept.append((char, place))
    sent = "".join(char for char, _ in kept)
    if is_cut:
        ends = [end.end() for end in _SENTENCE_END.finditer(sent, int(LONGEST_SENT * _EARLIEST_CUT))]
        sent = sent[: ends[-1]] if ends else sent
    return Quotable(
        answer, without_orders(answer)[0], sent, tuple(place for _, place in kept[: len(sent)]), is_cut
    )


def clean(text: str) -> str:
    """The text without what shows nothing: control, zero-width and bidi characters and halves of characters."""
    return "".join(char for char, _ in _seen(text))


def _seen(text: str) -> Iterator[tuple[str, int]]:
    for place, char in enumerate(text):
        if char in _NEW_LINES:
            if text[place : place + 2] != "\r\n":
                yield "\n", place
        elif char in "\n\t" or (
            unicodedata.category(char) not in _UNSEEN and not _UNSEEN_LETTERS.match(char)
        ):
            yield char, place


def _fold(text: str) -> tuple[str, list[int], list[int]]:
    """The text in one width and case, with a space between words only, and the first and last place of each character."""
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    is_apart = False
    for start, end in _letters(text):
        for char in unicodedata.normalize("NFKC", text[start:end]).casefold():
            if char.isspace():
                is_apart = True
                continue
            if is_apart and folded and _IN_WORD.match(folded[-1]) and _IN_WORD.match(char):
                folded.append(" ")
                starts.append(start)
                ends.append(start - 1)
            is_apart = False
            folded.append(char)
            starts.append(start)
            ends.append(end - 1)
    return "".join(folded), starts, ends


def _letters(text: str) -> Iterator[tuple[int, int]]:
    """The stretches that are one letter each: a character with the marks that combine with it."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not unicodedata.combining(text[place]):
            yield start, place
            start = place


def _spellings(quotation: str) -> Iterator[str]:
    """What a quotation may mean: as it is, and with the backslashes that a model doubled or did not double in JSON."""
    undone = quotation.translate(_ESCAPED)
    for text in dict.fromkeys((quotation, undone, quotation.replace("\\\\", "\\").replace('\\"', '"'))):
        folded = _fold(clean(text))[0]
        for spelling in dict.fromkeys((folded.strip(), folded.strip(_AROUND))):
            if spelling:
                yield spelling


def _whole(spelling: str) -> str:
    """A pattern for the text, not within a longer word or number."""
    before = after = ""
    if _IN_WORD.match(spelling):
        before = f"(?<![{_LATIN}])" + (r"(?<!\d[.,])" if spelling[0].isdigit() else "")
    if _IN_WORD.match(spelling[-1]):
        after = f"(?![{_LATIN}])" + (r"(?![.,]\d)" if spelling[-1].isdigit() else "")
    return before + re.escape(spelling) + after
