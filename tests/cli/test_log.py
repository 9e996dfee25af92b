"""`llmcore log` takes the log to another computer and back."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from llmcore_progress import Kind, Progress, Settings
from llmcore_tui import locations
from llmcore_tui.cli.main import run

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture
def log() -> Path:
    """A log with a review, a note in Chinese and a demo."""
    path = locations.log_file()
    with Progress.open(path, settings=Settings(), now=YESTERDAY) as progress:
        progress.review("gae.lambda", 3, elapsed_ms=4_000, now=YESTERDAY)  # type: ignore[arg-type]  # a plain number will do
        progress.note("gae.lambda", "偏差与方差", YESTERDAY)
        progress.record(Kind.DEMO, "gae", {"set": {"lam": 0.95}}, YESTERDAY)
    return path


def events(path: Path) -> list[str]:
    with Progress.open(path, now=YESTERDAY, read_only=True) as progress:
        return [event.id for event in progress.events()]


def test_an_export_goes_to_standard_output_and_back_in(
    log: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["log", "export"]) == 0
    lines = capfd.readouterr().out
    assert [json.loads(line)["kind"] for line in lines.splitlines()] == ["review", "note", "demo"]
    assert "偏差与方差" in lines
    monkeypatch.setenv("LLMCORE_HOME", str(home / "other"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    assert run(["log", "import", "-"]) == 0
    assert capfd.readouterr().out == "3 events added, 0 were here already.\n"
    assert events(locations.log_file()) == events(log)
    assert locations.log_file() != log


def test_an_export_to_a_file_writes_over_nothing(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "events.jsonl"
    assert run(["log", "export", str(target), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": str(target), "events": 3}
    before = target.read_bytes()
    assert run(["log", "export", str(target)]) == 2
    assert "--force" in capsys.readouterr().err
    assert run(["log", "export", str(target), "--force"]) == 0
    assert target.read_bytes() == before


def test_another_log_is_merged_from_its_file(
    log: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LLMCORE_HOME", str(home / "other"))
    for added, known in ((3, 0), (0, 3)):
        assert run(["log", "merge", str(log), "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found == {"read": 3, "added": added, "known": known, "differing": 0, "bad": 0, "problems": []}


def test_bad_lines_are_named_and_the_rest_is_taken(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "events.jsonl"
    assert run(["log", "export", str(source)]) == 0
    source.write_text("noise\n" * 30 + source.read_text(encoding="utf-8"), encoding="utf-8")
    capsys.readouterr()
    assert run(["log", "import", str(source)]) == 3
    shown = capsys.readouterr()
    assert shown.out == "0 events added, 3 were here already.\n"
    assert shown.err.startswith("line 1: is not JSON")
    assert "… and 10 more" in shown.err
    assert "30 lines were left out." in shown.err


def test_other_content_under_the_same_id_is_reported(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "events.jsonl"
    run(["log", "export", str(source)])
    source.write_text(source.read_text(encoding="utf-8").replace("偏差", "误差"), encoding="utf-8")
    capsys.readouterr()
    assert run(["log", "import", str(source), "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert (found["known"], found["differing"], [problem["line"] for problem in found["problems"]]) == (
        2,
        1,
        [2],
    )


def test_events_of_the_future_need_a_word(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "events.jsonl"
    run(["log", "export", str(source)])
    first = json.loads(source.read_text(encoding="utf-8").splitlines()[0])
    ahead = {**first, "id": first["id"][:-4] + "0000", "at": "2099-01-01T00:00:00.000000Z", "device": "phone"}
    source.write_text(json.dumps(ahead))
    assert run(["log", "import", str(source)]) == 3
    assert "lies in the future" in capsys.readouterr().err
    assert run(["log", "import", str(source), "--future"]) == 0


def test_a_file_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["log", "import", "no such.jsonl"]) == 4
    assert capsys.readouterr().err.count("\n") == 1
