"""The demos of several decks by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmcore_tui.errors import UnknownName
from llmcore_tui.lab.library import Library, deck_of
from tests.lab.small_demo import LINE, write_demo


def test_a_deck_uses_its_own_demo_before_the_built_in_one(tmp_path: Path) -> None:
    builtin, mine, other = (tmp_path / name for name in ("builtin", "mine", "other"))
    for deck, names in ((builtin, ["line", "shared"]), (mine, ["line"]), (other, ["odd"])):
        for name in names:
            write_demo(deck, LINE, name)
    library = Library([builtin, mine, other])
    assert library.names() == ["line", "odd", "shared"]
    assert deck_of(library.demo("line")) == builtin
    assert deck_of(library.demo("line", mine)) == mine
    assert deck_of(library.demo("shared", mine)) == builtin
    assert deck_of(library.demo("odd", mine)) == other
    assert library.demo("line") is library.demo("line", other)
    with pytest.raises(UnknownName, match="Did you mean line"):
        library.demo("lime")


def test_a_demo_that_cannot_be_read_does_not_hide_the_others(tmp_path: Path) -> None:
    write_demo(tmp_path, "x = 1\n", "broken")
    write_demo(tmp_path, LINE)
    library = Library([tmp_path])
    assert library.names() == ["broken", "line"]
    assert library.demo("line").name == "line"
