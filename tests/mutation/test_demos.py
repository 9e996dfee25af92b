"""A slip in a demo's arithmetic fails the demo's own tests: a fixed draw of slips for each demo is tried in a copy."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from tests.mutation.mutants import Mutant, mutants, sample

ROOT = Path(__file__).resolve().parent.parent.parent
DEMOS = sorted(file.stem for file in (ROOT / "demos").glob("*.py"))
DRAWN = 8
CPU_SECONDS = 100
"""A slip may make a loop endless; the longest of the test files needs a third of that."""
WALL_SECONDS = 900
PYTEST_FLAGS = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0"]


@cache
def drawn(demo: str) -> list[Mutant]:
    return sample(source(demo), DRAWN, equivalent(demo))


def source(demo: str) -> str:
    return (ROOT / "demos" / f"{demo}.py").read_text(encoding="utf-8")


@cache
def equivalent(demo: str) -> dict[tuple[str, str], str]:
    """Was and now of the slips that change no number, with the reason."""
    listed = tomllib.loads((ROOT / "tests" / "mutation" / "equivalent.toml").read_text(encoding="utf-8"))
    return {(entry["was"], entry["now"]): entry["why"] for entry in listed.get(demo, [])}


def is_passed(demo: str, with_source: str, folder: Path) -> bool:
    """Whether a demo's tests pass in a copy of what they need, with this source in the demo's place."""
    for name in ("pyproject.toml", "demos", "tests/conftest.py", f"tests/demos/test_{demo}.py"):
        copied = folder / name
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(ROOT / name, copied) if (ROOT / name).is_dir() else shutil.copy(ROOT / name, copied)
    (folder / "demos" / f"{demo}.py").write_text(with_source, encoding="utf-8")
    limit = f'ulimit -S -t {CPU_SECONDS} && exec "$@"'
    ended = subprocess.run(
        ["sh", "-c", limit, "sh", sys.executable, "-m", "pytest", *PYTEST_FLAGS, "tests/demos"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'progress'}", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=WALL_SECONDS,
    )
    # 1 is a failed test, 2 a slip that already stops the import; anything else is no verdict on the slip.
    assert ended.returncode in (0, 1, 2, -signal.SIGXCPU), ended.stdout + ended.stderr
    return ended.returncode == 0


@pytest.mark.long
@pytest.mark.parametrize("demo", DEMOS)
def test_the_tests_pass_in_the_copy_when_nothing_slipped(demo: str, tmp_path: Path) -> None:
    assert is_passed(demo, source(demo), tmp_path / "copy")


@pytest.mark.long
@pytest.mark.parametrize("draw", range(DRAWN))
@pytest.mark.parametrize("demo", DEMOS)
def test_a_slip_in_the_arithmetic_is_noticed(demo: str, draw: int, tmp_path: Path) -> None:
    slip = drawn(demo)[draw]
    assert not is_passed(demo, slip.source, tmp_path / "copy"), (
        f"demos/{demo}.py, {slip.where}: no test noticed\n  {slip.was}\nbecoming\n  {slip.now}"
    )


@pytest.mark.long
@pytest.mark.parametrize("demo", DEMOS)
def test_every_slip_listed_as_equivalent_is_still_one_of_the_demo_and_says_why(demo: str) -> None:
    possible = {(slip.was, slip.now) for slip in mutants(source(demo))}
    for slip, why in equivalent(demo).items():
        assert slip in possible
        assert len(why) > 20
