"""A card's number beside the same with the idea off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from llmcore_tui.content.claim import Setting
from llmcore_tui.content.deck import Deck
from llmcore_tui.lab.demo import read_demo
from llmcore_tui.lab.run import run_with_off
from llmcore_tui.study.computed import off_number
from llmcore_tui.study.plain.prose import Page
from llmcore_tui.study.plain.run import run_lines
from llmcore_tui.study.turn import Turn
from tests.study.small_deck import Clock


@pytest.mark.parametrize(("settings", "shown"), [({"x": 3.0}, True), ({"x": 3.0, "double": False}, False)])
def test_a_card_that_has_the_idea_off_already_shows_no_number_with_it_off(
    deck: Deck, settings: Mapping[str, Setting], shown: bool
) -> None:
    card = deck.card("twice.explain")
    assert card.demo is not None
    demo = read_demo(deck.folders[0] / "demos/twice.py")
    turn = Turn(
        card=replace(card, demo=replace(card.demo, set=settings)),
        why="new",
        position=1,
        shown_at=Clock()(),
        demo=demo,
        locked_off=deck.numbers.get("twice.explain#got"),
    )
    assert (off_number(turn, "en") is not None) == shown


def test_a_run_with_the_idea_off_is_said_once(deck: Deck) -> None:
    demo = read_demo(deck.folders[0] / "demos/twice.py")
    on, off = (run_lines(run_with_off(demo, given), Page("en")) for given in ({}, {"double": False}))
    assert any("idea off" in line.lower() for line in on)
    assert not any("idea off" in line.lower() for line in off)
