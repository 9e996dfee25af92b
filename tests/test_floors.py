"""The floors hold, and each contract notices what it forbids."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program's code without its content, to be broken."""
    folder = tmp_path_factory.mktemp("checkout")
    for package in ("llmcore_tui", "progress/llmcore_progress"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def broken(folder: Path) -> set[str]:
    """The names of the contracts that do not hold in a checkout."""
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=folder,
        env={"PYTHONPATH": f"{folder}:{folder / 'progress'}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    verdicts = dict(re.findall(r"^(.+?) (KEPT|BROKEN)$", ended.stdout, re.MULTILINE))
    assert verdicts, ended.stdout + ended.stderr
    assert (ended.returncode == 0) == ("BROKEN" not in verdicts.values())
    return {name for name, verdict in verdicts.items() if verdict == "BROKEN"}


def test_every_contract_holds(copy: Path) -> None:
    assert broken(copy) == set()


FLOORS = "each floor imports only from floors below"


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("llmcore_tui/errors.py", "import llmcore_tui.config", FLOORS),
        ("llmcore_tui/config.py", "import llmcore_tui.content.bilingual", FLOORS),
        ("llmcore_tui/content/bilingual.py", "def f() -> None:\n    import llmcore_tui.lab.result", FLOORS),
        ("llmcore_tui/lab/result.py", "from llmcore_tui.render import safe", FLOORS),
        ("llmcore_tui/render/safe.py", "import llmcore_tui.study", FLOORS),
        ("llmcore_tui/doctor.py", "import llmcore_tui.widgets", FLOORS),
        ("llmcore_tui/widgets/__init__.py", "import llmcore_tui.screens", FLOORS),
        ("llmcore_tui/screens/__init__.py", "import llmcore_tui.app", FLOORS),
        ("llmcore_tui/theme.py", "import llmcore_tui.cli.main", FLOORS),
        ("llmcore_tui/stray.py", "", FLOORS),
        (
            "progress/llmcore_progress/errors.py",
            "import llmcore_tui",
            "progress knows no program, no screen and no deck",
        ),
        (
            "progress/llmcore_progress/errors.py",
            "import torch",
            "progress knows no program, no screen and no deck",
        ),
        ("llmcore_tui/doctor.py", "from textual.app import App", "only screens draw"),
        ("llmcore_tui/cli/main.py", "from textual.app import App", "only screens draw"),
        ("llmcore_tui/config.py", "import typer", "only the command line sees Typer"),
        ("llmcore_tui/cli/main.py", "import click", "nothing sees Click: Typer carries its own"),
        ("llmcore_tui/lab/result.py", "import yaml", "only content reads YAML"),
        ("llmcore_tui/doctor.py", "def f() -> None:\n    import fsrs", "only progress schedules"),
        ("llmcore_tui/doctor.py", "def f() -> None:\n    import openai", "only grading sees openai"),
    ],
)
def test_a_forbidden_import_is_noticed(copy: Path, file: str, line: str, contract: str) -> None:
    target = copy / file
    before = target.read_text() if target.exists() else None
    target.write_text(f"{before or ''}\n{line}\n")
    try:
        assert contract in broken(copy)
    finally:
        target.write_text(before) if before is not None else target.unlink()
