"""What the doctor sees in a log, and that a damaged one is recognised and never overwritten."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from llmcore_progress import DamagedLog, Finding, LogProblem, Progress, Rating, examine, restore
from tests.progress.given import DAY, NOW, SETTINGS, generous, opened


def studied(folder: Path, reviews: int = 400) -> Path:
    """A log of some hundred pages, all in its one file."""
    with opened(folder, settings=generous()) as progress:
        with progress._log.writing():
            for number in range(reviews):
                progress.review(f"m0.c{number % 50}", Rating.GOOD, NOW, elapsed_ms=1)
        return progress.path


def found(path: Path, subject: str) -> list[Finding]:
    return [finding for finding in examine(path, NOW) if finding.subject == subject]


def severities(path: Path) -> dict[str, str]:
    return {finding.subject: finding.severity for finding in examine(path, NOW)}


def test_a_sound_log_has_nothing_wrong(tmp_path: Path) -> None:
    path = studied(tmp_path)
    assert severities(path) == dict.fromkeys(["log", "format", "append-only", "events", "backups"], "ok")
    assert found(path, "events")[0].message == "400 events, all readable."


def test_examining_changes_nothing(tmp_path: Path) -> None:
    path = studied(tmp_path)
    before = contents(tmp_path)
    examine(path, NOW)
    # SQLite itself puts an empty -wal and its -shm beside a log that is being read
    assert contents(tmp_path) == {**before, path.with_name("log.sqlite-wal"): b""}


def contents(folder: Path) -> dict[Path, bytes]:
    return {
        file: file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and file.suffix != ".sqlite-shm"
    }


def test_where_no_log_is_that_is_said(tmp_path: Path) -> None:
    (log, *_) = examine(tmp_path / "log.sqlite", NOW)
    assert (log.severity, log.subject) == ("warning", "log")
    assert not (tmp_path / "log.sqlite").exists()


def header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\x00" * 100)


def another_file(path: Path) -> None:
    path.write_text("Dear diary, " * 1_000)


def another_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipe (name)")


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def cut_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2 // 4096 * 4096)


def cut_within_a_page(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1_000)


def schema_page(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xa5" * 3_000)


def middle_page(path: Path) -> None:
    """The root page of the table of events."""
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'event'").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)


def a_leaf_in_the_middle(path: Path) -> None:
    """A page with the fortieth event or so, which no start of the program reads."""
    with path.open("rb") as file:
        content = file.read()
    (place,) = [
        place for place in range(0, len(content), 4096) if _leaf_with_rows_from(content, place, 30, 60)
    ][:1]
    with path.open("r+b") as file:
        file.seek(place + 8)
        file.write(b"\xff" * 2_000)


def _leaf_with_rows_from(content: bytes, place: int, low: int, high: int) -> bool:
    """Whether a page is a leaf of a table (type 13) whose text names a review, within a range of the file's pages."""
    return (
        content[place] == 13 and b'"rating"' in content[place : place + 4096] and low <= place // 4096 <= high
    )


DAMAGES = [header, another_file, emptied, cut_short, schema_page, middle_page]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_log_is_recognised_at_the_start_and_left_as_it_is(tmp_path: Path, damage: object) -> None:
    path = studied(tmp_path)
    damage(path)  # type: ignore[operator]  # one of DAMAGES
    before = path.read_bytes()
    with pytest.raises(DamagedLog, match=r"log\.sqlite") as caught:
        opened(path)
    assert caught.value.exit_code == 4
    assert "doctor" in caught.value.hint
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", [*DAMAGES, another_database, cut_within_a_page, a_leaf_in_the_middle])
def test_the_doctor_recognises_damage_and_says_how_to_go_back(tmp_path: Path, damage: object) -> None:
    path = studied(tmp_path)
    damage(path)  # type: ignore[operator]  # one of these
    before = path.read_bytes()
    findings = examine(path, NOW)
    assert (findings[0].severity, findings[0].subject) == ("error", "log")
    (backup,) = [finding for finding in findings if finding.subject == "backups"]
    assert "log-2026-11-22.sqlite" in backup.message
    assert f"llmcore doctor --restore {tmp_path / 'backups' / 'log-2026-11-22.sqlite'}" in backup.hint
    assert path.read_bytes() == before
    restore(path, tmp_path / "backups" / "log-2026-11-22.sqlite", NOW)
    assert severities(path)["log"] == "ok"
    with opened(path) as progress:
        assert len(list(progress.events())) == 400


def test_damage_that_no_start_sees_is_a_clear_line_when_it_is_met(tmp_path: Path) -> None:
    path = studied(tmp_path)
    a_leaf_in_the_middle(path)
    progress = opened(path)
    assert progress.next_card(NOW) is None
    with pytest.raises(DamagedLog):
        list(progress.events())
    made = progress.review("m0.c7", Rating.GOOD, NOW + DAY, elapsed_ms=1)
    assert list(progress.events(since=NOW + DAY)) == [made]
    with pytest.raises(DamagedLog, match=r"log\.sqlite is damaged: .* Offset"):
        progress.close()  # the day's backup looks at every page


def test_a_log_that_lost_its_guard_is_reported(tmp_path: Path) -> None:
    path = studied(tmp_path, 1)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER event_is_never_changed")
        connection.execute("DROP TRIGGER event_is_never_deleted")
        connection.execute("CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event BEGIN SELECT 1; END")
        connection.commit()
    (finding,) = found(path, "append-only")
    assert finding.severity == "error"
    assert "event_is_never_changed, event_is_never_deleted missing" in finding.message


def test_a_clock_that_was_wrong_is_noticed(tmp_path: Path) -> None:
    with opened(tmp_path) as progress:
        progress.review("m0.c0", Rating.GOOD, NOW + 30 * DAY, elapsed_ms=1)
    (finding,) = found(tmp_path / "log.sqlite", "clock")
    assert finding.severity == "warning"
    assert "2026-12-22" in finding.message


def test_a_log_without_a_backup_of_its_last_days_is_noticed(tmp_path: Path) -> None:
    path = studied(tmp_path, 1)
    (backup,) = (tmp_path / "backups").iterdir()
    for days, severity in ((2, "ok"), (4, "warning")):
        then = path.stat().st_mtime - days * 86_400
        os.utime(backup, (then, then))
        assert found(path, "backups")[0].severity == severity
    backup.unlink()
    assert found(path, "backups")[0].severity == "warning"


def test_an_older_and_a_newer_format_are_told_apart(tmp_path: Path) -> None:
    path = studied(tmp_path, 1)
    for number, severity in ((1, "warning"), (99, "error")):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA user_version = {number}")
        assert found(path, "format")[0].severity == severity


def test_a_folder_that_cannot_be_written_to_is_a_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LogProblem, match="file") as caught:
        Progress.open(tmp_path / "file" / "log.sqlite", settings=SETTINGS, now=NOW)
    assert caught.value.exit_code == 4


def test_a_folder_in_the_logs_place_is_a_clear_line(tmp_path: Path) -> None:
    (tmp_path / "log.sqlite").mkdir()
    with pytest.raises(LogProblem, match=r"log\.sqlite"):
        opened(tmp_path)
