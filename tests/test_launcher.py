"""`./llmcore` on machines where something is missing, in the way, or happens twice at once.

The checkout here is a small stand-in: the real launcher and set-up script beside a project without dependencies, so
that Python's own venv and pip do their work in seconds and without network.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "llmcore-tui"
version = "0.1.0"
dependencies = []

[project.optional-dependencies]
dev = []
"""

BACKEND = '''
"""Builds an editable wheel with nothing but the standard library."""
import os, pathlib, time, tomllib, zipfile

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    here = pathlib.Path.cwd()
    with (here / "builds").open("a") as builds:
        builds.write("built\\n")
    time.sleep(float(os.environ.get("SLOW", "0")))
    name = "llmcore_tui-0.1.0-py3-none-any.whl"
    info = "llmcore_tui-0.1.0.dist-info"
    with zipfile.ZipFile(pathlib.Path(wheel_directory) / name, "w") as wheel:
        wheel.writestr("llmcore_tui.pth", f"{here}\\n")
        needs = tomllib.loads((here / "pyproject.toml").read_text())["project"]["dependencies"]
        lines = ["Metadata-Version: 2.1", "Name: llmcore-tui", "Version: 0.1.0", "Provides-Extra: dev"]
        lines += [f"Requires-Dist: {need}" for need in needs]
        wheel.writestr(f"{info}/METADATA", "\\n".join(lines) + "\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return name

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    raise NotImplementedError
'''

MAIN = """
import os, sys
print("app", sys.prefix, os.getcwd(), *sys.argv[1:], sep="|")
sys.exit(7 if "seven" in sys.argv else 0)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in a path with spaces and other letters."""
    folder = tmp_path / "my clône 中文"
    (folder / "scripts").mkdir(parents=True)
    (folder / "llmcore_tui").mkdir()
    shutil.copy(ROOT / "llmcore", folder)
    shutil.copy(ROOT / "scripts" / "set_up.py", folder / "scripts")
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "constraints.txt").write_text("# nothing is pinned here\n")
    (folder / "backend.py").write_text(BACKEND)
    (folder / "llmcore_tui" / "__init__.py").write_text("")
    (folder / "llmcore_tui" / "__main__.py").write_text(MAIN)
    return folder


def environ(**more: str) -> dict[str, str]:
    """No network, and this Python as `python3.11` before everything else."""
    return {
        "PATH": f"{Path(sys.executable).resolve().parent}:/usr/bin:/bin",
        "HOME": os.environ["HOME"],
        "LANG": "C.UTF-8",
        "PIP_NO_INDEX": "1",
        "PIP_CONFIG_FILE": os.devnull,
        **more,
    }


def start(checkout: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(checkout / "llmcore"), *arguments],
        cwd=checkout.parent,
        env=environ(**more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def builds(checkout: Path) -> int:
    """How often pip installed the checkout."""
    file = checkout / "builds"
    return len(file.read_text().splitlines()) if file.exists() else 0


def only(folder: Path, **commands: str) -> str:
    """A PATH with nothing but what the launcher itself needs, and these scripts."""
    folder.mkdir(exist_ok=True)
    for name in ("sh", "cat", "cksum", "dirname", "basename", "readlink"):
        (folder / name).symlink_to(shutil.which(name) or name)
    for name, body in commands.items():
        file = folder / name.replace("_", ".")
        file.write_text(f"#!/bin/sh\n{body}\n")
        file.chmod(0o755)
    return str(folder)


class TestFindingPython:
    def test_without_python_one_line_says_what_to_install(self, checkout: Path, tmp_path: Path) -> None:
        ended = start(checkout, PATH=only(tmp_path / "bin"))
        assert (ended.returncode, ended.stdout) == (4, "")
        assert ended.stderr == (
            "llmcore: Python 3.11 or newer was not found. Install it (python.org, or your package manager) "
            "and run this again.\n"
        )

    def test_a_python_that_is_too_old_is_passed_over(self, checkout: Path, tmp_path: Path) -> None:
        ended = start(checkout, PATH=only(tmp_path / "bin", python3="exit 1"))
        assert ended.returncode == 4
        assert "Python 3.11 or newer was not found" in ended.stderr

    def test_a_python_without_venv_names_the_package_to_install(self, checkout: Path, tmp_path: Path) -> None:
        no_venv = 'case "$2" in *ensurepip*) exit 1 ;; esac'
        ended = start(checkout, PATH=only(tmp_path / "bin", python3_12=no_venv))
        assert ended.returncode == 4
        assert "python3.12 has no venv, ensurepip or ssl module" in ended.stderr
        assert "sudo apt install python3.12-venv" in ended.stderr

    def test_python_3_11_is_taken_before_newer_ones(self, checkout: Path, tmp_path: Path) -> None:
        says = 'case "$1" in -I) echo "$(basename "$0")" ;; esac; exit 0'
        path = only(tmp_path / "bin", python3_13=says, python3_11=says, python3=says)
        assert start(checkout, "--set-up", PATH=path).stdout == "python3.11\n"
        assert start(checkout, "--set-up", PATH=path, LLMCORE_PYTHON="python3.13").stdout == "python3.13\n"

    def test_a_broken_python_3_11_is_passed_over(self, checkout: Path, tmp_path: Path) -> None:
        says = 'case "$1" in -I) echo "$(basename "$0")" ;; esac; exit 0'
        path = only(tmp_path / "bin", python3_11="exit 127", python3_14=says)
        assert start(checkout, "--set-up", PATH=path).stdout == "python3.14\n"


class TestStarting:
    def test_the_first_start_sets_up_and_later_ones_do_not(self, checkout: Path) -> None:
        first = start(checkout, "study", "--module", "a b")
        assert first.returncode == 0, first.stderr
        assert first.stdout == f"app|{checkout / '.venv'}|{checkout.parent}|study|--module|a b\n"
        assert "are downloaded" in first.stderr
        again = start(checkout, "study")
        assert (again.stderr, builds(checkout)) == ("", 1)

        constraints = checkout / "constraints.txt"
        constraints.write_text("# changed\n")
        changed = start(checkout, "seven")
        assert "bringing .venv up to date" in changed.stderr
        assert (changed.returncode, builds(checkout)) == (7, 2)

    def test_it_starts_from_anywhere_and_through_links(self, checkout: Path, tmp_path: Path) -> None:
        start(checkout, "--set-up")
        elsewhere = tmp_path / "else where"
        elsewhere.mkdir()
        (elsewhere / "two").symlink_to("one")
        (elsewhere / "one").symlink_to(os.path.relpath(checkout / "llmcore", elsewhere))
        (elsewhere / "random.py").write_text("raise SystemExit('a file of the learner was imported')\n")
        ended = subprocess.run(
            ["./two", "x"],
            cwd=elsewhere,
            env=environ(),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert (ended.stdout, ended.stderr) == (f"app|{checkout / '.venv'}|{elsewhere}|x\n", "")

    @pytest.mark.long
    def test_a_checkout_that_was_moved_is_set_up_again(self, checkout: Path) -> None:
        start(checkout, "--set-up")
        moved = checkout.rename(checkout.with_name("moved"))
        ended = start(moved, "x")
        assert ended.stdout.startswith(f"app|{moved / '.venv'}|")
        assert "bringing .venv up to date" in ended.stderr

    @pytest.mark.long
    def test_the_gate_gets_its_tools_and_they_stay(self, checkout: Path) -> None:
        start(checkout, "--set-up")
        assert start(checkout, "--set-up", "dev").stdout == ""
        assert (checkout / ".venv" / "llmcore-stamp").read_text().endswith("\ndev\n")
        (checkout / "constraints.txt").write_text("# changed\n")
        start(checkout, "x")
        assert (checkout / ".venv" / "llmcore-stamp").read_text().endswith("\ndev\n")
        assert builds(checkout) == 3

    def test_two_starts_at_once_set_up_once_and_both_run(self, checkout: Path) -> None:
        both = [
            subprocess.Popen(
                [str(checkout / "llmcore"), name],
                env=environ(SLOW="1"),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for name in ("one", "two")
        ]
        answers = [process.communicate(timeout=120) for process in both]
        assert [process.returncode for process in both] == [0, 0], answers
        assert [out.rstrip().split("|")[-1] for out, _ in answers] == ["one", "two"]
        assert sum("another start is setting up .venv; waiting for it." in err for _, err in answers) == 1
        assert builds(checkout) == 1


@pytest.mark.long
class TestInterrupted:
    @pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
    def test_a_set_up_that_was_stopped_is_mended_by_the_next_start(
        self, checkout: Path, sent: signal.Signals
    ) -> None:
        process = subprocess.Popen(
            [str(checkout / "llmcore"), "x"],
            env=environ(SLOW="60"),
            start_new_session=True,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: builds(checkout) == 1)
        os.killpg(process.pid, sent)
        assert process.wait(timeout=30) in (-sent, 130)
        assert (checkout / ".venv" / "llmcore-unfinished").exists()
        ended = start(checkout, "x")
        assert ended.returncode == 0, ended.stderr
        assert not (checkout / ".venv" / "llmcore-unfinished").exists()

    def test_a_pip_left_alone_still_holds_the_lock(self, checkout: Path) -> None:
        process = subprocess.Popen(
            [str(checkout / "llmcore"), "x"], env=environ(SLOW="4"), stderr=subprocess.DEVNULL
        )
        until(lambda: builds(checkout) == 1)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)
        process.wait(timeout=30)
        assert "waiting for it" in start(checkout, "x").stderr

    def test_a_half_made_environment_is_made_anew(self, checkout: Path) -> None:
        start(checkout, "--set-up")
        (checkout / ".venv" / "llmcore-unfinished").touch()
        (checkout / ".venv" / "left-over").touch()
        assert start(checkout, "x").returncode == 0
        assert not (checkout / ".venv" / "left-over").exists()

    def test_an_environment_whose_python_is_gone_is_made_anew(self, checkout: Path) -> None:
        start(checkout, "--set-up")
        for name in ("python", "python3", "python3.11"):
            (checkout / ".venv" / "bin" / name).unlink(missing_ok=True)
        assert start(checkout, "x").returncode == 0

    def test_an_environment_of_ones_own_is_used_and_not_thrown_away(self, checkout: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", str(checkout / ".venv")], check=True, env=environ())
        (checkout / ".venv" / "mine").touch()
        assert start(checkout, "x").returncode == 0
        assert (checkout / ".venv" / "mine").exists()


class TestInTheWay:
    def test_without_network_one_line_says_so(self, checkout: Path) -> None:
        pyproject = checkout / "pyproject.toml"
        pyproject.write_text(PYPROJECT.replace("dependencies = []", 'dependencies = ["rich"]'))
        ended = start(checkout, "x", **OFFLINE)
        assert (ended.returncode, ended.stdout) == (4, "")
        assert ended.stderr.splitlines()[-1].startswith(
            "llmcore: the packages could not be fetched. Look at the network"
        )

    @pytest.mark.long
    def test_without_network_what_is_there_still_starts(self, checkout: Path) -> None:
        start(checkout, "--set-up")
        pyproject = checkout / "pyproject.toml"
        pyproject.write_text(PYPROJECT.replace("dependencies = []", 'dependencies = ["rich"]'))
        ended = start(checkout, "x", **OFFLINE)
        assert ended.returncode == 0
        assert "Starting with what was installed before." in ended.stderr
        assert ended.stdout.endswith("|x\n")
        assert "bringing .venv up to date" in start(checkout, "x", **OFFLINE).stderr

    @pytest.mark.long
    def test_a_package_that_does_not_exist_is_not_taken_for_a_lost_network(self, checkout: Path) -> None:
        pyproject = checkout / "pyproject.toml"
        pyproject.write_text(
            PYPROJECT.replace("dependencies = []", 'dependencies = ["no-such-package-here"]')
        )
        ended = start(checkout, "x")
        assert ended.returncode == 4
        assert "a package does not exist for this Python and machine" in ended.stderr.splitlines()[-1]

    def test_too_little_room_is_told_before_anything_is_fetched(self, checkout: Path) -> None:
        script = checkout / "scripts" / "set_up.py"
        script.write_text(script.read_text().replace("DISK_MB = 2000", "DISK_MB = 10**12"))
        ended = start(checkout, "x")
        assert ended.returncode == 4
        assert "Free some and run this again." in ended.stderr
        assert not (checkout / ".venv").exists()

    @pytest.mark.long
    def test_a_disk_that_fills_up_is_told(self, checkout: Path) -> None:
        backend = checkout / "backend.py"
        backend.write_text(
            BACKEND.replace(
                "    time.sleep", "    raise OSError(28, 'No space left on device')\n    time.sleep"
            )
        )
        ended = start(checkout, "x", TMPDIR=str(checkout.parent))
        assert ended.returncode == 4
        assert ended.stderr.splitlines()[-1] == (
            f"llmcore: the disk is full. Free 2 GB here and in {checkout.parent}, and run this again."
        )
        backend.write_text(BACKEND)
        assert start(checkout, "x").returncode == 0

    @pytest.mark.long
    def test_torch_is_taken_from_the_index_for_cpus_or_else_from_pips_own(self, checkout: Path) -> None:
        (checkout / "constraints.txt").write_text("torch==2.13.0\n")
        ended = start(checkout, "x", LLMCORE_TORCH_INDEX="file:///no/such/index")
        assert "PyTorch comes from file:///no/such/index" in ended.stderr
        assert "not to be had there; taking it from pip's own index" in ended.stderr
        assert ended.returncode == 0


OFFLINE = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "https://127.0.0.1:1/simple", "PIP_RETRIES": "0"}


def until(holds: object, seconds: float = 60) -> None:
    """Wait for something to become true."""
    assert callable(holds)
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)
