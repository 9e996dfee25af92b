"""Checking a typed or selected answer by computation. A rating is suggested, never set."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual, Language

if TYPE_CHECKING:
    from llmcore_tui.content.card import Option

AGAIN, GOOD = 1, 3
"""The ratings that a check may suggest; how hard it was, only the learner knows."""

_STRAY = " \t\n.,;:!?。，；：！？、…\"'“”‘’「」『』()（）[]"


@dataclass(frozen=True, slots=True)
class Check:
    """What computation says about an answer."""

    right: bool | None
    """None: nothing can be said, or not yet."""
    says: str
    """Why, in one sentence of the learner's language; may be empty."""
    suggested: int | None
    """A rating, 1 to 4."""


def marked(right: bool | None, says: str = "") -> Check:
    """A check with the rating that goes with it."""
    return Check(right, says, None if right is None else GOOD if right else AGAIN)


def option(chosen: Option, *, right: bool, language: Language) -> Check:
    """The chosen option of a `choice`, with the reason that it gives."""
    return marked(right, chosen.why.of(language) if chosen.why else "")


def same_words(typed: str, accepted: Iterable[str]) -> bool:
    """Whether what was typed is one of the wordings, without regard to case, width, spaces and outer punctuation."""
    return normal(typed) in {normal(wording) for wording in accepted}


def normal(text: str) -> str:
    """A wording in the one spelling in which it is compared."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = "".join(char for char in text if unicodedata.category(char) not in {"Cf", "Cc"} or char in "\t\n")
    return "".join(text.replace("−", "-").strip(_STRAY).split())


NOT_COMPUTED = Bilingual("The number could not be computed: {why}", "没能算出这个数：{why}")
STILL_RUNNING = Bilingual("The demo is still running.", "演示仍在运行。")
