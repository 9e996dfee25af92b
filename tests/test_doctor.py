"""The doctor finds each thing that can be wrong, says what to do, and takes nothing sound for wrong."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path

import pytest

from llmcore_progress import Finding, Kind, Progress, Settings, backups
from llmcore_tui import doctor, locations
from llmcore_tui.cli.main import run
from llmcore_tui.doctor import Terminal, examine

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
