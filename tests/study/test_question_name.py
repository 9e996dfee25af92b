"""Which interview question a name means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llmcore_tui.content.deck import Deck
from llmcore_tui.errors import InputError, UnknownName
from llmcore_tui.study.question_name import question_named
from tests.interview.small import write_deck


@pytest.fixture
def deck(tmp_path: Path) -> Iterator[Deck]:
    """Two modules with a question `why` each, and a module that is only planned."""
    opened = Deck.open([write_deck(tmp_path / "deck")], tmp_path / "cache")
    yield opened
    opened.close()


@pytest.mark.parametrize("name", ["thrice.i.why", "i.why", "why"])
def test_the_module_may_stand_before_the_name_or_apart_from_it(deck: Deck, name: str) -> None:
    assert question_named(deck, name, "thrice").id == "thrice.i.why"


def test_a_name_that_only_one_module_has_needs_no_module(deck: Deck) -> None:
    assert question_named(deck, "when").id == "twice.i.when"


def test_a_name_that_several_modules_have_is_answered_with_all_of_them(deck: Deck) -> None:
    with pytest.raises(InputError) as refused:
        question_named(deck, "why")
    assert (
        str(refused.value)
        == "'why' is the name of several questions: thrice.i.why, twice.i.why. Give --module too."
    )


def test_a_part_of_a_name_is_not_the_name(deck: Deck) -> None:
    with pytest.raises(UnknownName):
        question_named(deck, "hy")


@pytest.mark.parametrize(
    ("name", "module", "near"),
    [("wen", None, "when"), ("twice.i.wen", None, "twice.i.when"), ("wyh", "thrice", "why")],
)
def test_the_nearest_are_named_in_the_form_that_was_typed(
    deck: Deck, name: str, module: str | None, near: str
) -> None:
    with pytest.raises(UnknownName) as refused:
        question_named(deck, name, module)
    assert refused.value.near[0] == near


def test_a_module_without_questions_is_said(deck: Deck) -> None:
    with pytest.raises(InputError, match=r"^later is planned: no interview question of it is written yet\.$"):
        question_named(deck, "why", "later")
