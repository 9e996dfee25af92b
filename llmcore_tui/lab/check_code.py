"""Whether a `code` task can be solved and must be: its solution passes the hidden cases, what it starts with does not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from llmcore_tui.content.code_task import CodeTask
from llmcore_tui.content.rules.note import Note, Notes
from llmcore_tui.lab.code_answer import CodeVerdict
from llmcore_tui.lab.versions import versions

Judge = Callable[[CodeTask, str], CodeVerdict]


def code_notes(task: CodeTask, cache: Path, judge: Judge) -> Notes:
    """What is wrong with the task; found nothing wrong once, it is not tried again until it changes."""
    depends_on = [asdict(task), versions()]
    digest = hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()[:24]
    passed = cache / "solutions" / digest
    if passed.exists():
        return
    notes = [*_solution(task, judge), *_starter(task, judge)]
    yield from notes
    if not notes:
        try:
            passed.parent.mkdir(parents=True, exist_ok=True)
            passed.touch()
        except OSError:
            return


def _solution(task: CodeTask, judge: Judge) -> Notes:
    verdict = judge(task, task.solution)
    if verdict.unusable:
        yield _note("solution", f"cannot be used: {verdict.unusable}")
    for failure in verdict.failures:
        call = f"{task.function}({', '.join(map(repr, failure.args))})"
        yield _note("solution", f"gives {failure.got} for {call}, not {failure.expected!r}.")


def _starter(task: CodeTask, judge: Judge) -> Notes:
    if judge(task, task.starter).passed:
        yield _note("starter", "passes every case already.")


def _note(key: str, message: str) -> Note:
    return Note(("code", key), message)
