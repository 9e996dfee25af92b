"""`llmcore config`: what it prints, and that a wrong name or value changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmcore_tui import locations
from llmcore_tui.cli.main import run


def test_show_says_value_and_origin(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LLMCORE_NEW_PER_DAY", "3")
    run(["config", "set", "retention", "0.85"])
    capsys.readouterr()
    assert run(["config", "show"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["retention", "0.85", "(file)"] in rows
    assert ["new_per_day", "3", "(environment)"] in rows
    assert ["reviews_per_day", "200"] in rows


def test_show_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LLMCORE_DECKS", "/my/deck")
    assert run(["config", "show", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["file"] == str(locations.config_file())
    assert shown["settings"]["decks"] == {"value": ["/my/deck"], "from": "environment"}
    assert shown["settings"]["learning_minutes"] == {"value": [1, 10], "from": "default"}


def test_set_get_unset(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "set", "language", "zh"]) == 0
    assert run(["config", "get", "language"]) == 0
    assert run(["config", "unset", "language"]) == 0
    assert run(["config", "get", "language", "--json"]) == 0
    assert (
        capsys.readouterr().out
        == 'language is now zh.\nzh\nlanguage is at its default.\n{"language": "en"}\n'
    )


def test_a_list_takes_several_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "set", "decks", "/a b", "/c", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"decks": ["/a b", "/c"]}


def test_a_key_is_never_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    key = "sk-abcdefgh-0123456789-xyz"
    for arguments in (["set", "llm_key", key], ["get", "llm_key"], ["show"]):
        for form in ([], ["--json"]):
            assert run(["config", *arguments, *form]) == 0
    assert run(["config", "set", "llm_key", f"{key} é"]) == 2
    monkeypatch.setenv("LLMCORE_DEBUG", "1")
    assert run(["config", "set", "llm_key", f"{key} é", "--json"]) == 2
    said = capsys.readouterr()
    assert key not in said.out + said.err
    assert said.out.startswith('llm_key is now …xyz.\n{"llm_key": "…xyz"}\n…xyz\n{"llm_key": "…xyz"}\n')
    assert '"llm_key": {"value": "…xyz", "from": "file"}' in said.out
    assert locations.config_file().read_text() == f'llm_key = "{key}"\n'


def test_a_key_is_not_in_the_report_of_a_bug(
    monkeypatch: pytest.MonkeyPatch, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("llmcore_tui.config.set_value", lambda *_: 1 / 0)
    assert run(["config", "set", "llm_key", "sk-abcdefgh-0123456789-xyz"]) == 1
    report = (home / "llmcore" / "data" / "last-error.txt").read_text()
    assert "llmcore config set llm_key …\n" in report
    assert "sk-abc" not in report + capsys.readouterr().err


def test_edit_closes_a_file_that_holds_a_key_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "EDITOR", editor(tmp_path, """echo 'llm_key = "0123456789"' >>"$2"; chmod 644 "$2\"""")
    )
    assert run(["config", "edit"]) == 0
    assert locations.config_file().stat().st_mode & 0o777 == 0o600


def test_one_key_is_set_and_read_by_its_binding(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "set", "keys.study.reveal", "enter"]) == 0
    assert run(["config", "get", "keys.study.reveal"]) == 0
    assert capsys.readouterr().out.endswith("enter\n")


def test_the_environment_that_goes_over_the_file_is_pointed_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LLMCORE_RETENTION", "0.8")
    assert run(["config", "set", "retention", "0.9"]) == 0
    assert "LLMCORE_RETENTION is set in this terminal and goes over the file." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["set", "retenton", "0.9"], "There is no setting called 'retenton'. Did you mean retention?"),
        (["set", "retention", "3"], "retention = 3 cannot be used. Allowed: a number from 0.7 to 0.99."),
        (["set", "keys", "x"], "Keys are set one by one. Name the binding too: keys.BINDING."),
        (["get", "zzz"], "There is no setting called 'zzz'. `llmcore config show` lists them."),
        (["unset", "zzz"], "There is no setting called 'zzz'. `llmcore config show` lists them."),
    ],
)
def test_what_cannot_be_is_one_line(
    arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["config", *arguments]) == 2
    assert capsys.readouterr().err == f"llmcore: {line}\n"
    assert not locations.config_file().exists()


def test_path_says_where_the_file_would_be(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "path"]) == 0
    assert capsys.readouterr().out == f"{home}/llmcore/config/config.toml\n"


def editor(folder: Path, body: str) -> str:
    """An editor for the test: a script that gets the file as its last argument."""
    script = folder / "my editor"
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(0o755)
    return f"'{script}' --wait"


def test_edit_starts_from_a_file_that_says_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", editor(tmp_path, 'test "$1" = --wait && echo "retention = 0.8" >>"$2"'))
    assert run(["config", "edit"]) == 0
    text = locations.config_file().read_text()
    assert text.startswith("# Settings of llmcore")
    assert text.endswith("\nretention = 0.8\n")


def test_edit_tells_what_was_written_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EDITOR", editor(tmp_path, 'echo "retention = 8" >"$2"'))
    assert run(["config", "edit"]) == 2
    assert "config.toml:1: retention = 8 cannot be used. Allowed:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "told"), [("/no/such/editor", "cannot be started"), ("false", "ended with code 1")]
)
def test_an_editor_that_fails_is_told(
    command: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EDITOR", command)
    assert run(["config", "edit"]) == 2
    assert told in capsys.readouterr().err


def test_a_damaged_file_can_still_be_found_and_edited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locations.config_folder().mkdir(parents=True)
    locations.config_file().write_text("= nonsense\n")
    monkeypatch.setenv("EDITOR", editor(tmp_path, 'echo "plain = true" >"$2"'))
    assert run(["config", "path"]) == 0
    assert run(["config", "show"]) == 2
    assert run(["config", "edit"]) == 0
    assert run(["config", "show"]) == 0
