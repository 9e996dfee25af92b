"""Text of cards, answers, models and servers as data: nothing in it can move the cursor, hide or reorder what is read.

`safe` is idempotent. It parses no markup: show its result with `rich.text.Text`, never with `Text.from_markup`.
"""

from __future__ import annotations

import re

TAB = "    "

# An OSC, DCS, APC, PM or SOS string with what it carries. Its payload stops at any other control character, so that
# an introducer that is never closed cannot swallow the rest of a text (and so that matching stays linear).
_STRING = r"(?:\x1b[PX\]^_]|[\x90\x98\x9d-\x9f])[^\x00-\x06\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c)"
_CSI = r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
_OTHER = r"\x1b[ -/]*[0-~]"
_SEQUENCE = re.compile(f"{_STRING}|{_CSI}|{_OTHER}")

_NEWLINE = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")

# Everything that shows nothing but changes what is around it: C0 and C1, bidirectional marks and overrides,
# zero-width and invisible operators, Hangul fillers, interlinear annotation, tags, non-characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufdd0-\ufdef\ufff0-\ufffb\ufffe\uffff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")

# A joiner stays inside an emoji only: between two pictographs, the first one perhaps with a skin tone or a variation.
_EMOJI = "\u2190-\u2bff\U0001f000-\U0001faff"
_LOOSE_JOINER = re.compile(f"(?<![{_EMOJI}\ufe0f])\u200d|\u200d(?![{_EMOJI}])")

# More than three marks on one letter reach into the lines above and below.
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_PILE_OF_MARKS = re.compile(f"([{_MARKS}]{{3}})[{_MARKS}]+")


def safe(text: str) -> str:
    """The text without escape sequences and unseen characters; newlines stay, a tab becomes four spaces."""
    if text.isascii() and text.isprintable():
        return text
    text = _SEQUENCE.sub("", text)
    text = _NEWLINE.sub("\n", text)
    text = text.replace("\t", TAB)
    text = _UNSEEN.sub("", text)
    text = _SURROGATE.sub("\ufffd", text)
    text = _LOOSE_JOINER.sub("", text)
    return _PILE_OF_MARKS.sub(r"\1", text)


def one_line(text: str) -> str:
    """`safe` text on one line, for titles and rows of tables: every run of white space is one space."""
    return " ".join(safe(text).split())
