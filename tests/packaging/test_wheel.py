"""What is in the wheel and the source distribution, and that an installed wheel works beside other packages."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent.parent
CONTENT = ("cards", "quizzes", "demos")
LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", "__pycache__", ".*_cache", ".hypothesis", "dist", "build")


def build(source: Path, target: str, out: Path) -> Path:
    """Build one distribution with the build backend itself: no network, no second environment."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=120)
    return next(out.iterdir())


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean copy of the checkout, with what a developer leaves lying about."""
    folder = tmp_path_factory.mktemp("source") / "llmcore"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    for litter in (
        ".venv/x.py",
        ".venv.log",
        "llmcore_tui/__pycache__/x.pyc",
        "demos/__pycache__/x.pyc",
        "dist/x",
    ):
        (folder / litter).parent.mkdir(exist_ok=True)
        (folder / litter).write_text("")
    return folder


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(source, "wheel", tmp_path_factory.mktemp("wheel"))


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_brings_exactly_two_top_level_names(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in contents(wheel)}
    assert tops == {
        "llmcore_tui",
        "llmcore_progress",
        f"llmcore_tui-{metadata.version('llmcore-tui')}.dist-info",
    }


def files(folder: Path) -> list[Path]:
    """Every file below a folder but what Python leaves there."""
    return [file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts]


def test_every_file_of_the_content_is_in_the_wheel_unchanged(wheel: Path, source: Path) -> None:
    inside = contents(wheel)
    for folder in CONTENT:
        found = files(source / folder)
        assert found
        for file in found:
            assert inside[f"llmcore_tui/_content/{file.relative_to(source)}"] == file.read_bytes()


def test_every_file_of_the_program_is_in_the_wheel(wheel: Path, source: Path) -> None:
    inside = contents(wheel)
    for package in ("llmcore_tui", "progress/llmcore_progress"):
        for file in files(source / package):
            assert str(file.relative_to(source)).removeprefix("progress/") in inside


def test_nothing_else_is_in_the_wheel(wheel: Path) -> None:
    stray = re.compile(r"__pycache__|\.pyc$|\.venv|(^|/)tests?/|\.log$")
    assert [name for name in contents(wheel) if stray.search(name)] == []


def test_the_command_and_the_licence_are_declared(wheel: Path) -> None:
    inside = contents(wheel)
    info = f"llmcore_tui-{metadata.version('llmcore-tui')}.dist-info"
    assert b"llmcore = llmcore_tui.__main__:main" in inside[f"{info}/entry_points.txt"]
    assert inside[f"{info}/licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()


def test_the_source_distribution_builds_the_same_wheel(wheel: Path, source: Path, tmp_path: Path) -> None:
    sdist = build(source, "sdist", tmp_path / "sdist")
    with tarfile.open(sdist) as archive:
        assert [name for name in archive.getnames() if ".venv" in name or "__pycache__" in name] == []
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    subprocess.run(["tar", "-xzf", sdist, "-C", unpacked], check=True)
    again = build(next(unpacked.iterdir()), "wheel", tmp_path / "wheel")
    assert contents(again) == contents(wheel)


def needed(name: str, extras: frozenset[str], seen: dict[str, set[str]]) -> dict[str, set[str]]:
    """Every installed distribution that one needs, with what those need in turn."""
    for requirement in map(Requirement, metadata.requires(name) or []):
        if requirement.marker and not any(
            requirement.marker.evaluate({"extra": one}) for one in {"", *extras}
        ):
            continue
        wanted = canonicalize_name(requirement.name)
        if wanted not in seen or not seen[wanted] >= requirement.extras:
            seen.setdefault(wanted, set()).update(requirement.extras)
            needed(wanted, frozenset(requirement.extras), seen)
    return seen


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return {name: version for name, _, version in (line.partition("==") for line in lines if line[:1] != "#")}


def test_every_package_that_gets_installed_is_pinned_at_the_version_that_was_tried() -> None:
    tried = {
        name: metadata.version(name).split("+")[0] for name in needed("llmcore-tui", frozenset({"dev"}), {})
    }
    assert {name: pin for name, pin in pins().items() if name in tried} == tried


def test_pins_are_sorted_and_name_torch_without_a_build() -> None:
    assert list(pins()) == sorted(pins())
    assert pins()["torch"] == "2.13.0"


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean environment with the wheel and PyPI's `progress`."""
    folder = tmp_path_factory.mktemp("clean") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=120)
    pip(folder, "progress", str(wheel))
    return folder


def pip(venv: Path, *what: str) -> None:
    command = [
        str(venv / "bin" / "pip"),
        "install",
        "--quiet",
        "--constraint",
        str(ROOT / "constraints.txt"),
        *what,
    ]
    subprocess.run(command, check=True, timeout=600)


def llmcore(venv: Path, home: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run the installed command from an empty home, with nothing of this checkout in its environment."""
    return subprocess.run(
        [str(venv / "bin" / "llmcore"), *arguments],
        cwd=home,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.long
class TestInstalled:
    def test_both_packages_called_progress_live_side_by_side(self, installed: Path, home: Path) -> None:
        probe = "import progress.bar, llmcore_progress, llmcore_tui; print(progress.bar.Bar.__name__)"
        python = installed / "bin" / "python"
        ended = subprocess.run(
            [str(python), "-c", probe], cwd=home, capture_output=True, text=True, check=True
        )
        assert ended.stdout == "Bar\n"

    def test_it_runs_from_anywhere_with_an_empty_home(self, installed: Path, home: Path) -> None:
        assert llmcore(installed, home, "--version").stdout == f"llmcore {metadata.version('llmcore-tui')}\n"
        listed = json.loads(llmcore(installed, home, "demo", "--list", "--json").stdout)
        assert {file.stem for file in (ROOT / "demos").glob("*.py")} == {demo["name"] for demo in listed}
        ran = llmcore(installed, home, "demo", "gae", "--json")
        assert ran.returncode == 0, ran.stderr
        assert json.loads(ran.stdout)["demo"] == "gae"

    def test_its_doctor_finds_nothing_wrong(self, installed: Path, home: Path) -> None:
        ended = llmcore(installed, home, "doctor", "--json")
        assert [one for one in json.loads(ended.stdout)["findings"] if one["severity"] == "error"] == []
        assert ended.returncode == 0

    def test_its_content_is_checked_like_the_checkouts(self, installed: Path, home: Path) -> None:
        ended = llmcore(installed, home, "check", "--fast", "--json")
        assert json.loads(ended.stdout)["ok"] is True, ended.stdout

    def test_installing_the_checkout_works_the_same(self, installed: Path, source: Path, home: Path) -> None:
        pip(installed, "--force-reinstall", "--no-deps", str(source))
        assert llmcore(installed, home, "demo", "gae", "--json").returncode == 0


@pytest.mark.long
def test_a_fresh_checkout_sets_itself_up_and_starts(source: Path, tmp_path: Path, home: Path) -> None:
    clone = tmp_path / "clone with spaces"
    shutil.copytree(source, clone, ignore=LEFT_OUT)
    environ = {**os.environ, "PATH": f"{Path(sys.executable).resolve().parent}:/usr/bin:/bin"}
    ended = subprocess.run(
        [str(clone / "llmcore"), "demo", "gae", "--json"],
        cwd=home,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["demo"] == "gae"
