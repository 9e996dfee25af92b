"""docs/json.md has every command that answers in JSON, and every key of what they answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from llmcore_tui.cli.main import COMMANDS, run

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "json.md").read_text("utf-8")


def answering() -> Iterator[str]:
    """Every command, and every command of a group, that has `--json`."""
    for name, row in COMMANDS.items():
        command = get_command(import_module(f"llmcore_tui.cli.{row.module}").app)
        below = getattr(command, "commands", {})
        for path, one in {name: command, **{f"{name} {sub}": inner for sub, inner in below.items()}}.items():
            if any("--json" in parameter.opts for parameter in one.params):
                yield path


def section(name: str) -> str:
    """What the document says of one command."""
    found = re.search(rf"^## `llmcore {name}.*?(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, f"no section on llmcore {name}"
    return found[0]


@pytest.mark.parametrize("path", list(answering()))
def test_every_command_with_json_is_documented(path: str) -> None:
    assert re.search(rf"`(llmcore )?{path}\b[^`]*`", section(path.split()[0])), path


def keys(value: Any) -> set[str]:
    """The keys of the first two levels, those of named things (settings, kinds, numbers) left out."""
    if isinstance(value, list):
        return keys(value[0]) if value else set()
    return set(value) if isinstance(value, dict) else set()


@pytest.mark.parametrize(
    ("line", "inner"),
    [
        ("config show --json", ()),
        ("plan --json", ("days",)),
        ("map --json", ("areas", "levels")),
        ("map gae --json", ("module",)),
        ("stats --json", ("retention", "predictions")),
        ("deck list --json", ("decks", "modules")),
        ("deck search variance --json", ("cards",)),
        ("deck stats --json", ()),
        ("grade -m gae -q explain --answer /dev/null --json", ("points",)),
        ("demo gae --json", ("off", "series", "tables")),
        ("demo --list --json", ("flags", "off", "anchors")),
        ("demo gae --sweep lam=0,1 --json", ("rows",)),
        ("check --fast --json", ()),
        ("smoke --modules mdp --json", ()),
        ("brief export --module gae --no-run --json", ("files", "modules")),
    ],
)
def test_every_key_of_an_answer_is_documented(
    line: str,
    inner: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    run(line.split())
    answer = json.loads(capsys.readouterr().out)
    outer = answer[0] if isinstance(answer, list) else answer
    found = keys(answer).union(*(keys(outer[name]) for name in inner))
    assert found
    assert {key for key in found if not re.search(rf'[`"]{key}["`]', section(line.split()[0]))} == set()
