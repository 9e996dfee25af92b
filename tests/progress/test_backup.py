"""Backups are made by themselves, are sound, and bring a log back."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from llmcore_progress import DamagedLog, Kind, Progress, Rating, backups, restore
from llmcore_progress.backup import DAILY_KEPT, daily
from llmcore_progress.errors import MissingLog
from tests.progress.given import DAY, NOW, event, opened

CARD = "m0.c0"


def studied(folder: Path, now: datetime = NOW, card: str = CARD) -> Path:
    with opened(folder, now=now) as progress:
        progress.review(card, Rating.EASY, now, elapsed_ms=1)
        return progress.path


def age(path: Path, days: int) -> None:
    """Make a file look older."""
    then = time.time() - days * 86_400
    os.utime(path, (then, then))


def damage(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 500)


def test_a_day_of_study_ends_with_a_backup(tmp_path: Path) -> None:
    path = studied(tmp_path)
    (backup,) = backups(path)
    assert backup.path == tmp_path / "backups" / "log-2026-11-22.sqlite"
    with closing(sqlite3.connect(backup.path)) as copy:
        assert copy.execute("SELECT count(*) FROM event").fetchone() == (1,)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert backup.bytes == backup.path.stat().st_size
    assert sorted(file.name for file in (tmp_path / "backups").iterdir()) == ["log-2026-11-22.sqlite"]


def events(path: Path) -> int:
    with closing(sqlite3.connect(path)) as copy:
        number: int = copy.execute("SELECT count(*) FROM event").fetchone()[0]
        return number


def test_the_days_backup_is_made_anew_by_every_session(tmp_path: Path) -> None:
    path = studied(tmp_path)
    studied(tmp_path, card="m0.c1")
    (backup,) = backups(path)
    assert events(backup.path) == 2
    studied(tmp_path, NOW + DAY)
    assert [events(backup.path) for backup in backups(path)] == [3, 2]


def test_of_a_large_log_one_backup_a_day_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmcore_progress.backup.CHEAP_BYTES", 1_000)
    path = studied(tmp_path)
    studied(tmp_path, card="m0.c1")
    (backup,) = backups(path)
    assert events(backup.path) == 1
    studied(tmp_path, NOW + DAY)
    assert [events(backup.path) for backup in backups(path)] == [3, 1]


def test_looking_makes_no_backup(tmp_path: Path) -> None:
    path = studied(tmp_path)
    with opened(tmp_path, now=NOW + DAY) as progress:
        progress.next_card(NOW + DAY)
        progress.statistics(NOW + DAY)
    assert len(backups(path)) == 1


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    for day in range(DAILY_KEPT + 3):
        studied(tmp_path, NOW + day * DAY)
        for older, file in enumerate(sorted((tmp_path / "backups").iterdir(), reverse=True)):
            age(file, older)
    names = [backup.path.name for backup in backups(path)]
    assert len(names) == DAILY_KEPT
    assert names[0] == f"log-{NOW + (DAILY_KEPT + 2) * DAY:%Y-%m-%d}.sqlite"
    assert names == sorted(names, reverse=True)


def test_large_backups_are_fewer_but_never_less_than_three(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("llmcore_progress.backup.MOST_BYTES", 1)
    path = tmp_path / "log.sqlite"
    for day in range(5):
        studied(tmp_path, NOW + day * DAY)
        for older, file in enumerate(sorted((tmp_path / "backups").iterdir(), reverse=True)):
            age(file, older)
    assert [backup.path.name[-9:-7] for backup in backups(path)] == ["26", "25", "24"]


def test_a_damaged_log_pushes_out_no_sound_backup(tmp_path: Path) -> None:
    path = studied(tmp_path)
    before = backups(path)
    with closing(sqlite3.connect(path)) as connection:
        page = connection.execute("PRAGMA page_size").fetchone()[0]
        (number,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'event_subject'"
        ).fetchone()
    with path.open("r+b") as file:
        file.seek((number - 1) * page)
        file.write(b"\xa5" * page)
    with pytest.raises(DamagedLog, match=r"log\.sqlite is damaged"):
        daily(path, NOW.toordinal() + 1)
    assert backups(path) == before
    assert [file.name for file in (tmp_path / "backups").iterdir()] == ["log-2026-11-22.sqlite"]


def test_a_backup_brings_the_log_back_and_the_damaged_one_is_kept(tmp_path: Path) -> None:
    path = studied(tmp_path)
    damage(path)
    with pytest.raises(DamagedLog):
        opened(path)
    aside = restore(path, backups(path)[0].path, NOW + DAY)
    assert aside is not None
    assert aside.name == "log.damaged-20261123T100000.sqlite"
    assert aside.read_bytes().startswith(b"not a database")
    with opened(path) as progress:
        assert progress.state(CARD).reviews == 1
        progress.review(CARD, Rating.GOOD, NOW + DAY, elapsed_ms=1)


def test_a_backup_can_be_restored_where_no_log_is(tmp_path: Path) -> None:
    path = studied(tmp_path)
    path.unlink()
    assert restore(path, backups(path)[0].path, NOW) is None
    with opened(path) as progress:
        assert progress.state(CARD).reviews == 1


def test_a_damaged_backup_is_not_restored(tmp_path: Path) -> None:
    path = studied(tmp_path)
    (backup,) = backups(path)
    damage(backup.path)
    before = path.read_bytes()
    with pytest.raises(DamagedLog):
        restore(path, backup.path, NOW)
    with pytest.raises(MissingLog):
        restore(path, tmp_path / "no such.sqlite", NOW)
    assert path.read_bytes() == before


def test_a_backup_is_made_while_others_write(tmp_path: Path) -> None:
    with opened(tmp_path) as one, opened(tmp_path, device="phone") as two:
        for number in range(50):
            one.review(f"m0.c{number}", Rating.GOOD, NOW, elapsed_ms=1)
        with two._log.writing():
            two._log.insert(event(Kind.NOTE, CARD, {"text": "not yet committed"}))
            daily(one.path, NOW.toordinal())
            assert events(tmp_path / "backups" / "log-2026-11-22.sqlite") == 50
    assert events(tmp_path / "backups" / "log-2026-11-22.sqlite") == 51


def test_backups_say_when_they_were_made(tmp_path: Path) -> None:
    path = studied(tmp_path)
    age(backups(path)[0].path, 3)
    (backup,) = backups(path)
    assert 2.9 < (datetime.now(UTC) - backup.made).total_seconds() / 86_400 < 3.1


def test_a_log_without_backups_has_none(tmp_path: Path) -> None:
    assert backups(tmp_path / "log.sqlite") == []


def test_a_backup_that_cannot_be_made_does_not_cost_the_rating(tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("a file where the folder should be")
    progress = opened(tmp_path)
    made = progress.review(CARD, Rating.EASY, NOW, elapsed_ms=1)
    with pytest.raises(Exception, match="backups"):
        progress.close()
    with Progress.open(progress.path, now=NOW, read_only=True) as again:
        assert next(again.events()) == made
