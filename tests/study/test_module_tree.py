"""The map: areas, where the learner stands, the way to a module, the levels."""

from __future__ import annotations

import pytest

from llmcore_progress import Json, Kind, Progress, Rating
from llmcore_tui.content.deck import Deck
from llmcore_tui.errors import UnknownName
from llmcore_tui.study.level import levels
from llmcore_tui.study.module_tree import Standing, tree, way_to
from tests.study.small_deck import START


def standings(deck: Deck, progress: Progress) -> dict[str, Standing]:
    return {node.id: node.standing for area in tree(deck, progress, "en") for node in area.modules}


def test_the_tree_has_every_module_under_its_area(deck: Deck, progress: Progress) -> None:
    found = [(area.title, [node.title for node in area.modules]) for area in tree(deck, progress, "zh")]
    assert found == [("基础", ["翻倍", "三倍"]), ("进阶", ["待写"])]


def test_a_module_is_new_then_begun_then_known(deck: Deck, progress: Progress) -> None:
    assert standings(deck, progress) == {
        "twice": Standing.NEW,
        "thrice": Standing.NEW,
        "later": Standing.PLANNED,
    }
    progress.review("thrice.explain", Rating.AGAIN, START, elapsed_ms=1)
    assert standings(deck, progress)["thrice"] is Standing.STARTED
    progress.review("thrice.explain", Rating.GOOD, START, elapsed_ms=1)
    assert standings(deck, progress)["thrice"] is Standing.KNOWN
    progress.undo(START)
    assert standings(deck, progress)["thrice"] is Standing.STARTED


def test_the_way_goes_through_everything_that_is_required(deck: Deck, progress: Progress) -> None:
    way = way_to(deck, progress, "later", "en")
    assert [node.id for node in way.before] == ["twice", "thrice"]
    assert (way.next.id if way.next else None) == "twice"
    assert way_to(deck, progress, "twice", "en").next is None
    assert [node.id for node in way_to(deck, progress, "twice", "en").leads_to] == ["thrice"]
    for card in deck.card_ids("twice"):
        progress.review(card, Rating.GOOD, START, elapsed_ms=1)
    way = way_to(deck, progress, "later", "en")
    assert (way.next.id if way.next else None) == "thrice"


def test_an_unknown_module_names_the_nearest(deck: Deck, progress: Progress) -> None:
    with pytest.raises(UnknownName, match="thrice"):
        way_to(deck, progress, "thrise", "en")


def test_a_level_asks_for_a_prediction_of_each_module_with_a_demo_and_waits_for_what_is_planned(
    deck: Deck, progress: Progress
) -> None:
    first, second = levels(deck, progress, "en")
    assert {part.name: (part.have, part.need) for part in first.parts} == {
        "points": (0, 0),
        "predictions": (0, 1),
        "timed": (0, 1),
    }
    assert (first.met, first.predictions_missing, first.planned) == (False, ("twice",), ())
    assert (second.met, second.planned) == (False, ("later",))


def test_a_level_counts_a_prediction_only_where_the_number_was_not_seen(
    deck: Deck, progress: Progress
) -> None:
    seen: dict[str, Json] = {"demo": "twice", "set": {"x": 3.0}, "numbers": {"doubled": 6.0}}
    held: dict[str, Json] = {
        "card": "twice.explain",
        "module": "twice",
        "demo": "twice",
        "set": {"x": 3.0},
        "key": "doubled",
        "holds": True,
    }
    progress.record(Kind.DEMO, "twice", seen, START)
    progress.record(Kind.PREDICTION, "twice.explain", held, START)
    assert levels(deck, progress, "en")[0].predictions_missing == ("twice",)
    progress.record(Kind.PREDICTION, "twice.calculate", {**held, "set": {"x": 4.0}}, START)
    assert levels(deck, progress, "en")[0].predictions_missing == ()
