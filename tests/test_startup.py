"""What each command imports before it works: `--help` is quick, and the heavy libraries wait until they are used."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from llmcore_tui.cli.main import COMMANDS

HEAVY = ("torch", "numpy", "textual", "openai", "matplotlib", "plotext", "gymnasium", "fsrs", "scipy")
CONTENT = (
    "yaml",
    "sqlite3",
    "rich",
    "markdown_it",
    "llmcore_progress",
    "llmcore_tui.content.deck",
    "llmcore_tui.config",
)

VISIT = """
import json, sys
from llmcore_tui.cli.main import run
code = run(sys.argv[1:])
sys.stdout.flush()
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def modules_after(*arguments: str) -> set[str]:
    """The modules that one command line leaves imported in a process of its own."""
    ended = subprocess.run(
        [sys.executable, "-c", VISIT, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    code, modules = json.loads(ended.stderr.splitlines()[-1])
    assert code == 0, ended.stderr
    return set(modules)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_loads_nothing_heavy(name: str) -> None:
    modules = modules_after(name, "--help")
    assert f"llmcore_tui.cli.{COMMANDS[name].module}" in modules
    assert not modules.intersection(HEAVY)


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ()])
def test_the_program_itself_loads_no_command(arguments: tuple[str, ...]) -> None:
    modules = modules_after(*arguments)
    assert not modules.intersection((*HEAVY, *CONTENT))
    assert not modules.intersection(f"llmcore_tui.cli.{row.module}" for row in COMMANDS.values())


def test_settings_are_read_without_anything_heavy() -> None:
    assert not modules_after("config", "show").intersection((*HEAVY, "yaml", "sqlite3", "rich", "pydantic"))


def test_the_entry_point_imports_nothing_until_it_is_called() -> None:
    probe = "import sys; before = set(sys.modules); import llmcore_tui.__main__; print(*(set(sys.modules) - before))"
    ended = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=60
    )
    assert set(ended.stdout.split()) == {"__future__", "llmcore_tui", "llmcore_tui.__main__"}


def test_the_probe_sees_a_heavy_import() -> None:
    probe = VISIT.replace("from llmcore", "import fsrs\nfrom llmcore")
    ended = subprocess.run(
        [sys.executable, "-c", probe, "--version"], capture_output=True, text=True, check=True, timeout=60
    )
    assert "fsrs" in json.loads(ended.stderr.splitlines()[-1])[1]
