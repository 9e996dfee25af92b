"""The built-in deck itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from llmcore_tui import locations
from llmcore_tui.content import prerequisites
from llmcore_tui.content.card import ModuleId
from llmcore_tui.content.deck import DEFAULT_PLAN, Deck
from llmcore_tui.content.lint import lint
from llmcore_tui.content.slots import slots_in
from llmcore_tui.content.texts import texts


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Deck:
    return Deck.open([locations.builtin_deck()], tmp_path_factory.mktemp("cache"), strict=False)


def test_nothing_is_wrong_with_any_file(deck: Deck) -> None:
    wrong = [str(problem) for problem in lint(deck, date(2026, 11, 26)) if problem.severity == "error"]
    assert wrong == []


def test_the_modules_of_the_first_four_days_are_written(deck: Deck) -> None:
    first = [day.modules for day in deck.plan(DEFAULT_PLAN).days[:4]]
    assert first == [("mdp",), ("td_learning",), ("advantage",), ("gae", "policy_gradient", "actor_critic")]
    assert not [module for day in first for module in day if deck.module(module).planned]
    assert all(day.checkpoint for day in deck.plan(DEFAULT_PLAN).days[:4])


def test_new_cards_follow_the_plan_and_the_plan_its_prerequisites(deck: Deck) -> None:
    order = deck.order()
    assert order[:6] == ["mdp", "td_learning", "advantage", "gae", "policy_gradient", "actor_critic"]
    assert sorted(order) == sorted(deck.modules())
    assert prerequisites.too_early(deck.modules(), deck.plan(DEFAULT_PLAN)) == []
    assert next(iter(deck.entries())).module == "mdp"


def test_the_way_to_ppo_is_what_it_requires(deck: Deck) -> None:
    way = prerequisites.background(deck.modules(), ModuleId("ppo"))
    assert way == ["math", "mdp", "td_learning", "advantage", "gae", "policy_gradient", "actor_critic"]


def test_levels_are_gates_over_modules_in_their_order(deck: Deck) -> None:
    assert [(level.id, level.modules) for level in deck.levels()[:2]] == [
        ("L1", ("mdp", "td_learning", "math")),
        ("L2", ("advantage", "gae", "policy_gradient", "actor_critic")),
    ]


def test_every_slot_that_a_text_shows_is_filled_from_the_lock_a_quote_or_a_draw(deck: Deck) -> None:
    for located in deck.located():
        record = located.record
        drawn = {*getattr(record, "vary", ()), "result"}
        used = {slot for _, text in texts(record) for slot in slots_in(text.en) | slots_in(text.zh)} - drawn
        for slot in used:
            number = record.numbers[slot]
            assert hasattr(number, "quote") or f"{record.id}#{slot}" in deck.numbers, f"{record.id}#{slot}"


def test_the_checkout_and_the_wheel_hold_the_same_folders() -> None:
    folder = locations.builtin_deck()
    assert all((folder / name).is_dir() for name in ("cards", "quizzes", "demos"))
    assert Path(folder / "cards/README.md").is_file()
