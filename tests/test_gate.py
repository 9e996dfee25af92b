"""`./check`: every step runs, a failure is named and is the gate's, and each flag reaches its tool."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STEPS = ["format", "lint", "shell", "mypy", "pyright", "layers", "content", "tests"]
TOOLS = ("ruff", "shellcheck", "mypy", "pyright", "lint-imports", "python")


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """The gate with stand-ins for its tools, which write down how they were called; FAIL names one that fails."""
    tools = tmp_path / ".venv" / "bin"
    tools.mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "constraints.txt").touch()
    shutil.copy(ROOT / "check", tmp_path)
    script(tmp_path / "llmcore", 'echo "llmcore $*" >>called')
    for name in TOOLS:
        script(tools / name, f'echo "{name} $*" >>called; test "{name} $1" != "$FAIL"')
    return tmp_path


def script(file: Path, body: str) -> None:
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)


def check(gate: Path, *flags: str, fail: str = "") -> tuple[int, str, list[str]]:
    """The exit code, what it printed, and the calls of the tools."""
    ended = subprocess.run(
        [str(gate / "check"), *flags],
        env={"PATH": "/usr/bin:/bin", "FAIL": fail},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    called = gate / "called"
    return ended.returncode, ended.stdout, called.read_text().splitlines() if called.exists() else []


def test_every_step_runs_in_order_and_is_timed(gate: Path) -> None:
    code, shown, called = check(gate)
    assert code == 0
    assert called[0] == "llmcore --set-up dev"
    rows = [line.split() for line in shown.splitlines()[-len(STEPS) :]]
    assert [row[:2] for row in rows] == [[step, "ok"] for step in STEPS]
    assert all(row[2].isdigit() and row[3] == "s" for row in rows)


@pytest.mark.parametrize(
    ("fail", "step"),
    [("ruff format", "format"), ("shellcheck llmcore", "shell"), ("mypy ", "mypy"), ("python -m", "tests")],
)
def test_a_step_that_fails_fails_the_gate_and_the_others_still_run(gate: Path, fail: str, step: str) -> None:
    code, shown, _ = check(gate, fail=fail)
    assert code == 1
    verdicts = dict(line.split()[:2] for line in shown.splitlines()[-len(STEPS) :])
    assert verdicts[step] == "FAILED"
    assert list(verdicts) == STEPS


@pytest.mark.parametrize(
    ("flags", "arguments"),
    [
        ([], "-m not long and not oracle"),
        (["--long"], "-m not oracle"),
        (["--oracles"], "-m not long"),
        (["--long", "--oracles"], "-m "),
        (["-k", "log or deck"], "-m not long and not oracle -k log or deck"),
    ],
)
def test_flags_choose_the_tests(gate: Path, flags: list[str], arguments: str) -> None:
    called = check(gate, *flags)[2]
    assert called[-1] == f"python -m pytest -n 2 --dist worksteal {arguments}"


def test_fix_mends_before_it_checks(gate: Path) -> None:
    called = check(gate, "--fix")[2]
    assert called[1:4] == [
        "ruff check --quiet --fix .",
        "ruff format --quiet .",
        "python -m llmcore_tui check --update",
    ]


@pytest.mark.parametrize("flags", [["--nope"], ["-k"]])
def test_a_wrong_flag_explains_the_right_ones(gate: Path, flags: list[str]) -> None:
    code, _, called = check(gate, *flags)
    assert (code, called) == (2, [])


def test_a_set_up_that_fails_ends_the_gate(gate: Path) -> None:
    script(gate / "llmcore", "exit 4")
    assert check(gate)[0] == 4


@pytest.mark.parametrize("there", [True, False])
def test_continuous_integration_runs_the_long_gate_with_a_browser(gate: Path, there: bool) -> None:
    (gate / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", gate / ".ci")
    script(gate / "check", 'echo "check $*"')
    tools = gate / ".venv" / "bin"
    for name in ("dirname", "sh"):
        (tools / name).symlink_to(str(shutil.which(name)))
    script(tools / "id", "echo 0")
    script(tools / "apt-get", 'echo "apt-get $1"')
    if there:
        script(tools / "chromium", "")
    ended = subprocess.run(
        [str(gate / ".ci" / "run")],
        cwd="/",
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=True,
    )
    installing = [] if there else ["apt-get update", "apt-get install"]
    assert ended.stdout.splitlines() == [*installing, "check --long"]
