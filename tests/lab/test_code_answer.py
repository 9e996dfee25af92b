"""A learner's function against hidden cases."""

from __future__ import annotations

import time

import pytest

from llmcore_tui.content.code_task import Case, CodeTask, Plain
from llmcore_tui.content.tolerance import Tolerance
from llmcore_tui.lab import worker as worker_module
from llmcore_tui.lab.code_answer import CaseFailure, CodeVerdict, agrees
from llmcore_tui.lab.worker import Worker

EXACT, TENTH = Tolerance(), Tolerance(absolute=0.1)
DISCOUNT = CodeTask(
    function="returns",
    signature="returns(rewards, gamma)",
    starter="def returns(rewards, gamma):\n    ...\n",
    cases=(
        Case(([1.0, 1.0], 0.5), [1.5, 1.0], EXACT),
        Case(([0.0, 0.0, 8.0], 0.5), [2.0, 4.0, 8.0], EXACT),
        Case(([], 0.9), [], EXACT),
    ),
    solution="",
)
RIGHT = """
def returns(rewards, gamma):
    total, out = 0.0, []
    for reward in reversed(rewards):
        total = reward + gamma * total
        out.insert(0, total)
    return out
"""


def judged(worker: Worker, source: str, task: CodeTask = DISCOUNT) -> CodeVerdict:
    return worker.submit_code(task, source).result(60)


def test_a_right_function_passes(worker: Worker) -> None:
    assert judged(worker, RIGHT) == CodeVerdict(cases=3)
    assert judged(worker, RIGHT).passed


@pytest.mark.parametrize(
    "library", ["import numpy as np\nmake = np.array", "import torch\nmake = torch.tensor", "make = tuple"]
)
def test_arrays_tensors_and_tuples_count_as_lists(worker: Worker, library: str) -> None:
    assert judged(worker, f"{library}\n{RIGHT.replace('return out', 'return make(out)')}").passed


def test_every_case_that_fails_is_told_as_arguments_expected_and_got(worker: Worker) -> None:
    verdict = judged(worker, RIGHT.replace("gamma * total", "total"))
    assert not verdict.passed
    assert verdict.failures == (
        CaseFailure(([1.0, 1.0], 0.5), [1.5, 1.0], "[2.0, 1.0]"),
        CaseFailure(([0.0, 0.0, 8.0], 0.5), [2.0, 4.0, 8.0], "[8.0, 8.0, 8.0]"),
    )


def test_what_it_starts_with_gives_nothing_and_fails(worker: Worker) -> None:
    assert [failure.got for failure in judged(worker, DISCOUNT.starter).failures] == ["None"] * 3


def test_a_function_that_raises_is_told_with_its_line_and_without_a_traceback(worker: Worker) -> None:
    verdict = judged(worker, "def returns(rewards, gamma):\n    x = 1\n    return rewards[9]\n")
    assert {failure.got for failure in verdict.failures} == {"IndexError in line 3: list index out of range"}


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("def returns(:\n", "SyntaxError in line 1: invalid syntax"),
        ("x = 1\nraise ValueError('no')\n", "ValueError in line 2: no"),
        ("def return_(): ...\n", "There is no function returns in it."),
        ("returns = 3\n", "There is no function returns in it."),
        ("import sys\nsys.exit(2)\n", "SystemExit in line 2: 2"),
        ("import os\nos._exit(0)\n", "It ended before the function could be called."),
        ("import os\nos._exit(3)\n", "Your code ended its process (exit code 3) without a result."),
    ],
)
def test_code_that_cannot_be_used_says_why(worker: Worker, source: str, why: str) -> None:
    verdict = judged(worker, source)
    assert not verdict.passed
    assert verdict.unusable == why


def test_a_loop_without_end_is_told_at_the_case_that_it_was_in(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "CODE_SECONDS", 0.5)
    source = RIGHT.replace("    total, out", "    while len(rewards) == 3:\n        pass\n    total, out")
    started = time.monotonic()
    verdict = judged(worker, source)
    assert time.monotonic() - started < 20
    assert [failure.got for failure in verdict.failures] == ["took too long and was stopped", "not tried"]
    assert judged(worker, "while True: pass").unusable == "It took too long and was stopped."


def test_a_process_that_dies_in_a_case_is_told_there(worker: Worker) -> None:
    verdict = judged(worker, "import os\ndef returns(rewards, gamma):\n    os._exit(4)\n")
    assert [failure.got for failure in verdict.failures] == [
        "Your code ended its process (exit code 4) without a result.",
        "not tried",
        "not tried",
    ]


def test_the_cases_do_not_share_their_arguments(worker: Worker) -> None:
    spoiling = RIGHT.replace("    return out", "    rewards.clear()\n    return out")
    assert judged(worker, spoiling).passed


def test_the_right_answers_are_out_of_the_functions_reach(worker: Worker) -> None:
    task = CodeTask("f", "f()", "", (Case((), "xyzzy", EXACT),), "")
    peeking = (
        "import gc, sys\n"
        "def f():\n"
        "    frame, seen = sys._getframe(1), []\n"
        "    while frame:\n"
        "        seen += [repr(frame.f_locals), repr(gc.get_referents(frame))]\n"
        "        frame = frame.f_back\n"
        "    wanted = 'yzzyx'[::-1]\n"
        "    found = [text for text in seen if wanted in text]\n"
        "    return wanted if found else 'closed'\n"
    )
    assert [failure.got for failure in judged(worker, peeking, task).failures] == ["'closed'"]


@pytest.mark.parametrize(
    ("got", "expected", "within", "same"),
    [
        (1, 1.0, EXACT, True),
        (1.05, 1.0, TENTH, True),
        (1.2, 1.0, TENTH, False),
        (float("nan"), 1.0, TENTH, False),
        (True, 1, EXACT, False),
        (1, True, EXACT, False),
        (True, True, EXACT, True),
        ("a", "a", EXACT, True),
        ("1", 1, EXACT, False),
        (None, None, EXACT, True),
        (0, None, EXACT, False),
        ([1, [2.05]], [1, [2]], TENTH, True),
        ([1], [1, 2], EXACT, False),
        ([1], 1, EXACT, False),
        ({"a": 1.0}, {"a": 1}, EXACT, True),
        ({"a": 1, "b": 2}, {"a": 1}, EXACT, False),
    ],
)
def test_answers_agree_within_the_tolerance(
    got: object, expected: Plain, within: Tolerance, same: bool
) -> None:
    assert agrees(got, expected, within) is same
