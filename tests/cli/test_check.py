"""`llmcore check` and `llmcore smoke`, as they are typed; with real workers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llmcore_tui import locations
from llmcore_tui.cli.main import run
from tests.lab.small_deck import change, write_deck
from tests.lab.small_demo import LINE, with_body, write_demo

Captured = pytest.CaptureFixture[str]
KEYS = [
    "ok", "cards", "modules", "planned", "claims", "anchors", "demos", "quotes", "from_memory", "stale", "problems",
]  # fmt: skip


@pytest.fixture
def deck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small deck in the place of the built-in one."""
    folder = write_deck(tmp_path / "builtin")
    monkeypatch.setattr(locations, "builtin_deck", lambda: folder)
    monkeypatch.chdir(folder)
    return folder


def told(capsys: Captured) -> Any:
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


def test_json_has_exactly_the_agreed_keys_and_ends_with_3(deck: Path, capsys: Captured) -> None:
    assert run(["check", "--json", "--update"]) == 3
    report = told(capsys)
    assert list(report) == KEYS
    assert [report[key] for key in KEYS[:-1]] == [False, 3, 2, 1, 5, 1, 1, 1, 1, 0]
    assert all(type(report[key]) is int for key in KEYS[1:-1])
    problem = report["problems"][0]
    assert list(problem) == ["severity", "file", "line", "key", "message"]
    assert problem["file"] == "cards/basics/line.yaml"
    assert (deck / "cards/numbers.lock.json").exists()


def test_text_has_the_demos_what_was_written_the_problems_and_the_sum(deck: Path, capsys: Captured) -> None:
    assert run(["check", "--update"]) == 3
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["demo", "ran", "CPU", "s", "aim", "anchors", "flags"]
    assert lines[1].split()[:2] == ["line", "formula"]
    assert "locked line.height#ratio: new -> 3" in lines
    assert "4 new in ids.lock" in lines
    assert "error: cards/basics/line.yaml:1: line: has 3 cards of 8" in lines
    assert "warning: cards/basics/line.yaml:29: line.calculate.sources[0].read: is cited from memory" in lines
    assert lines[-2] == (
        "3 cards in 1 of 2 modules, 5 claims, 1 quotes, 1 demos, 1 anchors; 1 from memory, 0 stale."
    )


def test_a_sound_deck_ends_with_0(deck: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmcore_tui.content.lint.minimums", lambda *_: [])
    change(deck, "cards/basics/line.yaml", "read: from memory", "read: 2026-11-22")
    assert run(["check", "--update", "--json"]) == 0
    assert told(capsys)["ok"] is True
    assert run(["check"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Everything holds."
    assert run(["check", "--fast"]) == 0
    change(deck, "demos/line.py", '"y", 6.0', '"y", 6.5')
    assert run(["check", "--module", "line"]) == 3
    assert "demos/line.py:16: ANCHORS: y at a=2.0, x=3.0 is 6, not 6.5" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--fast", "--update"], "--update computes every number, and --fast none. Leave one of them out."),
        (["--module", "lime"], "There is no module called 'lime'. Did you mean line?"),
        (
            ["--deck", "/nowhere"],
            "There is no deck at /nowhere: it has no folder cards. `llmcore deck new /nowhere` makes one.",
        ),
    ],
)
def test_what_cannot_be_used_is_one_line(
    deck: Path, capsys: Captured, words: list[str], message: str
) -> None:
    assert run(["check", *words]) == 2
    assert capsys.readouterr().err == f"llmcore: {message}\n"


def test_smoke_runs_every_demo_and_writes_its_numbers(deck: Path, capsys: Captured, tmp_path: Path) -> None:
    out = tmp_path / "smoke.json"
    assert run(["smoke", "--out", str(out)]) == 0
    assert capsys.readouterr().out.splitlines() == ["line: 2 numbers, 0.00 s of CPU", "1 of 1 demos ran."]
    report = json.loads(out.read_text(encoding="utf-8"))
    assert (report["ok"], report["failed"]) == (True, [])
    (row,) = report["demos"]
    assert (row["demo"], row["module"]) == ("line", "line")
    assert row["numbers"]["y"]["value"] == 2.0
    assert row["off"]["numbers"]["y"] == {"value": 0.0}


def test_smoke_ends_with_3_where_a_demo_fails_and_runs_the_others(deck: Path, capsys: Captured) -> None:
    write_demo(deck, with_body("    import os\n    os.abort()"), "crash")
    write_demo(deck, "x = 1\n", "broken")
    assert run(["smoke", "--json"]) == 3
    report = told(capsys)
    assert (report["ok"], report["failed"]) == (False, ["broken", "crash"])
    broken, crash, line = report["demos"]
    assert "TITLE is missing" in broken["problem"] or "NUMBERS is missing" in broken["problem"]
    assert crash["problem"].startswith("crash was ended by SIGABRT.")
    assert line["numbers"]["y"]["value"] == 2.0


def test_smoke_of_modules_runs_theirs_only(deck: Path, capsys: Captured) -> None:
    write_demo(deck, LINE, "spiral")
    assert run(["smoke", "--modules", "curve", "--json"]) == 0
    assert [row["demo"] for row in told(capsys)["demos"]] == ["spiral"]
    assert run(["smoke", "--modules", "curve, line", "--json"]) == 0
    assert [row["demo"] for row in told(capsys)["demos"]] == ["line", "spiral"]
    assert run(["smoke", "--modules", "lime"]) == 2
    assert "Did you mean line?" in capsys.readouterr().err
