"""Which marker a setting means, and what is imported for it."""

from __future__ import annotations

import subprocess
import sys

from llmcore_tui.config import Config
from llmcore_tui.grading.choice import marker
from llmcore_tui.grading.offline import OfflineMarker
from tests.grading.on_a_server import ANSWER, COVERAGE, KEY, RUBRIC
from tests.grading.scripted_server import ScriptedServer


def test_the_default_is_offline_even_where_a_model_is_set() -> None:
    assert Config().marker == "offline"
    assert isinstance(marker("offline", Config(llm_model="m", llm_key=KEY)), OfflineMarker)


def test_a_model_that_is_not_set_is_told_with_the_offline_mark() -> None:
    mark = marker("llm", Config()).mark(ANSWER, RUBRIC)
    assert mark.coverage == COVERAGE
    assert mark.instead is not None
    assert (
        mark.instead.en
        == "Marked offline because no model is set. Set one: llmcore config set llm_model NAME"
    )
    assert mark.instead.zh == "已改用离线批改：没有设置模型。请先设置：llmcore config set llm_model NAME"
    without_server = marker("llm", Config(llm_model="m")).mark(ANSWER, RUBRIC)
    assert without_server.instead is not None
    assert "llmcore config set llm_base_url" in without_server.instead.en
    assert "llmcore config set llm_base_url" in without_server.instead.zh


def test_what_a_server_takes_is_remembered_from_answer_to_answer() -> None:
    with ScriptedServer("schema-refused") as server:
        settings = Config(llm_model="m", llm_base_url=server.base_url)
        for _ in range(3):
            assert marker("llm", settings).mark(ANSWER, RUBRIC).by == "llm"
    assert [request.format for request in server.requests] == [
        "json_schema",
        "json_object",
        "json_object",
        "json_object",
    ]


def test_changed_settings_change_the_model() -> None:
    with ScriptedServer("sane") as server:
        for model in ("one", "two"):
            marker("llm", Config(llm_model=model, llm_base_url=server.base_url)).mark(ANSWER, RUBRIC)
    assert [request.body["model"] for request in server.requests] == ["one", "two"]


def test_openai_is_imported_only_to_ask_a_model() -> None:
    probe = """
import sys
from llmcore_tui.config import Config
from llmcore_tui.grading import choice, client, llm, probe
from tests.grading.on_a_server import ANSWER, RUBRIC
choice.marker("offline", Config()).mark(ANSWER, RUBRIC)
choice.marker("llm", Config()).mark(ANSWER, RUBRIC)
choice.marker("llm", Config(llm_model="m", llm_base_url="http://127.0.0.1:9/v1")).mark("", RUBRIC)
assert "openai" not in sys.modules
choice.marker("llm", Config(llm_model="m", llm_base_url="http://127.0.0.1:9/v1", llm_retries=0)).mark(ANSWER, RUBRIC)
assert "openai" in sys.modules
"""
    subprocess.run([sys.executable, "-c", probe], check=True, timeout=120)
