"""Marking a quiz answer by computation, with the reason of what was wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.content.quiz import ItemKind
from llmcore_tui.render.number import with_unit
from llmcore_tui.study import numeric
from llmcore_tui.study.answering import chosen
from llmcore_tui.study.check import same_words
from llmcore_tui.study.checking import code_check
from llmcore_tui.study.unusable import Unusable

if TYPE_CHECKING:
    from llmcore_tui.study.filled import Filled
    from llmcore_tui.study.quiz_question import Asked
    from llmcore_tui.study.revealed import ShownSource

_NOT_COMPUTED = Bilingual("The number could not be computed: {why}", "没能算出这个数：{why}")
_NO_RUN = Bilingual("nothing ran", "没有运行")


@dataclass(frozen=True, slots=True)
class Marked:
    """One answer with its mark, in one language."""

    item: str
    ask: str
    given: str
    """As it was typed; empty where the learner did not know."""
    right: bool | None
    """None: it could not be computed, and does not count."""
    expected: str
    """The right answer."""
    why: str
    """The reason that goes with what was given: of the wrong option, of the first failing case."""
    explain: str
    demo: str
    """The demo that shows it, with its flags, as a command: `llmcore demo gae --lam 0`; or nothing."""
    run_says: str
    """What that demo showed just now, or nothing."""
    sources: tuple[ShownSource, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Whether an answer is right, what would have been, and why."""

    right: bool | None
    expected: str
    why: str = ""


def check_form(asked: Asked, given: str) -> None:
    """Raise `Unusable` where an answer cannot be one, so that the learner is asked again."""
    match asked.item.kind:
        case ItemKind.CHOICE:
            chosen(given, len(asked.order))
        case ItemKind.NUMERIC:
            numeric.read(given, asked.unit)
        case ItemKind.ORDER:
            order(given, len(asked.order))
        case _:
            return


def order(given: str, steps: int) -> tuple[int, ...]:
    """The places, from 0, in the order that was typed: `3 1 2`, `3,1,2`, `312`."""
    text = unicodedata.normalize("NFKC", given)
    numbers = (
        re.findall(r"\d", text)
        if steps < 10 and re.fullmatch(r"\s*\d+\s*", text)
        else re.findall(r"\d+", text)
    )
    places = tuple(int(number) - 1 for number in numbers)
    if sorted(places) != list(range(steps)):
        example = " ".join(str(number) for number in range(steps, 0, -1))
        raise Unusable(
            f"Type each number from 1 to {steps} once, such as {example}.",
            f"请把 1 到 {steps} 各输入一次，例如 {example}。",
        )
    return places


def mark(asked: Asked, text: Filled, language: Language) -> Mark:
    """The mark of what was given; nothing given is wrong."""
    marks: dict[ItemKind, Callable[[Asked, Filled, Language], Mark]] = {
        ItemKind.CHOICE: _choice,
        ItemKind.NUMERIC: _number,
        ItemKind.TYPED: _words,
        ItemKind.ORDER: _order,
        ItemKind.CODE: _code,
    }
    return marks[asked.item.kind](asked, text, language)


def _choice(asked: Asked, text: Filled, _: Language) -> Mark:
    expected = f"{asked.order.index(0) + 1}  {text.of(asked.option(0).say)}"
    if not asked.given:
        return Mark(False, expected)
    place = asked.order[chosen(asked.given, len(asked.order))]
    return Mark(place == 0, expected, text.of(asked.option(place).why))


def _number(asked: Asked, _: Filled, language: Language) -> Mark:
    from llmcore_tui.lab.claim import shown_result

    result, computed = asked.item.result, asked.computed
    assert result is not None, "a numeric item has a result"
    if computed is None:
        why = (asked.run.problem if asked.run else asked.demo_problem) or _NO_RUN.of(language)
        return Mark(None if asked.given else False, "", _NOT_COMPUTED.of(language).format(why=why))
    expected = with_unit(shown_result(result, computed), asked.unit)
    if not asked.given:
        return Mark(False, expected)
    return Mark(result.within.holds(numeric.read(asked.given, asked.unit), computed), expected)


def _words(asked: Asked, _: Filled, language: Language) -> Mark:
    accepted = asked.item.accept
    usual = (accepted.of(language) or accepted.en or accepted.zh)[0]
    return Mark(same_words(asked.given or "", (*accepted.en, *accepted.zh)), usual)


def _order(asked: Asked, text: Filled, _: Language) -> Mark:
    right = [asked.order.index(place) for place in range(len(asked.order))]
    numbers = " ".join(str(place + 1) for place in right)
    expected = f"{numbers}  ({' → '.join(text.of(step) for step in asked.item.steps)})"
    if not asked.given:
        return Mark(False, expected)
    return Mark(order(asked.given, len(asked.order)) == tuple(right), expected)


def _code(asked: Asked, _: Filled, language: Language) -> Mark:
    task = asked.item.code
    assert task is not None, "a code item has a task"
    if not asked.given:
        return Mark(False, task.solution)
    verdict = asked.code.result if asked.code else None
    if verdict is None:
        why = (asked.code.problem if asked.code else "") or _NO_RUN.of(language)
        return Mark(None, task.solution, _NOT_COMPUTED.of(language).format(why=why))
    return Mark(verdict.passed, task.solution, code_check(verdict, task.function, language).says)
