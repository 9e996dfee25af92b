"""What computation says about the answer of a turn, for the kinds that have one right answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.study import numeric
from llmcore_tui.study.check import Check, marked, option, same_words
from llmcore_tui.study.setting_text import value_text
from llmcore_tui.study.unusable import Unusable

GAP = re.compile(r"\[\[(.*?)\]\]")
"""The gap of a `cloze`, with what belongs in it."""

if TYPE_CHECKING:
    from llmcore_tui.lab.code_answer import CodeVerdict
    from llmcore_tui.study.turn import Turn

_RUNNING = Bilingual("The demo is still running.", "演示仍在运行。")
_NOT_RUN = Bilingual("Not checked: nothing ran.", "未检查：没有运行。")
_NOT_CHECKED = Bilingual("Not checked: {why}", "未检查：{why}")
_RIGHT_OPTION = Bilingual("The right one: {say}", "正确选项：{say}")
_IN_THE_GAP = Bilingual("In the gap: {word}", "空里应填：{word}")
_WITHIN = Bilingual("Within {within} of the computed number.", "与算出的数相差在 {within} 以内。")
_NOT_WITHIN = Bilingual("Not within {within} of the computed number.", "与算出的数相差超过 {within}。")
_CASES = Bilingual("All {cases} hidden cases hold.", "{cases} 个隐藏用例全部通过。")
_FAILED = Bilingual(
    "{failed} of {cases} hidden cases fail. First: {function}({args}) gave {got}, not {expected}.",
    "{cases} 个隐藏用例中有 {failed} 个没通过。第一个：{function}({args}) 得到 {got}，应为 {expected}。",
)


def check(turn: Turn, language: Language) -> Check | None:
    """The check of what was typed or chosen; None where there is nothing to check."""
    if not turn.typed:
        return None
    match turn.takes:
        case "option":
            return _option(turn, language)
        case "gap":
            return _gap(turn, language)
        case "number":
            return _number(turn, language)
        case "code":
            return _code(turn, language)
        case _:
            return None


def _option(turn: Turn, language: Language) -> Check | None:
    if turn.chosen is None or turn.card.right is None:
        return None
    found = option(turn.option(turn.chosen), right=turn.chosen == 0, language=language)
    if found.right:
        return found
    right = _RIGHT_OPTION.of(language).format(say=turn.card.right.say.of(language))
    return Check(found.right, f"{found.says} {right}".strip(), found.suggested)


def _gap(turn: Turn, language: Language) -> Check:
    accepted = turn.card.accept
    right = same_words(turn.typed, (*accepted.en, *accepted.zh))
    return marked(right, "" if right else _IN_THE_GAP.of(language).format(word=_word(turn, language)))


def _word(turn: Turn, language: Language) -> str:
    found = GAP.search(turn.card.cloze.of(language)) if turn.card.cloze else None
    return found[1] if found else ""


def _number(turn: Turn, language: Language) -> Check | None:
    if turn.within is None:
        return None
    computed = turn.computed
    if computed is None:
        if turn.run is None:
            return marked(None, _NOT_RUN.of(language))
        if not turn.run.done:
            return marked(None, _RUNNING.of(language))
        return marked(None, _NOT_CHECKED.of(language).format(why=turn.run.problem))
    try:
        typed = numeric.read(turn.typed, turn.unit)
    except Unusable as error:
        return marked(None, error.says.of(language))
    right = turn.within.holds(typed, computed)
    return marked(right, (_WITHIN if right else _NOT_WITHIN).of(language).format(within=turn.within))


def _code(turn: Turn, language: Language) -> Check:
    if turn.code is None:
        return marked(None, _NOT_RUN.of(language))
    if not turn.code.done:
        return marked(None, _RUNNING.of(language))
    if turn.code.result is None:
        return marked(None, _NOT_CHECKED.of(language).format(why=turn.code.problem))
    assert turn.card.code is not None, "only a code card runs code"
    return code_check(turn.code.result, turn.card.code.function, language)


def code_check(verdict: CodeVerdict, function: str, language: Language) -> Check:
    """How a learner's function did, with the first hidden case that it got wrong."""
    if verdict.unusable:
        return marked(False, verdict.unusable)
    if verdict.passed:
        return marked(True, _CASES.of(language).format(cases=verdict.cases))
    first = verdict.failures[0]
    said = _FAILED.of(language).format(
        failed=len(verdict.failures),
        cases=verdict.cases,
        function=function,
        args=", ".join(map(repr, first.args)),
        got=first.got,
        expected=value_text(first.expected, language)
        if isinstance(first.expected, float)
        else repr(first.expected),
    )
    return marked(False, said)
