"""Prose: no digit typed by hand, both languages really in their language, questions that ask, lists and lengths one can say."""

from __future__ import annotations

import re
from collections.abc import Collection

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.content.index.words import has_chinese
from llmcore_tui.content.located import Studied
from llmcore_tui.content.read.document import Place
from llmcore_tui.content.rules.note import Note, Notes, style
from llmcore_tui.content.slots import without_formulas
from llmcore_tui.content.texts import texts

LONGEST_LIST = 5
SECONDS = {"brief": 30, "problem": 30, "mechanism": 60, "run": 60, "engineering": 30}
"""How long the texts that are spoken may take."""
WORDS_A_SECOND = 2.5
CHARACTERS_A_SECOND = 5.0

_WRONG_ON_PURPOSE = {"claim", "says", "wrong"}
"""Texts that state something false may state a false number, which no demo computes."""
_FENCE = re.compile(r"```.*?```", re.DOTALL)
_CODE = re.compile(r"`[^`\n]*[A-Za-z][^`\n]*`")
_SLOT = re.compile(r"\{[a-z][a-z0-9_]*\}")
_LIST_MARK = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s", re.MULTILINE)
_NAME = re.compile(r"(?<![\w.])[A-Za-z][\w]*(?:[-._/][\w]+)*")
_DIGITS = re.compile(r"\S*\d\S*")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_LATIN_WORDS_OF_A_NAME = 3
_YES_NO = re.compile(
    r"(is|are|was|were|does|do|did|can|could|will|would|should|has|have|may|must)\b.*\?$",
    re.IGNORECASE | re.DOTALL,
)
_ASKS_MORE = re.compile(r"\b(why|how|which|what|when|where|who|or|explain|derive|compute)\b", re.IGNORECASE)
_YES_NO_ZH = re.compile(r"(吗|是否|是不是|对不对|会不会|能不能)")
_ASKS_MORE_ZH = re.compile(
    r"(为什么|为何|如何|怎么|怎样|哪|什么|多少|几|还是|说明|解释|推导|写出|区别|何时|谁)"
)
_THIS = re.compile(r"\b(this|these)\b", re.IGNORECASE)


def prose(record: Studied, builtin: bool, allowed: Collection[str]) -> Notes:
    """The rules of prose for one record; `allowed` are words with digits that may stand in it."""
    for place, both in texts(record):
        yield from languages(both, place)
        if not _WRONG_ON_PURPOSE & set(place):
            yield from digits(both, place, allowed)
        yield from _lists(both, place, builtin)
        if len(place) == 1 or place[0] == "model_answer":
            yield from _lengths(both, place)
    yield from _question(record.ask, builtin)


def languages(both: Bilingual, place: Place) -> Notes:
    """Whether a text is in the languages it says it is in; a name may be the same in both."""
    if has_chinese(_bare(both.en)):
        yield Note((*place, "en"), "has Chinese in its English text")
    zh = _bare(both.zh)
    if not has_chinese(zh) and len(_LATIN_WORD.findall(zh)) > _LATIN_WORDS_OF_A_NAME:
        yield Note((*place, "zh"), "is not in Chinese")


def digits(both: Bilingual, place: Place, allowed: Collection[str]) -> Notes:
    """Numbers typed by hand: digits outside slots, formulas, code, names such as Llama-3 and the allowed words."""
    for language in ("en", "zh"):
        text = _LIST_MARK.sub(" ", _bare(both.en if language == "en" else both.zh))
        for word in sorted(allowed, key=len, reverse=True):
            text = text.replace(word, " ")
        if typed := _DIGITS.findall(_NAME.sub(" ", text)):
            shown = ", ".join(dict.fromkeys(typed))
            yield Note(
                (*place, language), f"has a number typed by hand: {shown}; compute or quote it in numbers"
            )


def _bare(text: str) -> str:
    """The text without formulas, code and slots."""
    return _SLOT.sub(" ", _CODE.sub(" ", _FENCE.sub(" ", without_formulas(text))))


def _lists(both: Bilingual, place: Place, builtin: bool) -> Notes:
    for language in ("en", "zh"):
        text = both.en if language == "en" else both.zh
        if (items := len(_LIST_MARK.findall(text))) > LONGEST_LIST:
            message = f"lists {items} things; nobody recalls more than {LONGEST_LIST} at once"
            yield Note((*place, language), message, style(builtin))


def _lengths(both: Bilingual, place: Place) -> Notes:
    limit = SECONDS.get(str(place[-1]))
    if limit is None:
        return
    words = len(without_formulas(both.en).split())
    characters = sum(has_chinese(letter) for letter in both.zh) + len(
        _LATIN_WORD.findall(without_formulas(both.zh))
    )
    for language, seconds in (("en", words / WORDS_A_SECOND), ("zh", characters / CHARACTERS_A_SECOND)):
        if seconds > limit:
            yield Note((*place, language), f"takes about {seconds:.0f} s to say; it has {limit}", "warning")


def _question(ask: Bilingual, builtin: bool) -> Notes:
    last = re.split(r"(?<=[.!?;:])\s+", ask.en)[-1]
    if _YES_NO.match(last) and not _ASKS_MORE.search(ask.en):
        yield Note(("ask", "en"), "can be answered with yes or no; ask why, how or which", style(builtin))
    if _YES_NO_ZH.search(ask.zh) and not _ASKS_MORE_ZH.search(ask.zh):
        yield Note(("ask", "zh"), "can be answered with yes or no; ask why, how or which", style(builtin))
    if _THIS.search(without_formulas(ask.en)):
        yield Note(("ask", "en"), "says this or these; a question stands alone", "warning")
