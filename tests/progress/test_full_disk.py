"""A full or read-only disk is a clear line; what was there stays, and the program goes on when there is room again."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

import llmcore_progress
from llmcore_progress import DiskFull, Event, Kind, LogProblem, Progress, Rating
from llmcore_progress.errors import DiskProblem
from tests.progress.given import NOW, SETTINGS, deck, opened, stock


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes, where this user may mount one; else SQLite's own limit does (below)."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(
            "only root can mount a small disk; the tests with `limited` and with a limit on files do without"
        )
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(progress: Progress) -> tuple[list[Event], LogProblem]:
    """Write notes until there is no room; gives what was acknowledged and how it ended."""
    made: list[Event] = []
    for nth in range(100_000):
        try:
            made.append(progress.note(f"m0.c{nth}", "a long thought " * 20, NOW))
        except LogProblem as problem:
            return made, problem
    pytest.fail("the disk was never full")


def fill_up(ballast: Path) -> None:
    """Leave no room at all."""
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 4096) == 4096:
            pass


def assert_clear(problem: LogProblem) -> None:
    assert type(problem) is DiskFull
    assert problem.exit_code == 4
    assert "disk is full" in problem.message
    assert "Free some space" in problem.hint
    assert "\n" not in str(problem)


def test_a_full_disk_keeps_what_was_there_and_takes_more_when_there_is_room(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 300_000)
    progress = opened(small_disk)
    stock(progress, deck(5))
    made, problem = fill(progress)
    assert_clear(problem)
    assert len(made) > 20
    assert list(progress.events()) == made
    assert progress.next_card(NOW) is not None  # reading goes on
    with pytest.raises(DiskFull):
        progress.review("m0.c1", Rating.GOOD, NOW, elapsed_ms=1)
    ballast.unlink()
    made.append(progress.review("m0.c1", Rating.GOOD, NOW, elapsed_ms=1))
    assert list(progress.events()) == made
    fill_up(ballast)
    with pytest.raises(DiskFull, match="backups"):
        progress.close()  # no room for the day's backup
    assert [file.name for file in (small_disk / "backups").iterdir()] == []
    with opened(small_disk) as progress:
        assert list(progress.events()) == made
        assert progress._log.one("PRAGMA integrity_check") == ("ok",)


def test_a_log_is_not_made_on_a_full_disk(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    fill_up(ballast)
    with pytest.raises(LogProblem) as caught:
        opened(small_disk)
    assert_clear(caught.value)
    ballast.unlink()
    with opened(small_disk) as progress:
        progress.note("m0.c0", "now", NOW)


def test_a_log_on_a_disk_that_filled_up_since_is_a_clear_line_and_can_be_read(small_disk: Path) -> None:
    with opened(small_disk) as progress:
        made = progress.review("m0.c0", Rating.GOOD, NOW, elapsed_ms=1)
    ballast = small_disk / "ballast"
    fill_up(ballast)
    with pytest.raises(LogProblem) as caught:
        opened(small_disk).note("m0.c0", "x" * 100, NOW)
    assert_clear(caught.value)
    with Progress.open(small_disk / "log.sqlite", settings=SETTINGS, now=NOW, read_only=True) as progress:
        assert list(progress.events()) == [made]
    ballast.unlink()
    with opened(small_disk) as progress:
        assert list(progress.events()) == [made]


def test_an_export_to_a_full_disk_is_a_clear_line(tmp_path: Path, small_disk: Path) -> None:
    with opened(tmp_path) as progress:
        for nth in range(30):
            progress.record(Kind.DEMO, "gae", {"n": nth, "x": "y" * 200_000}, NOW)
        with pytest.raises(DiskFull) as caught:
            progress.export(small_disk / "events.jsonl")
        assert_clear(caught.value)
        assert list(small_disk.iterdir()) == []


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[Progress]:
    """A log that may not grow beyond some pages more, which every user can try."""
    with opened(tmp_path) as progress:
        stock(progress, deck(5))
        (pages,) = progress._log.one("PRAGMA page_count") or (0,)
        progress._log.query(f"PRAGMA max_page_count = {pages + 40}")
        yield progress


def test_when_sqlite_finds_no_room_nothing_is_lost(limited: Progress) -> None:
    made, problem = fill(limited)
    assert_clear(problem)
    assert len(made) > 20
    assert list(limited.events()) == made
    with pytest.raises(DiskFull):
        limited.note("m0.c9", "x" * 20_000, NOW)
    limited._log.query("PRAGMA max_page_count = 100000")
    made.append(limited.review("m0.c1", Rating.GOOD, NOW, elapsed_ms=1))
    assert list(limited.events()) == made


def test_a_merge_that_finds_no_room_can_be_repeated(limited: Progress, tmp_path: Path) -> None:
    with opened(tmp_path / "phone", device="phone") as phone:
        for nth in range(100):
            phone.record(Kind.DEMO, "gae", {"n": nth, "x": "y" * 3_000}, NOW)
        with pytest.raises(DiskFull):
            limited.merge(phone.path, NOW)
        limited._log.query("PRAGMA max_page_count = 100000")
        found = limited.merge(phone.path, NOW)
        assert (found.added + found.known, found.bad) == (100, 0)


def test_a_limit_on_the_size_of_files_is_a_clear_line(tmp_path: Path) -> None:
    """As a quota does: the kernel refuses to write beyond a size (EFBIG), in a process of its own."""
    script = textwrap.dedent("""
        import resource, signal, sys
        from datetime import UTC, datetime
        from pathlib import Path
        from llmcore_progress import LogProblem, Progress, Settings

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        now = datetime(2026, 11, 22, 10, tzinfo=UTC)
        progress = Progress.open(Path(sys.argv[1]), settings=Settings(zone=UTC), now=now)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, resource.RLIM_INFINITY))
        made = 0
        try:
            while True:
                progress.note(f"m0.c{made}", "x" * 500, now)
                made += 1
        except LogProblem as problem:
            print(made, problem.exit_code, str(problem))
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        progress.note("m0.last", "there is room again", now)
        assert len(list(progress.events())) == made + 1
        progress.close()
    """)
    packages = str(Path(llmcore_progress.__file__).parent.parent)
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "log.sqlite")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": packages},
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    made, code, line = ended.stdout.strip().split(" ", 2)
    assert int(made) > 10
    assert code == "4"
    assert "log.sqlite" in line
    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as plain:
        assert plain.execute("SELECT count(*) FROM event").fetchone() == (int(made) + 1,)
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.fixture
def read_only_disk(tmp_path: Path) -> Iterator[Path]:
    """A log on a disk that cannot be written to: a read-only mount for root, a read-only folder for others."""
    folder = tmp_path / "disk"
    with opened(folder) as progress:
        progress.review("m0.c0", Rating.GOOD, NOW, elapsed_ms=1)
    bound = subprocess.run(["mount", "--bind", str(folder), str(folder)], capture_output=True, check=False)
    if bound.returncode == 0:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
    else:
        (folder / "log.sqlite").chmod(0o400)
        folder.chmod(0o500)
    try:
        yield folder
    finally:
        if bound.returncode == 0:
            subprocess.run(["umount", str(folder)], check=True)
        else:
            folder.chmod(0o700)


def test_a_read_only_disk_is_a_clear_line_and_can_still_be_read(read_only_disk: Path) -> None:
    with pytest.raises(DiskProblem, match=r"log\.sqlite") as caught:
        opened(read_only_disk)
    assert caught.value.exit_code == 4
    assert "LLMCORE_HOME" in caught.value.hint
    path = read_only_disk / "log.sqlite"
    with Progress.open(path, settings=SETTINGS, now=NOW, read_only=True) as progress:
        assert progress.state("m0.c0").reviews == 1
    with pytest.raises(DiskProblem):
        opened(read_only_disk / "new")
