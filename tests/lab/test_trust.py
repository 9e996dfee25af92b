"""A stranger's demos run only after the learner agreed to exactly these."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmcore_tui import locations
from llmcore_tui.errors import UntrustedDeck
from llmcore_tui.lab.trust import demos_hash, is_trusted, require_trust, trust
from tests.lab.small_demo import LINE, write_demo


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    folder = tmp_path / "deck"
    write_demo(folder, LINE)
    toys = folder / "demos" / "toys"
    toys.mkdir()
    (toys / "grid.py").write_text("SIZE = 4\n", encoding="utf-8")
    (toys / "digits.csv").write_text("1,2\n", encoding="utf-8")
    return folder


def test_a_deck_is_trusted_once_the_learner_says_so(deck: Path) -> None:
    assert not is_trusted(deck)
    with pytest.raises(UntrustedDeck, match="you have not trusted yet"):
        require_trust(deck)
    trust(deck)
    assert is_trusted(deck)
    require_trust(deck)


def test_the_built_in_deck_is_always_trusted() -> None:
    assert is_trusted(locations.builtin_deck())


@pytest.mark.parametrize("name", ["line.py", "toys/grid.py", "toys/digits.csv"])
def test_any_change_asks_again(deck: Path, name: str) -> None:
    trust(deck)
    file = deck / "demos" / name
    before = file.read_text(encoding="utf-8")
    file.write_text(before + "\n#\n", encoding="utf-8")
    assert not is_trusted(deck)
    file.write_text(before, encoding="utf-8")
    assert is_trusted(deck)


def test_a_new_a_removed_and_a_renamed_file_ask_again(deck: Path) -> None:
    trust(deck)
    new = deck / "demos" / "toys" / "sub" / "more.py"
    new.parent.mkdir()
    new.touch()
    assert not is_trusted(deck)
    new.unlink()
    assert is_trusted(deck)
    (deck / "demos" / "toys" / "grid.py").rename(deck / "demos" / "toys" / "grids.py")
    assert not is_trusted(deck)


def test_content_cannot_move_from_one_file_into_its_neighbour(deck: Path) -> None:
    one, two = deck / "demos" / "a.py", deck / "demos" / "b.py"
    one.write_text("x", encoding="utf-8")
    two.write_text("y", encoding="utf-8")
    before = demos_hash(deck)
    one.write_text("", encoding="utf-8")
    two.write_text("xy", encoding="utf-8")
    assert demos_hash(deck) != before


def test_what_a_link_leads_to_counts_and_a_ring_of_links_ends(deck: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "code.py").write_text("A = 1\n", encoding="utf-8")
    (deck / "demos" / "linked").symlink_to(outside)
    (deck / "demos" / "ring").symlink_to(deck / "demos")
    trust(deck)
    (outside / "code.py").write_text("A = 2\n", encoding="utf-8")
    assert not is_trusted(deck)


def test_byte_code_caches_do_not_ask_again_but_byte_code_beside_the_sources_does(deck: Path) -> None:
    trust(deck)
    cache = deck / "demos" / "__pycache__"
    cache.mkdir()
    (cache / "line.cpython-311.pyc").write_bytes(b"x")
    assert is_trusted(deck)
    (deck / "demos" / "sneaky.pyc").write_bytes(b"x")
    assert not is_trusted(deck)


def test_trust_of_several_decks_adds_up(deck: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write_demo(other, LINE.replace("1.0", "1.5", 1))
    trust(deck)
    trust(other)
    assert is_trusted(deck)
    assert is_trusted(other)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"decks": 3}', '{"decks": {}}', "\xff"])
def test_a_damaged_record_trusts_nothing_and_can_be_written_again(deck: Path, text: str) -> None:
    file = locations.data_folder() / "trusted.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(text.encode("latin-1"))
    assert not is_trusted(deck)
    trust(deck)
    assert is_trusted(deck)
