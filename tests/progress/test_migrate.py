"""A log of every earlier format is brought to this one, after a backup, with nothing lost."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import llmcore_progress
from llmcore_progress import Progress, backups
from llmcore_progress.errors import DiskFull, LogProblem, NewerLog
from llmcore_progress.fold import fold_all
from llmcore_progress.migrate import SCHEMA, migration, statements
from tests.progress.given import DAY, NOW, SETTINGS, deck, opened, stock

OLD = Path(__file__).parent / "old"
FORMATS = list(range(1, SCHEMA))


def old_log(folder: Path, number: int) -> Path:
    """A log as that format's version of llmcore left it."""
    path = folder / "log.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((OLD / f"format{number}.sql").read_text(encoding="utf-8"))
        connection.execute("PRAGMA journal_mode = WAL")
    return path


def shape(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
        return [(kind, name, re.sub(r"\s+", " ", sql or "")) for kind, name, sql in rows]


def test_the_migrations_are_numbered_without_a_gap() -> None:
    files = sorted((Path(llmcore_progress.__file__).parent / "migrations").glob("*.sql"))
    assert [int(file.name[:4]) for file in files] == list(range(1, SCHEMA + 1))


def test_every_format_has_an_old_file_to_try() -> None:
    assert sorted(OLD.glob("*.sql")) == [OLD / f"format{number}.sql" for number in FORMATS]


@pytest.mark.parametrize("number", FORMATS)
def test_an_old_log_becomes_one_of_this_version_and_keeps_every_event(tmp_path: Path, number: int) -> None:
    path = old_log(tmp_path, number)
    with closing(sqlite3.connect(path)) as connection:
        before = connection.execute("SELECT * FROM event ORDER BY number").fetchall()
    (tmp_path / "new").mkdir()
    with opened(path, device="tablet") as progress, opened(tmp_path / "new"):
        stock(progress, deck(3))
        assert progress._log.query("SELECT * FROM event ORDER BY number") == before
        assert len(before) == 8
        states = fold_all(list(progress._log.events()), "me", progress._snapshot.model)
        assert {card: progress._snapshot.of(card) for card in ("m0.c0", "m0.c1", "m0.c2")} == {
            card: states[card] for card in ("m0.c0", "m0.c1", "m0.c2")
        }
        assert progress.state("m0.c0").reviews == 2
        assert progress.state("m0.c2").note == "see eq. 16"
        assert progress.statistics(NOW).ratings == (0, 1, 2, 1)
        due = progress.next_card(NOW)
        assert due is not None
        assert due.card == "m0.c1"
    assert shape(path) == shape(tmp_path / "new" / "log.sqlite")


@pytest.mark.parametrize("number", FORMATS)
def test_the_backup_of_before_is_the_old_log(tmp_path: Path, number: int) -> None:
    path = old_log(tmp_path, number)
    before = shape(path)
    opened(path).close()
    (backup,) = backups(path)
    assert re.fullmatch(rf"log-format{number}-20261122T100000\.sqlite", backup.path.name)
    assert shape(backup.path) == before
    opened(path, now=NOW + DAY).close()
    assert backups(path) == [backup]


def test_a_new_log_needs_no_backup(tmp_path: Path) -> None:
    opened(tmp_path).close()
    assert backups(tmp_path / "log.sqlite") == []


def test_a_log_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    opened(tmp_path).close()
    path = tmp_path / "log.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    for read_only in (False, True):
        with pytest.raises(NewerLog, match=f"format {SCHEMA + 1}") as caught:
            Progress.open(path, settings=SETTINGS, now=NOW, read_only=read_only)
        assert caught.value.exit_code == 4


@pytest.mark.parametrize("number", [0, SCHEMA, 99])
def test_a_database_that_is_no_log_is_left_alone(tmp_path: Path, number: int) -> None:
    path = tmp_path / "log.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipe (name)")
        connection.execute(f"PRAGMA user_version = {number}")
    with pytest.raises(LogProblem, match="not a log of llmcore"):
        opened(path)
    assert [name for _, name, _ in shape(path)] == ["recipe"]
    assert backups(path) == []


def test_without_room_for_the_backup_nothing_is_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = old_log(tmp_path, 1)
    before = shape(path)

    def full(*_: object, **__: object) -> None:
        raise DiskFull(path, "The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr("llmcore_progress.backup._check", full)
        with pytest.raises(DiskFull):
            opened(path)
    assert shape(path) == before
    assert list((tmp_path / "backups").iterdir()) == []
    opened(path).close()


def test_a_migration_that_fails_halfway_leaves_the_old_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = old_log(tmp_path, 1)
    before = shape(path)

    def broken(number: int) -> str:
        return migration(number) + "\nCREATE TABLE card (again TEXT);\n"

    with monkeypatch.context() as patch:
        patch.setattr("llmcore_progress.migrate.migration", broken)
        with pytest.raises(sqlite3.OperationalError, match="already exists"):
            opened(path)
    assert shape(path) == before
    with opened(path) as progress:
        assert len(list(progress.events())) == 8


def test_statements_are_told_apart_by_sqlite_itself() -> None:
    found = list(statements(migration(1)))
    assert len(found) == 8
    assert sum("CREATE TRIGGER" in each and each.rstrip().endswith("END;") for each in found) == 2


def test_an_old_log_is_read_for_a_merge_without_being_migrated(tmp_path: Path) -> None:
    path = old_log(tmp_path, 1)
    with opened(tmp_path / "new") as progress:
        assert progress.merge(path, NOW).added == 8
        assert progress.state("m0.c0").reviews == 2
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        (body,) = connection.execute("SELECT body FROM event ORDER BY number LIMIT 1").fetchone()
        assert json.loads(body)["rating"] == 4
