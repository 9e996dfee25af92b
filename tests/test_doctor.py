"""The doctor finds each thing that can be wrong, says what to do, and takes nothing sound for wrong."""

from __future__ import annotations

import json
import os
import re
import sys
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path

import pytest

from llmcore_progress import Finding, Kind, Progress, Settings, backups
from llmcore_tui import doctor, locations
from llmcore_tui.cli.main import run
from llmcore_tui.doctor import Terminal, examine
from tests.grading.scripted_server import ScriptedServer

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GOOD = Terminal(is_terminal=True, columns=80, lines=24, encoding="utf-8")


@pytest.fixture
def quick_torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Python whose PyTorch answers at once; the test may write another answer into it."""
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho 2.13.0 2.0\n")
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(fake))
    return fake


def findings(terminal: Terminal = GOOD) -> list[Finding]:
    return list(examine(os.environ, terminal, NOW))


def of(subject: str, terminal: Terminal = GOOD) -> Finding:
    """The gravest finding about one subject."""
    order = ("ok", "warning", "error")
    return max(
        (one for one in findings(terminal) if one.subject == subject),
        key=lambda one: order.index(one.severity),
    )


def test_a_sound_installation_has_nothing_wrong() -> None:
    found = findings()
    assert [one for one in found if one.severity == "error"] == []
    assert {"python", "packages", "torch", "settings", "data folder", "disk", "log", "backups", "deck"} <= {
        one.subject for one in found
    }


@pytest.mark.usefixtures("quick_torch")
class TestWithoutWaitingForTorch:
    def test_a_missing_package_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            metadata, "requires", lambda _: ["rich>=14", "no-such-package>=1", "x; extra == 'dev'"]
        )
        found = of("packages")
        assert (found.severity, found.message) == ("error", "no-such-package is missing.")
        assert "pip install" in found.hint or "./llmcore" in found.hint

    def test_a_package_outside_its_bounds_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(metadata, "requires", lambda _: ["rich>=99"])
        found = of("packages")
        assert found.severity == "error"
        assert found.message == f"rich is {metadata.version('rich')}; llmcore needs >=99."

    def test_other_versions_than_those_tried_are_a_warning(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "constraints.txt").write_text("# pins\nrich==1.0\nnot-installed==2.0\n")
        monkeypatch.setattr(doctor, "_checkout", lambda: tmp_path)
        found = of("packages")
        assert found.severity == "warning"
        assert f"rich {metadata.version('rich')} (1.0)." in found.message
        assert "not-installed" not in found.message

    def test_a_setting_that_does_not_exist_is_a_warning(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LLMCORE_RETENTON", "0.9")
        found = of("settings")
        assert (found.severity, found.hint) == ("warning", "unset LLMCORE_RETENTON")

    def test_a_file_with_a_key_that_others_may_read_is_a_warning(self) -> None:
        locations.config_folder().mkdir(parents=True)
        locations.config_file().write_text('llm_key = "0123456789"\n')
        locations.config_file().chmod(0o644)
        found = of("settings")
        assert (found.severity, found.hint) == ("warning", f"chmod 600 {locations.config_file()}")
        assert "holds a key, and others may read it" in found.message

    def test_wrong_settings_do_not_stop_the_examination(self) -> None:
        locations.config_folder().mkdir(parents=True)
        locations.config_file().write_text("retention = 3\n")
        found = of("settings")
        assert found.severity == "error"
        assert "config.toml:1: retention = 3 cannot be used" in found.message
        assert of("deck").severity == "ok"

    def test_a_file_in_the_way_of_a_folder_is_told(self) -> None:
        locations.data_folder().parent.mkdir()
        locations.data_folder().write_text("")
        found = of("data folder")
        assert (found.severity, found.hint) == ("error", f"Move {locations.data_folder()} away.")

    def test_a_folder_that_cannot_be_written_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "access", lambda *_: False)
        found = of("data folder")
        assert found.severity == "error"
        assert found.hint.startswith("chmod u+rwx ")

    def test_little_space_is_a_warning(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(doctor, "LITTLE_SPACE_MB", 10**12)
        assert of("disk").severity == "warning"

    def test_a_deck_of_ones_own_that_cannot_be_read_is_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deck = tmp_path / "mine"
        (deck / "cards").mkdir(parents=True)
        (deck / "cards" / "modules.yaml").write_text("areas: [\n")
        monkeypatch.setenv("LLMCORE_DECKS", str(deck))
        found = of("deck")
        assert found.severity == "error"
        assert f"{deck}/cards/modules.yaml:" in found.message

    def test_a_deck_that_is_not_there_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LLMCORE_DECKS", "/no/such/deck")
        found = of("deck")
        assert found.severity == "error"
        assert "/no/such/deck" in found.message

    @pytest.mark.parametrize(
        ("terminal", "subject", "severity", "words"),
        [
            (GOOD, "terminal", "ok", "xterm-256color, 80x24"),
            (Terminal(True, 79, 24, "utf-8"), "terminal", "warning", "79x24"),
            (Terminal(True, 80, 23, "utf-8"), "terminal", "warning", "80x23"),
            (Terminal(False, 20, 5, "utf-8"), "terminal", "ok", "line by line"),
            (Terminal(True, 80, 24, "ISO-8859-1"), "locale", "warning", "ISO-8859-1"),
            (Terminal(True, 80, 24, "UTF8"), "locale", "ok", "UTF-8"),
        ],
    )
    def test_the_terminal_is_looked_at(
        self, terminal: Terminal, subject: str, severity: str, words: str
    ) -> None:
        found = of(subject, terminal)
        assert found.severity == severity
        assert words in found.message

    def test_the_command_ends_with_3_and_says_how_many_are_wrong(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("LLMCORE_DECKS", "/no/such/deck")
        assert run(["doctor"]) == 3
        shown = capsys.readouterr().out
        assert "error    deck           There is no deck at /no/such/deck" in shown
        assert shown.endswith("\n1 wrong.\n")

    def test_the_command_in_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["doctor", "--json"]) == 0
        shown = json.loads(capsys.readouterr().out)
        assert shown["ok"] is True
        assert set(shown["findings"][0]) == {"severity", "subject", "message", "hint"}

    def test_a_damaged_log_is_found_and_the_named_backup_brings_it_back(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        log = locations.log_file()
        for day in range(2):
            with Progress.open(log, settings=Settings(), now=NOW + timedelta(days=day)) as progress:
                progress.record(Kind.SETTING, "retention", {"value": day}, NOW + timedelta(days=day))
        newest = backups(log)[0].path
        log.write_bytes(b"not a database" * 1000)
        assert run(["doctor"]) == 3
        shown = capsys.readouterr().out
        assert "error    log" in shown
        assert f"llmcore doctor --restore {newest}" in shown
        assert run(["doctor", "--restore", str(newest), "--json"]) == 0
        answer = json.loads(capsys.readouterr().out)
        assert Path(answer["kept"]).read_bytes().startswith(b"not a database")
        assert of("log").severity == "ok"
        with Progress.open(log, settings=Settings(), now=NOW + timedelta(days=2)) as progress:
            assert [event.body["value"] for event in progress.events(kinds=[Kind.SETTING])][:1] == [0]


KEY = "sk-test-5f1e9c77aa"


def of_model() -> list[Finding]:
    return list(doctor.examine_model(os.environ))


class TestModel:
    @pytest.fixture(autouse=True)
    def is_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LLMCORE_LLM_MODEL", "test-model")
        monkeypatch.setenv("LLMCORE_LLM_KEY", KEY)

    def asked(self, script: str, monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
        with ScriptedServer(script) as server:
            monkeypatch.setenv("LLMCORE_LLM_BASE_URL", server.base_url)
            return of_model()

    def test_without_a_model_nothing_is_asked_or_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("LLMCORE_LLM_MODEL")
        with ScriptedServer("sane") as server:
            monkeypatch.setenv("LLMCORE_LLM_BASE_URL", server.base_url)
            assert of_model() == []
        assert server.requests == []

    def test_a_model_that_is_wanted_and_not_set_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("LLMCORE_LLM_MODEL")
        monkeypatch.setenv("LLMCORE_MARKER", "llm")
        (found,) = of_model()
        assert (found.severity, found.message) == ("error", "No model is set.")

    @pytest.mark.parametrize(
        ("script", "says"),
        [
            ("sane", "the server accepts a JSON schema, and the reply can be used."),
            ("schema-refused", "the server accepts JSON without a schema, and"),
            ("json-refused", "the server accepts no JSON format, so it is asked in words, and"),
        ],
    )
    def test_what_answered_how_fast_and_in_what_form(
        self, script: str, says: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (found,) = self.asked(script, monkeypatch)
        assert found.severity == "ok"
        assert re.match(r"scripted-1 at 127\.0\.0\.1:\d+ answered in \d+\.\d s; ", found.message)
        assert says in found.message

    def test_a_reply_that_is_of_no_use_is_a_warning(self, monkeypatch: pytest.MonkeyPatch) -> None:
        (found,) = self.asked("schema-ignored", monkeypatch)
        assert found.severity == "warning"
        assert "but the reply cannot be used. There is no JSON object" in found.message

    @pytest.mark.parametrize(("marker", "severity"), [("llm", "error"), ("offline", "warning")])
    def test_a_model_that_does_not_answer_is_as_grave_as_it_is_wanted(
        self, marker: str, severity: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LLMCORE_MARKER", marker)
        (found,) = self.asked("unauthorized", monkeypatch)
        assert found.severity == severity
        assert "refuses the key (401)." in found.message
        assert found.hint == "Check llm_key."

    @pytest.mark.parametrize("script", ["sane", "unauthorized", "echoes-400", "echoes-200", "fails"])
    def test_the_key_is_never_said(self, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
        assert KEY not in repr(self.asked(script, monkeypatch))

    def test_it_is_asked_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with ScriptedServer("busy") as server:
            monkeypatch.setenv("LLMCORE_LLM_BASE_URL", server.base_url)
            of_model()
        assert len(server.requests) == 1

    def test_a_key_of_another_program_that_goes_elsewhere_is_pointed_out(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("LLMCORE_LLM_KEY")
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        found = self.asked("sane", monkeypatch)
        assert found[1].message.startswith("The key of OPENAI_API_KEY is sent to 127.0.0.1:")
        assert KEY not in repr(found)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("echo 'ImportError: libtorch.so' >&2; exit 1", "PyTorch cannot be used: ImportError: libtorch.so"),
        ("kill -SEGV $$", "it ended with code -11"),
        ("echo 2.13.0 3.0", "PyTorch cannot be used"),
    ],
)
def test_a_pytorch_that_cannot_be_used_is_told(quick_torch: Path, answer: str, words: str) -> None:
    quick_torch.write_text(f"#!/bin/sh\n{answer}\n")
    found = of("torch")
    assert found.severity == "error"
    assert words in found.message
    assert found.hint


def test_a_backup_that_does_not_exist_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--restore", "/no/such/backup.sqlite"]) == 4
    assert "There is no backup at /no/such/backup.sqlite." in capsys.readouterr().err
    assert not locations.log_file().exists()
