"""How an answer was worded: fillers, hedges and pace. Counted by patterns that let the ordinary uses of a word pass."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.interview.sentences import chinese_characters, latin_words
from llmcore_tui.render.safe import one_line

Habit = Literal["filler", "hedge"]
FEWEST_WORDS = 20
"""Of a shorter answer nothing is said about its pace."""
FASTEST = 450
"""Words or characters a minute beyond which nobody spoke or typed: the answer was pasted."""
CONTEXT = 24
"""Characters on each side of a filler that are shown with it."""
_OFTEN = 3
"""How often a connecting word must come to be called a habit …"""
_EVERY = 80
"""… and once in at most so many characters."""

WORDS_A_MINUTE = Bilingual(
    "Spoken English in interviews usually runs at some 130 to 160 words a minute; typing is slower.",
    "英语口头面试一般每分钟约 130 到 160 个词；打字会慢一些。",
)
CHARACTERS_A_MINUTE = Bilingual(
    "Spoken Chinese in interviews usually runs at some 200 to 260 characters a minute; typing is slower.",
    "中文口头面试一般每分钟约 200 到 260 字；打字会慢一些。",
)


@dataclass(frozen=True, slots=True)
class Found:
    """One filler or hedge where it stands."""

    habit: Habit
    said: str
    """As it is listed: lower case."""
    around: str
    """The words before and after it, on one line."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One word that came back."""

    habit: Habit
    said: str
    times: int
    around: str
    """Where it came first."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the words came."""

    a_minute: int
    unit: Literal["words", "characters"]

    @property
    def usual(self) -> Bilingual:
        """What is usual, in a sentence."""
        return WORDS_A_MINUTE if self.unit == "words" else CHARACTERS_A_MINUTE


# Blanks are bounded: thousands of them in a row must not cost their square.
_START = r"(?:^|(?<=[,.;:!?…，。；：！？、\n—])) {0,2}"
_END = r"(?= {0,2}(?:[,.;:!?…，。；：！？、\n—]|$))"
_FILLERS: tuple[tuple[str, str], ...] = (
    ("um", r"\bu+m+\b"),
    ("uh", r"\bu+h+\b(?!-)"),
    ("er", r"\ber+m+\b|\berr?\b(?= ?[,.…])"),
    ("hmm", r"\bh+m+\b"),
    ("you know", rf"{_START}you know{_END}|(?<!\bdo)(?<!\bif)(?<!\bas)(?<!what)(?<!that) you know(?=,)"),
    ("like", r"(?<=,) ?like(?=,)|\b(?:it|that|he|she|they|i|we)(?:['’]s|['’]re| is| was| were| am|['’]m)? (?:just )?like(?=,)|(?:^|[.!?] )like(?=,)|\b(?:and|so|but|or|is|was|just) like(?=,)|(?<!would )(?<!d )\blike,? (?:you know|i mean|basically|literally|um|uh)\b"),
    ("basically", r"\bbasically\b"),
    ("actually", r"\bactually\b"),
    ("literally", r"\bliterally\b"),
    ("sort of", r"(?<!\bwhat )(?<!\bthis )(?<!\bthat )(?<!\bany )(?<!\bsome )(?<!\bthe )(?<!\ba )(?<!\bsame )(?<!\bevery )(?<!\bwhich )(?<!\bother )(?<!\bone )\bsort of\b"),
    ("kind of", r"(?<!\bwhat )(?<!\bthis )(?<!\bthat )(?<!\bany )(?<!\bsome )(?<!\bthe )(?<!\ba )(?<!\bsame )(?<!\bevery )(?<!\bwhich )(?<!\bother )(?<!\bone )(?<!\beach )(?<!\banother )(?<!\bdifferent )\bkind of\b"),
    ("i mean", rf"{_START}i mean\b(?=,)|(?<=,) ?i mean\b"),
    ("or something", r"\bor something(?: like that)?\b|\band stuff\b|\bor whatever\b|\band so on and so forth\b"),
    ("right?", r"(?<=,) ?right(?=\?)"),
    ("嗯", r"[嗯呃]+"),
    ("那个", rf"(?:那个[，,、…\s]*){{2,}}|{_START}那个(?=[，,、…])|(?<=[嗯呃就是])那个(?=[，,、…])"),
    ("这个", rf"(?:这个[，,、…\s]*){{2,}}|{_START}这个(?=[，,、…])"),
    ("就是说", r"(?<!也)(?<!这)(?<!那)就是说"),
    ("就是", rf"{_START}就是(?=[，,、…])|(?:就是[，,、…\s]*){{2,}}"),
    ("怎么说呢", r"怎么说(?:呢|吧)"),
    ("对吧", r"(?:对|是)(?:吧|不对|不是)(?=[，,。？?！!…\s]|$)"),
    ("其实", r"其实"),
    ("反正", r"反正"),
)  # fmt: skip
_OFTEN_ONLY: tuple[tuple[str, str], ...] = (
    ("然后", r"然后"),
    ("所以说", r"所以说"),
    ("so", rf"{_START}so\b(?=,)"),
)
"""Good words that become fillers by their number."""
_HEDGES: tuple[tuple[str, str], ...] = (
    ("i think", r"\bi (?:would |do )?think(?: maybe| perhaps| probably)?\b(?! about| of\b| through)"),
    ("i guess", r"\bi (?:guess|suppose)\b"),
    ("maybe", r"(?<!think )\b(?:maybe|perhaps)\b"),
    ("probably", r"(?<!think )\bprobably\b"),
    ("i'm not sure", r"\bi['’]?(?:m| am) not (?:really |quite |entirely |so |too |100% )?sure\b|\bnot (?:really|quite|entirely) sure\b"),
    ("if i remember", r"\bif i (?:remember|recall)(?: (?:correctly|right|rightly|it right))?\b|\bas far as i (?:know|remember|recall)\b"),
    ("more or less", r"\bmore or less\b"),
    ("可能", r"(?<!不)(?<!尽)(?<!只)(?<!所有)可能(?!性|的(?:动作|状态|取值|值|结果|情况|轨迹|输出|序列|组合))"),
    ("大概", r"大概"),
    ("应该是", r"应该是"),
    ("也许", r"也许|或许"),
    ("好像", r"好像(?!素)|似乎"),
    ("我觉得", r"我(?:个人)?(?:觉得|感觉|猜)"),
    ("不太确定", r"不(?:太|是很|是特别|大)?(?:确定|清楚|记得)"),
    ("差不多", r"差不多"),
)  # fmt: skip
_ALL = [
    *(("filler", said, re.compile(pattern, re.IGNORECASE), False) for said, pattern in _FILLERS),
    *(("filler", said, re.compile(pattern, re.IGNORECASE), True) for said, pattern in _OFTEN_ONLY),
    *(("hedge", said, re.compile(pattern, re.IGNORECASE), False) for said, pattern in _HEDGES),
]


def habits(text: str) -> list[Found]:
    """Every filler and hedge of an answer, in its order."""
    found = [(match.start(), habit) for match, habit in _matches(text)]
    return [habit for _, habit in sorted(found, key=lambda pair: pair[0])]


def counted(texts: Iterable[str]) -> tuple[Counted, ...]:
    """The fillers and hedges of several answers, the most frequent first."""
    first: dict[tuple[Habit, str], Found] = {}
    times: Counter[tuple[Habit, str]] = Counter()
    for text in texts:
        for found in habits(text):
            first.setdefault((found.habit, found.said), found)
            times[found.habit, found.said] += 1
    return tuple(
        Counted(habit, said, number, first[habit, said].around)
        for (habit, said), number in sorted(times.items(), key=lambda item: -item[1])
    )


def length(text: str) -> int:
    """Words, a Chinese character counting as one."""
    return latin_words(text) + chinese_characters(text)


def pace(text: str, elapsed_ms: int) -> Pace | None:
    """Words a minute, or characters where most of it is Chinese; None for a short answer and a pasted one."""
    chinese, words = chinese_characters(text), latin_words(text)
    if chinese + words < FEWEST_WORDS or elapsed_ms <= 0:
        return None
    unit: Literal["words", "characters"] = "characters" if chinese > words else "words"
    a_minute = round((chinese + words) * 60_000 / elapsed_ms)
    return Pace(a_minute, unit) if a_minute <= FASTEST else None


def _matches(text: str) -> Iterator[tuple[re.Match[str], Found]]:
    for habit, said, pattern, needs_number in _ALL:
        matches = list(pattern.finditer(text))
        if needs_number and (len(matches) < _OFTEN or len(matches) * _EVERY < len(text)):
            continue
        for match in matches:
            yield match, Found("hedge" if habit == "hedge" else "filler", said, _around(text, match))


def _around(text: str, match: re.Match[str]) -> str:
    """The found words with some of what stands on each side, cut at words where there are any."""
    start, end = max(0, match.start() - CONTEXT), min(len(text), match.end() + CONTEXT)
    before, after = text[start : match.start()], text[match.end() : end]
    if start and " " in before:
        before = before.split(" ", 1)[1]
    if end < len(text) and " " in after:
        after = after.rsplit(" ", 1)[0]
    shown = one_line(before + match[0] + after)
    return f"{'…' if start else ''}{shown}{'…' if end < len(text) else ''}"
