"""A process killed at any moment loses nothing it had acknowledged, and two processes share one log."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

import llmcore_progress
from llmcore_progress.fold import fold_all
from llmcore_progress.log import Log
from llmcore_progress.migrate import SCHEMA
from tests.progress.given import NOW, generous, opened

SESSION = Path(__file__).with_name("scripted_session.py")


def start(path: Path, device: str = "laptop", number: int = 0) -> subprocess.Popen[bytes]:
    packages = str(Path(llmcore_progress.__file__).parent.parent)
    command = [sys.executable, str(SESSION), str(path), device, str(number)]
    environment = {**os.environ, "PYTHONPATH": packages}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)


def killed_after(path: Path, seconds: float, device: str = "laptop") -> list[str]:
    """Let a session run, counted from its first rating, kill it, and give what it had acknowledged."""
    with start(path, device) as session:
        assert session.stdout is not None
        first = session.stdout.readline()
        time.sleep(seconds)
        session.send_signal(signal.SIGKILL)
        rest = session.stdout.read()
        assert session.wait() == -signal.SIGKILL, session.stderr and session.stderr.read()
    whole = (first + rest).decode()
    return whole[: whole.rfind("\n")].split()  # a line cut in the middle was never read by anybody


def assert_intact(path: Path, acknowledged: set[str]) -> None:
    """Sound pages, every acknowledged event, and a snapshot that is the fold of the events."""
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with opened(path, settings=generous(fuzz=True, load_balancing=True)) as progress:
        events = list(progress.events())
        assert acknowledged <= {each.id for each in events}
        states = fold_all(
            [each for each in events if each.kind != "prediction"], "me", progress._snapshot.model
        )
        rows = progress._log.query("SELECT card FROM card WHERE folded_at IS NOT NULL")
        assert {card: progress._snapshot.of(card) for (card,) in rows} == states


def test_kills_at_random_moments_lose_nothing(tmp_path: Path, durable: None) -> None:
    kill_again_and_again(tmp_path, 15)


@pytest.mark.long
def test_hundreds_of_kills_lose_nothing(tmp_path: Path, durable: None) -> None:
    kill_again_and_again(tmp_path, 300)


def kill_again_and_again(folder: Path, times: int) -> None:
    """One log, killed and gone on with; looked through every time, and compared with the fold now and then."""
    path, random, acknowledged = folder / "log.sqlite", Random(times), set[str]()
    for nth in range(times):
        acknowledged |= set(killed_after(path, random.uniform(0, 0.15)))
        if nth % 10 == 4 or nth == times - 1:
            assert_intact(path, acknowledged)
    assert len(acknowledged) > times


@pytest.mark.parametrize("milliseconds", range(0, 200, 25))
def test_a_kill_while_the_log_is_being_made_leaves_one_that_can_be_opened(
    tmp_path: Path, durable: None, milliseconds: int
) -> None:
    with start(tmp_path / "log.sqlite") as session:
        time.sleep(milliseconds / 1_000)
        session.kill()
    with opened(tmp_path) as progress:
        assert progress._log.one("PRAGMA user_version") == (SCHEMA,)
        assert progress._log.one("PRAGMA integrity_check") == ("ok",)


def test_two_processes_study_on_one_log(tmp_path: Path, durable: None) -> None:
    path = tmp_path / "log.sqlite"
    sessions = [start(path, device, 60) for device in ("laptop", "laptop", "phone")]  # two of them one device
    acknowledged: list[str] = []
    for session in sessions:
        out, errors = session.communicate(timeout=120)
        assert (session.returncode, errors) == (0, b"")
        acknowledged += out.decode().split()
    assert len(acknowledged) == len(set(acknowledged)) == 3 * (60 + 12)
    assert_intact(path, set(acknowledged))
    with opened(path) as progress:
        for device in ("laptop", "phone"):
            times = [each.at for each in progress.events() if each.device == device]
            assert len(times) == len(set(times))
        arrival = progress._log.query("SELECT at FROM event WHERE device = 'laptop' ORDER BY number")
        assert arrival == sorted(arrival)


def test_processes_that_make_the_log_together_make_one(tmp_path: Path, durable: None) -> None:
    path = tmp_path / "log.sqlite"
    sessions = [start(path, f"device{nth}", 1) for nth in range(4)]
    for session in sessions:
        _, errors = session.communicate(timeout=120)
        assert (session.returncode, errors) == (0, b"")
    log = Log.open(path, NOW)
    try:
        assert len({each.device for each in log.events()}) == 4
        assert log.one("SELECT count(*) FROM meta WHERE key = 'device'") == (0,)
    finally:
        log.close()
