from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from llmcore_tui.content.deck import Deck
from llmcore_tui.content.index import refresh, tables
from llmcore_tui.content.read import files
from tests.content.small import CARDS, FILES, write

Reads = list[str]


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    return write(tmp_path / "deck")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    """The names of the files that are parsed from now on."""
    names: Reads = []
    parse = files.read

    def counted(folder: Path, name: str) -> files.Contents:
        names.append(name)
        return parse(folder, name)

    monkeypatch.setattr(files, "read", counted)
    return names


def index_file(cache: Path) -> Path:
    (file,) = (cache / "decks").glob("*.sqlite")
    return file


def grow_old(folder: Path) -> None:
    """Let every file seem to be written an hour ago, as files mostly are."""
    for file in folder.rglob("*.*"):
        stat = file.stat()
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns - 3600 * 10**9))


def brief(deck: Deck) -> str:
    return deck.card("gae.trade").brief.en


def test_a_second_opening_reads_no_file_and_does_not_import_yaml(deck: Path, cache: Path) -> None:
    grow_old(deck)
    Deck.open([deck], cache).close()
    script = (
        "import sys; from pathlib import Path; from llmcore_tui.content.deck import Deck\n"
        f"deck = Deck.open([Path({str(deck)!r})], Path({str(cache)!r}))\n"
        "print(deck.card('gae.trade').brief.en, 'yaml' in sys.modules, deck.search('spread'))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "Sampled returns scatter. False ['gae.trade']"


def test_only_files_that_changed_are_read_again(deck: Path, cache: Path, reads: Reads) -> None:
    grow_old(deck)
    Deck.open([deck], cache).close()
    assert sorted(reads) == sorted(FILES)
    reads.clear()
    Deck.open([deck], cache).close()
    assert reads == []
    write(deck, {"cards/rl/gae.yaml": CARDS.replace("Sampled returns scatter.", "Another line.")})
    assert brief(Deck.open([deck], cache)) == "Another line."
    assert reads == ["cards/rl/gae.yaml"]


def test_a_change_of_equal_size_within_one_tick_of_the_clock_is_seen(deck: Path, cache: Path) -> None:
    file = deck / "cards/rl/gae.yaml"
    stat = file.stat()
    Deck.open([deck], cache).close()
    file.write_text(CARDS.replace("scatter.", "SCATTER."), encoding="utf-8")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert brief(Deck.open([deck], cache)) == "Sampled returns SCATTER."


def test_a_file_that_was_only_touched_is_not_parsed_again(deck: Path, cache: Path, reads: Reads) -> None:
    Deck.open([deck], cache).close()
    reads.clear()
    os.utime(deck / "cards/rl/gae.yaml", (1, 1))
    Deck.open([deck], cache).close()
    assert reads == []


def test_a_file_that_is_gone_takes_its_cards_words_and_tags_with_it(deck: Path, cache: Path) -> None:
    Deck.open([deck], cache).close()
    (deck / "cards/rl/gae.yaml").unlink()
    opened = Deck.open([deck], cache)
    assert opened.card_ids() == []
    assert opened.search("spread") == []
    assert opened.search(tag="variance") == []
    assert opened.tags() == {}
    assert opened.module("gae").planned


def test_words_of_an_edited_card_are_found_and_those_it_lost_are_not(deck: Path, cache: Path) -> None:
    Deck.open([deck], cache).close()
    write(deck, {"cards/rl/gae.yaml": CARDS.replace("Sampled returns scatter.", "Gradients explode.")})
    opened = Deck.open([deck], cache)
    assert opened.search("scatter") == []
    assert opened.search("explode") == ["gae.trade"]


def test_the_fingerprint_changes_with_any_file_and_only_then(deck: Path, cache: Path) -> None:
    first = Deck.open([deck], cache).fingerprint
    assert Deck.open([deck], cache).fingerprint == first
    (deck / "quizzes/levels.yaml").write_text("levels: []\n", encoding="utf-8")
    assert Deck.open([deck], cache).fingerprint != first


def truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])


def garbled(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    file.write_bytes(data)


def overwritten(file: Path) -> None:
    file.write_bytes(b"not a database at all" * 1000)


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def of_another_version(file: Path) -> None:
    database = sqlite3.connect(file)
    database.execute("PRAGMA user_version = 99")
    database.close()


def without_a_table(file: Path) -> None:
    database = sqlite3.connect(file)
    database.execute("DROP TABLE bodies")
    database.close()


@pytest.mark.parametrize(
    "damage", [truncated, garbled, overwritten, emptied, of_another_version, without_a_table]
)
def test_a_damaged_index_is_made_anew(deck: Path, cache: Path, damage: Callable[[Path], None]) -> None:
    Deck.open([deck], cache).close()
    damage(index_file(cache))
    opened = Deck.open([deck], cache)
    assert brief(opened) == "Sampled returns scatter."
    assert opened.search("spread") == ["gae.trade"]
    opened.close()
    assert sqlite3.connect(index_file(cache)).execute("SELECT count(*) FROM bodies").fetchone() != (0,)


def test_the_index_of_another_version_of_the_program_is_removed(deck: Path, cache: Path) -> None:
    Deck.open([deck], cache).close()
    current = index_file(cache)
    old = current.with_name(current.name.replace(f".{tables.VERSION}.", ".0."))
    current.rename(old)
    other = current.with_name(f"0123456789abcdef.{tables.VERSION}.sqlite")
    other.write_text("of another deck")
    Deck.open([deck], cache).close()
    assert not old.exists()
    assert other.read_text() == "of another deck"


def test_damage_that_shows_only_while_the_deck_is_open_is_mended_too(deck: Path, cache: Path) -> None:
    opened = Deck.open([deck], cache)
    database = sqlite3.connect(index_file(cache))
    database.execute("DROP TABLE bodies")
    database.close()
    assert brief(opened) == "Sampled returns scatter."
    assert opened.search("spread") == ["gae.trade"]


def test_a_cache_folder_that_cannot_be_made_does_no_harm(deck: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    opened = Deck.open([deck], tmp_path / "file")
    assert brief(opened) == "Sampled returns scatter."
    assert opened.search("方差") == ["gae.trade"]


def test_an_index_that_cannot_be_written_does_no_harm(
    deck: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect

    def read_only(path: str, **options: object) -> sqlite3.Connection:
        if path != tables.MEMORY:
            error = sqlite3.OperationalError("attempt to write a readonly database")
            error.sqlite_errorcode = sqlite3.SQLITE_READONLY
            raise error
        return connect(path, **options)  # type: ignore[call-overload, no-any-return]  # passed on as they came

    monkeypatch.setattr(sqlite3, "connect", read_only)
    assert brief(Deck.open([deck], cache)) == "Sampled returns scatter."
    assert not list((cache / "decks").iterdir())


def test_what_is_called_yaml_but_is_no_file_is_a_problem_and_blocks_nothing(deck: Path, cache: Path) -> None:
    os.mkfifo(deck / "cards/rl/pipe.yaml")
    (deck / "cards/rl/folder.yaml").mkdir()
    (deck / "cards/rl/zero.yaml").symlink_to("/dev/zero")
    (deck / "cards/rl/gone.yaml").symlink_to("nowhere")
    opened = Deck.open([deck], cache, strict=False)
    assert [(each.file.name, each.message.split(":")[0]) for each in opened.problems()] == [
        ("folder.yaml", "is not a file that can be read"),
        ("gone.yaml", "cannot be read"),
        ("pipe.yaml", "is not a file that can be read"),
        ("zero.yaml", "is not a file that can be read"),
    ]
    assert brief(opened) == "Sampled returns scatter."


def test_two_processes_build_one_index_at_once(tmp_path: Path, cache: Path) -> None:
    cards = "".join(
        f"  - id: gae.n{number}\n" + CARDS.partition("  - id: gae.compute\n")[2] for number in range(60)
    )
    many = {f"cards/rl/part{part}.yaml": f"module: gae\nas_of: 2026-11\ncards:\n{cards}" for part in range(8)}
    for part, name in enumerate(many):
        many[name] = many[name].replace("gae.n", f"gae.p{part}-n")
    deck = write(tmp_path / "deck", {**FILES, **many})
    script = (
        "from pathlib import Path; from llmcore_tui.content.deck import Deck\n"
        f"deck = Deck.open([Path({str(deck)!r})], Path({str(cache)!r}))\n"
        "print(len(deck.card_ids()), len(deck.search('weighted')), len(deck.problems()))"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    results = [process.communicate(timeout=120) for process in running]
    assert results == [("482 481 0\n", "")] * 3
    database = sqlite3.connect(index_file(cache))
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert database.execute("SELECT count(*) FROM files").fetchone() == (len(FILES) + 8,)


def test_a_build_that_is_stopped_half_way_is_taken_up_where_it_was(
    deck: Path, cache: Path, reads: Reads
) -> None:
    def stop(done: int, of: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Deck.open([deck], cache, on_file=stop)
    assert len(reads) == 3
    assert brief(Deck.open([deck], cache)) == "Sampled returns scatter."
    assert sorted(reads) == sorted(FILES)


def test_a_deck_can_be_asked_from_several_threads(deck: Path, cache: Path) -> None:
    opened = Deck.open([deck], cache)
    wrong: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(50):
                assert brief(opened) == "Sampled returns scatter."
                assert opened.search("方差") == ["gae.trade"]
        except BaseException as error:  # noqa: BLE001  # what a thread raises is looked at below
            wrong.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_python_without_full_text_search_is_told_so(
    deck: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from llmcore_tui.errors import EnvironmentProblem

    monkeypatch.setattr(
        tables, "_TABLES", tables._TABLES.replace("USING fts5", "USING fts5_that_is_not_there")
    )
    with pytest.raises(EnvironmentProblem, match="FTS5"):
        Deck.open([deck], cache)


def test_the_word_table_is_merged_after_many_files(
    deck: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "MANY_FILES", 2)
    assert Deck.open([deck], cache).search("spread") == ["gae.trade"]
