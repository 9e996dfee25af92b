"""Which cards an interview queues for what was missed."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmcore_progress import Progress
from llmcore_tui.content.deck import Deck
from llmcore_tui.interview.cards import nearest, to_queue
from tests.interview.small import MODEL, Sittings, write_deck
from tests.study.small_deck import CITE, Clock

FRUITS = {
    "apple": "苹果香甜",
    "pear": "梨子多汁",
    "plum": "李子发酸",
    "fig": "无花果软",
    "lemon": "柠檬明黄",
    "cherry": "樱桃很红",
    "mango": "芒果热带",
}
MUST = ("fig", "mango")


def card(fruit: str, *, demo: str = "", name: str = "") -> str:
    linked = f"demo: {{name: {demo}}}" if demo else ""
    return f"""
  - id: thrice.{name or fruit}
    kind: choice
    ask: {{en: "What about the {fruit} {name}?", zh: "{FRUITS[fruit]}怎么样？"}}
    brief: {{en: The {fruit}., zh: {FRUITS[fruit]}。}}
    answer: {{en: Yes., zh: 是。}}
    right: {{say: {{en: a, zh: 甲}}}}
    wrong: [{{say: {{en: b, zh: 乙}}, why: {{en: No., zh: 否。}}}}, {{say: {{en: c, zh: 丙}}, why: {{en: No., zh: 否。}}}}]
    {linked}
    difficulty: 1
    {CITE}"""


def point(fruit: str) -> str:
    must = str(fruit in MUST).lower()
    return (
        f"      - {{id: {fruit}, must: {must}, weight: 1, say: {{en: It is {fruit}., zh: {FRUITS[fruit]}}}}}"
    )


def write_fruit_deck(folder: Path) -> Path:
    """A question of seven points, a card for each, and one more for the apple that names the question's demo."""
    write_deck(folder)
    cards = [card(fruit) for fruit in FRUITS] + [card("apple", demo="twice", name="apple-by-demo")]
    text = "module: thrice\nas_of: 2026-11\ncards:" + "".join(cards) + "\n"
    (folder / "cards/basics/thrice.yaml").write_text(text, encoding="utf-8")
    points = "\n".join(map(point, FRUITS))
    question = f"""module: thrice
as_of: 2026-11
questions:
  - id: thrice.i.fruit
    ask: {{en: Which fruit?, zh: 哪些水果？}}
    minutes: 3
{MODEL}
    points:
{points}
    demo: {{name: twice}}
    {CITE}
"""
    (folder / "quizzes/interviews/thrice.yaml").write_text(question, encoding="utf-8")
    return folder


@pytest.fixture
def fruits(sittings: Sittings, tmp_path: Path, progress: Progress, clock: Clock) -> Sittings:
    """Interviews on the fruit deck."""
    folder = write_fruit_deck(tmp_path / "fruit")
    return Sittings(Deck.open([folder], tmp_path / "fruit-cache"), progress, clock)


def queued(sittings: Sittings, answer: str) -> list[tuple[str, str]]:
    director = sittings.on("thrice.i.fruit")
    director.answer(answer)
    return [
        (each.card.removeprefix("thrice."), each.point)
        for each in to_queue(sittings.deck, director.transcript)
    ]


def test_must_points_come_first_and_five_cards_are_the_most(fruits: Sittings) -> None:
    assert queued(fruits, "nothing") == [
        ("fig", "fig"),
        ("mango", "mango"),
        ("apple-by-demo", "apple"),
        ("pear", "pear"),
        ("plum", "plum"),
    ]


def test_only_what_was_missed_or_contradicted_is_queued(fruits: Sittings) -> None:
    assert queued(fruits, "apple, maybe pear, not plum, fig, mango, lemon, cherry") == [("plum", "plum")]


def test_an_answer_that_was_not_marked_queues_nothing(fruits: Sittings) -> None:
    assert queued(fruits, "hm") == []


def test_of_cards_alike_the_one_with_the_questions_demo_is_nearest(fruits: Sittings) -> None:
    question = fruits.deck.question("thrice.i.fruit")
    found = {point.id: nearest(fruits.deck, question, point) for point in question.points}
    assert {name: card.id if card else None for name, card in found.items()} == {
        **{fruit: f"thrice.{fruit}" for fruit in FRUITS},
        "apple": "thrice.apple-by-demo",
    }


def test_a_point_that_no_card_has_a_word_of_queues_nothing(sittings: Sittings) -> None:
    director = sittings.on("twice.i.when")
    director.answer("Nothing.")
    assert to_queue(sittings.deck, director.transcript) == []


def test_one_card_is_queued_once_for_all_that_it_teaches(sittings: Sittings) -> None:
    director = sittings.on("twice.i.why")
    for text in ("Nothing.", "x", "y"):
        director.answer(text)
    cards = to_queue(sittings.deck, director.transcript)
    assert len({each.card for each in cards}) == len(cards)
    assert cards[0].point == "a"
