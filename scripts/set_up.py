"""Make `.venv` of this checkout, or bring it up to date; called by `./llmcore` with nothing installed yet.

Only the standard library, only standard error. One process at a time; `llmcore-unfinished` lies in `.venv` while
it is being changed, and the stamp is written last: whoever is killed in between is mended by the next start.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
VENV = HERE / ".venv"
STAMP = VENV / "llmcore-stamp"
UNFINISHED = VENV / "llmcore-unfinished"
LOG = HERE / ".venv.log"
PYTHON = VENV / "bin" / "python"

CPU_TORCH = "https://download.pytorch.org/whl/cpu"
"""llmcore computes on the CPU; on Linux the PyTorch of PyPI would bring 3 GB of CUDA libraries with it."""
DISK_MB = 2000
"""What `.venv` and pip's downloads take together, with some room."""

REASONS = (
    (
        r"No space left on device|Disk quota exceeded",
        "the disk is full. Free 2 GB here and in {tmp}, and run this again.",
    ),
    (r"Permission denied|Read-only file system", "a file may not be written; {log} says which."),
    (
        r"NewConnectionError|ConnectTimeoutError|ReadTimeoutError|NameResolutionError|ConnectionResetError|ProxyError"
        r"|SSLError|Temporary failure in name resolution|Network is unreachable|Could not fetch URL|HTTPError",
        "the packages could not be fetched. Look at the network (or pip's proxy and index settings) and run this again.",
    ),
    (
        r"No matching distribution found",
        "a package does not exist for this Python and machine; {log} says which.",
    ),
)


class SetUpError(Exception):
    """Something on this machine is in the way."""


def main(extra: str, wanted: str) -> int:
    """Leave `.venv` ready for `run` or `dev`, or say in one line what is in the way."""
    try:
        with (HERE / ".venv.lock").open("w") as lock:
            wait_for(lock.fileno())
            if is_ready(wanted, ("dev",) if extra == "dev" else ("run", "dev")):
                return 0
            set_up("dev" if was_dev() else extra, wanted, lock.fileno())
    except KeyboardInterrupt:
        say("stopped; the next start goes on from here.")
        return 130
    except OSError as error:
        full = error.errno in (28, 122)
        say(
            "the disk is full. Free 2 GB here and run this again."
            if full
            else f"{error.strerror}: {error.filename}"
        )
        return 4
    except SetUpError as error:
        say(str(error))
        return 4
    return 0


def wait_for(lock: int) -> None:
    """Take the lock; the kernel gives it back when its holder and the pip that it started are gone."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("another start is setting up .venv; waiting for it.")
        fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError:
        say("this file system has no locks: do not start llmcore twice until it is ready.")


def is_ready(wanted: str, extras: tuple[str, ...]) -> bool:
    """Whether another process has done everything meanwhile."""
    return (
        not UNFINISHED.exists()
        and PYTHON.exists()
        and any(stamp() == f"{wanted}\n{extra}\n" for extra in extras)
    )


def stamp() -> str:
    """What was installed last, to the end."""
    return STAMP.read_text() if STAMP.exists() else ""


def was_dev() -> bool:
    return stamp().endswith("\ndev\n")


def set_up(extra: str, wanted: str, lock: int) -> None:
    """Make or update, and write the stamp."""
    updating = PYTHON.exists() and not UNFINISHED.exists()
    if updating:
        say("bringing .venv up to date.")
        UNFINISHED.touch()
    else:
        make_venv(lock)
    failure = install(extra, lock)
    if failure and updating and stamp():
        UNFINISHED.unlink()
        say(f"{failure} Starting with what was installed before.")
        return
    if failure:
        raise SetUpError(failure)
    new = STAMP.with_suffix(".new")
    new.write_text(f"{wanted}\n{extra}\n")
    new.replace(STAMP)
    UNFINISHED.unlink()
    say("ready.")


def make_venv(lock: int) -> None:
    """An empty environment, marked as unfinished before there is anything in it."""
    free = shutil.disk_usage(HERE).free // 1_000_000
    if free < DISK_MB:
        raise SetUpError(
            f"{HERE} has {free:,} MB free, and .venv needs {DISK_MB:,}. Free some and run this again."
        )
    say(f"making {VENV} with Python {sys.version.split()[0]}, once.")
    say("about 250 MB are downloaded, most of it PyTorch, and 1.2 GB of the disk are used.")
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    made = subprocess.run(
        [sys.executable, "-I", "-m", "venv", str(VENV)],
        pass_fds=[lock],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        LOG.write_text(made.stdout + made.stderr)
        raise SetUpError(explained(f"Python's venv failed; {LOG} has the details."))


def install(extra: str, lock: int) -> str:
    """Install this checkout with pinned versions; what is in the way, or nothing."""
    pin = re.search(r"^torch==\S+", (HERE / "constraints.txt").read_text(), re.MULTILINE)
    index = os.environ.get("LLMCORE_TORCH_INDEX", CPU_TORCH if sys.platform == "linux" else "")
    if pin and index:
        say(f"PyTorch comes from {index}")
        if pip(["--no-deps", "--index-url", index, "--retries", "1", "--timeout", "20", pin[0]], lock):
            say("not to be had there; taking it from pip's own index (on Linux with CUDA, 3 GB).")
    target = f"{HERE}[dev]" if extra == "dev" else str(HERE)
    if pip(["--constraint", str(HERE / "constraints.txt"), "--editable", target], lock):
        return explained(f"pip failed; {LOG} has the details.")
    return ""


def pip(arguments: list[str], lock: int) -> int:
    """Run pip with its progress on standard error; the lock stays taken as long as pip lives."""
    LOG.unlink(missing_ok=True)
    command = [str(PYTHON), "-I", "-m", "pip", "--log", str(LOG), "--disable-pip-version-check", "install"]
    environ = {**os.environ, "PIP_USER": "0", "PIP_NO_INPUT": "1"}
    return subprocess.run(
        [*command, *arguments], pass_fds=[lock], stdout=2, env=environ, check=False
    ).returncode


def explained(otherwise: str) -> str:
    """The one line that says what went wrong, from pip's log."""
    text = LOG.read_text(errors="replace") if LOG.exists() else ""
    for pattern, reason in REASONS:
        if re.search(pattern, text):
            return reason.format(tmp=os.environ.get("TMPDIR", "/tmp"), log=LOG)
    return otherwise


def say(text: str) -> None:
    """A line on standard error: standard output belongs to the command."""
    print(f"llmcore: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:3]))
