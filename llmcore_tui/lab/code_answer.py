"""Judging a learner's function by its hidden cases: every case that fails is told as arguments, expected and got."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from llmcore_tui.content.code_task import Case, CodeTask, Plain
from llmcore_tui.content.tolerance import Tolerance
from llmcore_tui.lab.child_run import ChildDiedError, TimeLimitError


@dataclass(frozen=True, slots=True)
class CaseFailure:
    """A hidden case that the function got wrong."""

    args: tuple[Plain, ...]
    expected: Plain
    got: str
    """What it gave, or how it failed, in one line."""


@dataclass(frozen=True, slots=True)
class CodeVerdict:
    """How a learner's function did."""

    cases: int
    failures: tuple[CaseFailure, ...] = ()
    unusable: str = ""
    """Why no case could be tried: a syntax error, no function of that name."""

    @property
    def passed(self) -> bool:
        """Whether every case held."""
        return not self.failures and not self.unusable


def judge(task: CodeTask, messages: Iterable[dict[str, Any]]) -> CodeVerdict:
    """Compare what a child says that the function gave with what the cases want."""
    answers: dict[int, dict[str, Any]] = {}
    ended = ""
    try:
        for message in messages:
            if "unusable" in message:
                return CodeVerdict(len(task.cases), unusable=str(message["unusable"]))
            if isinstance(index := message.get("case"), int):
                answers[index] = message
    except TimeLimitError:
        ended = "took too long and was stopped"
    except ChildDiedError as error:
        ended = error.message
    if not answers and task.cases:
        early = ended or "ended before the function could be called"
        return CodeVerdict(len(task.cases), unusable=early if early.endswith(".") else f"It {early}.")
    failures = [
        CaseFailure(case.args, case.gives, _said(answers.get(index), ended))
        for index, case in enumerate(task.cases)
        if not _is_right(answers.get(index), case)
    ]
    return CodeVerdict(len(task.cases), tuple(failures))


def _is_right(answer: dict[str, Any] | None, case: Case) -> bool:
    return answer is not None and "gave" in answer and agrees(answer["gave"], case.gives, case.within)


def _said(answer: dict[str, Any] | None, ended: str) -> str:
    """What came of a case: a value, an error, or how the process ended in it."""
    if answer is None:
        return "not tried"
    if "gave" in answer:
        return shown(answer["gave"])
    return str(answer.get("raised") or ended or "nothing")


def agrees(got: Any, expected: Plain, within: Tolerance) -> bool:
    """Whether two values are the same: numbers within the tolerance, everything else exactly, lists item by item."""
    match expected:
        case bool() | None | str():
            return type(got) is type(expected) and bool(got == expected)
        case int() | float():
            return isinstance(got, int | float) and not isinstance(got, bool) and within.holds(got, expected)
        case list():
            return (
                isinstance(got, list)
                and len(got) == len(expected)
                and all(agrees(one, other, within) for one, other in zip(got, expected, strict=True))
            )
        case dict():
            return (
                isinstance(got, dict)
                and set(got) == set(expected)
                and all(agrees(got[key], expected[key], within) for key in expected)
            )


def shown(value: Any) -> str:
    """A value in one line that is not longer than a learner wants to read."""
    text = f"{value:.10g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= 200 else text[:197] + "..."
