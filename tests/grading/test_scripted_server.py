"""The server that people sit an interview against: it starts by hand, and its marking is plausible in both languages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from llmcore_tui.grading.llm import LlmMarker
from llmcore_tui.grading.offline import OfflineMarker
from tests.grading.on_a_server import ANSWER, ANSWER_ZH, COVERAGE, RUBRIC, connection, marking

ROOT = Path(__file__).resolve().parent.parent.parent


def test_it_starts_by_hand_and_prints_where_it_is() -> None:
    command = [sys.executable, "-m", "tests.grading.scripted_server", "--port", "0", "--script", "fenced"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            base_url = server.stdout.readline().strip()
            mark = LlmMarker(connection(base_url), OfflineMarker()).mark(ANSWER, RUBRIC)
        finally:
            server.terminate()
    assert mark.by == "llm"
    assert mark.coverage == pytest.approx(COVERAGE)


@pytest.mark.parametrize(
    ("answer", "coverage"),
    [
        (ANSWER, COVERAGE),
        (ANSWER_ZH, COVERAGE),
        (" ".join(point.wordings[0] for point in RUBRIC.points), 1),
        ("".join(point.wordings[1] for point in RUBRIC.points), 1),
        ("A cat sat on the mat, and then the dog barked at it for an hour.", 0),
    ],
)
def test_its_sane_script_marks_by_what_was_said(answer: str, coverage: float) -> None:
    with marking("sane") as (llm, _):
        mark = llm.mark(answer, RUBRIC)
    assert mark.by == "llm"
    assert mark.coverage == pytest.approx(coverage)
