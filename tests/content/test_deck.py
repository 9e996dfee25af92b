from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmcore_tui.content.deck import Deck, Entry
from llmcore_tui.content.record_kind import RecordKind
from llmcore_tui.errors import ContentError, InputError, UnknownName
from tests.content.small import CALCULATE, CARDS, FILES, MODULES, line_of, write

OWN_MODULES = """\
areas:
  - {id: mine, title: {en: Mine, zh: 我的}}
modules:
  - {id: cooking, area: mine, title: {en: Cooking, zh: 烹饪}, requires: [gae], demand: C}
"""
OWN_CARDS = CARDS.replace("module: gae", "module: cooking").replace("id: gae.", "id: cooking.")
OWN = {"cards/modules.yaml": OWN_MODULES, "cards/mine/cooking.yaml": OWN_CARDS}


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def builtin(tmp_path: Path) -> Path:
    return write(tmp_path / "builtin")


def own(tmp_path: Path, files: dict[str, str]) -> Path:
    return write(tmp_path / "own", files)


def test_a_deck_answers_for_all_it_holds(builtin: Path, cache: Path) -> None:
    deck = Deck.open([builtin], cache)
    assert list(deck.modules()) == ["mdp", "gae"]
    assert (deck.module("mdp").planned, deck.module("gae").planned) == (True, False)
    assert deck.card_ids() == ["gae.trade", "gae.compute"]
    assert [card.id for card in deck.cards("gae")] == ["gae.trade", "gae.compute"]
    assert [item.id for item in deck.items("gae")] == deck.item_ids("gae") == ["gae.q.zero"]
    assert [question.id for question in deck.questions("gae")] == deck.question_ids() == ["gae.i.why"]
    assert deck.item("gae.q.zero").level == 2
    assert deck.question("gae.i.why").minutes == 3
    assert [day.modules for day in deck.plan("14-day").days] == [("mdp",), ("gae",)]
    assert [plan.name for plan in deck.plans()] == ["14-day"]
    assert [level.modules for level in deck.levels()] == [("mdp", "gae")]
    assert deck.source("paper").authors == "One, Two"
    assert list(deck.sources()) == ["paper"]
    assert [area.title.zh for area in deck.areas()] == ["强化学习"]
    assert deck.counts() == {"gae": 2}
    assert deck.counts(RecordKind.ITEM) == {"gae": 1}
    assert deck.folders == (builtin,)
    assert deck.folder_of("gae.q.zero") == builtin
    assert deck.place_of("gae.compute") == (
        builtin / "cards/rl/gae.yaml",
        line_of(CARDS, "  - id: gae.compute"),
    )
    assert deck.line_of("gae.trade", ("numbers", "ratio")) == (
        builtin / "cards/rl/gae.yaml",
        line_of(CARDS, "ratio: {"),
    )
    assert deck.line_of("gae.trade", ("numbers", "gone")) == (
        builtin / "cards/rl/gae.yaml",
        line_of(CARDS, "numbers:"),
    )


def test_new_cards_come_by_module_along_the_plan_and_then_as_files_have_them(
    builtin: Path, cache: Path, tmp_path: Path
) -> None:
    deck = Deck.open([builtin, own(tmp_path, OWN)], cache)
    assert list(deck.entries()) == [
        Entry(card, card.partition(".")[0], position, "trade" if card.endswith("trade") else "")  # type: ignore[arg-type]  # ids are texts
        for position, card in enumerate(["gae.trade", "gae.compute", "cooking.trade", "cooking.compute"])
    ]
    assert deck.order() == ["mdp", "gae", "cooking"]
    assert deck.order(None) == ["mdp", "gae", "cooking"]
    assert deck.order("no-such-plan") == ["mdp", "gae", "cooking"]


def test_a_learners_deck_may_add_cards_to_a_module_of_the_built_in_one(
    builtin: Path, cache: Path, tmp_path: Path
) -> None:
    extra = f"module: gae\nas_of: 2026-11\ncards:\n{CALCULATE.replace('gae.compute', 'gae.extra')}"
    deck = Deck.open([builtin, own(tmp_path, {"cards/my.yaml": extra})], cache)
    assert deck.card_ids("gae") == ["gae.trade", "gae.compute", "gae.extra"]
    assert deck.folder_of(deck.card("gae.extra")) == tmp_path / "own"
    assert deck.folder_of(deck.card("gae.trade")) == builtin
    assert deck.search("weighted") == ["gae.compute", "gae.extra"]


@pytest.mark.parametrize(
    ("files", "key", "says"),
    [
        ({"cards/my.yaml": CARDS}, "gae.trade", "there is a card of this id in the deck"),
        ({"cards/modules.yaml": MODULES}, "mdp", "there is a module of this id in the deck"),
        (
            {"cards/sources.yaml": FILES["cards/sources.yaml"].replace("2016", "2017")},
            "paper",
            "there is a source of this id",
        ),
        ({"cards/my.yaml": OWN_CARDS}, "module", "is 'cooking', which no modules.yaml defines"),
        (
            {**OWN, "cards/modules.yaml": OWN_MODULES.replace("[gae]", "[ppo]")},
            "cooking.requires",
            "names 'ppo'",
        ),
        (
            {**OWN, "cards/modules.yaml": OWN_MODULES.replace("area: mine", "area: x")},
            "cooking.area",
            "is no area",
        ),
        (
            {**OWN, "cards/modules.yaml": OWN_MODULES.replace("[gae]", "[cooking]")},
            "cooking.requires",
            "in a ring: cooking -> cooking",
        ),
        (
            {
                "cards/x.md": "",
                "quizzes/levels.yaml": "levels:\n  - {id: L9, title: {en: a, zh: 级}, modules: [x]}\n",
            },
            "L9.modules",
            "names 'x'",
        ),
        (
            {
                "cards/x.md": "",
                "quizzes/plans/p.yaml": FILES["quizzes/plans/14-day.yaml"]
                .replace("14-day", "p")
                .replace("[gae]", "[x]"),
            },
            "days",
            "names 'x'",
        ),
    ],
)
def test_what_does_not_fit_together_is_one_clear_error(
    builtin: Path, cache: Path, tmp_path: Path, files: dict[str, str], key: str, says: str
) -> None:
    folders = [builtin, own(tmp_path, files)]
    for _ in range(2):  # found by looking, then remembered
        with pytest.raises(ContentError) as raised:
            Deck.open(folders, cache)
        assert raised.value.key == key
        assert says in raised.value.message
        assert raised.value.file.is_relative_to(tmp_path / "own")
        assert raised.value.line > 0
    Deck.open([builtin], cache)


def test_two_decks_may_list_the_same_source(builtin: Path, cache: Path, tmp_path: Path) -> None:
    files = {**OWN, "cards/sources.yaml": FILES["cards/sources.yaml"]}
    assert list(Deck.open([builtin, own(tmp_path, files)], cache).sources()) == ["paper"]


def test_an_id_that_two_files_have_is_an_error_until_one_is_gone(builtin: Path, cache: Path) -> None:
    write(builtin, {"cards/rl/again.yaml": CARDS})
    problems = Deck.open([builtin], cache, strict=False).problems()
    assert [(problem.file.name, problem.line, problem.key) for problem in problems] == [
        ("gae.yaml", 4, "gae.trade"),
        ("gae.yaml", line_of(CARDS, "  - id: gae.compute"), "gae.compute"),
    ]
    assert "in cards/rl/again.yaml too" in problems[0].message
    (builtin / "cards/rl/again.yaml").unlink()
    assert Deck.open([builtin], cache).problems() == []


def test_strict_raises_the_first_problem_and_lenient_keeps_what_is_sound(builtin: Path, cache: Path) -> None:
    write(builtin, {"cards/rl/gae.yaml": CARDS.replace("difficulty: 2", "difficulty: 9")})
    with pytest.raises(ContentError, match=r"gae.yaml:22: gae.trade.difficulty: is 9; it goes from 1 to 5"):
        Deck.open([builtin], cache)
    deck = Deck.open([builtin], cache, strict=False)
    assert deck.card_ids() == ["gae.compute"]
    assert len(deck.problems()) == 1


def test_a_folder_without_cards_is_no_deck(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(InputError, match="There is no deck at"):
        Deck.open([tmp_path / "nothing"], cache)


def test_a_folder_named_twice_is_one_deck(builtin: Path, cache: Path) -> None:
    assert Deck.open([builtin, builtin / ".." / "builtin"], cache).folders == (builtin,)


def test_unknown_names_are_answered_with_the_nearest(builtin: Path, cache: Path) -> None:
    deck = Deck.open([builtin], cache)
    for ask, near in (
        (lambda: deck.card("gae.trad"), "gae.trade"),
        (lambda: deck.item("gae.q.zer"), "gae.q.zero"),
        (lambda: deck.question("gae.i.wy"), "gae.i.why"),
        (lambda: deck.module("gaee"), "gae"),
        (lambda: deck.plan("14day"), "14-day"),
        (lambda: deck.source("papers"), "paper"),
        (lambda: deck.folder_of("gae.trad"), "gae.trade"),
    ):
        with pytest.raises(UnknownName) as raised:
            ask()
        assert near in raised.value.near
    assert not deck.has_card("gae.trad")


def test_locked_numbers_and_retired_ids_are_looked_up(builtin: Path, cache: Path) -> None:
    entry = {
        "value": 4.2,
        "error": 0.1,
        "demo": "gae",
        "demo_hash": "ab",
        "set": {"lam": 1.0, "logits": [0, 1]},
    }
    lock = {"versions": {"numpy": "2"}, "slots": {"gae.trade#ratio": entry, "gae.trade#on": {"value": 1}}}
    write(
        builtin,
        {
            "cards/numbers.lock.json": json.dumps(lock),
            "cards/ids.lock": "gae.trade\ngae.old -> gae.trade\ngae.older -> nothing  # merged\n",
        },
    )
    deck = Deck.open([builtin], cache)
    number = deck.numbers["gae.trade#ratio"]
    assert (number.value, number.error, number.demo, number.set) == (
        4.2,
        0.1,
        "gae",
        {"lam": 1.0, "logits": (0, 1)},
    )
    assert deck.numbers["gae.trade#on"].error is None
    assert sorted(deck.numbers) == ["gae.trade#on", "gae.trade#ratio"]
    assert len(deck.numbers) == 2
    assert "gae.trade#off" not in deck.numbers
    assert deck.retired() == {"gae.old": "gae.trade", "gae.older": None}


@pytest.mark.parametrize(
    ("name", "text", "line", "says"),
    [
        ("cards/numbers.lock.json", "{", 1, "is not JSON"),
        ("cards/numbers.lock.json", "[]", 1, "check --update"),
        ("cards/numbers.lock.json", '{"slots": {"a#b": {"value": "x"}}}', 0, "is not a locked number"),
        ("cards/numbers.lock.json", '{"slots": {"a#b": {"value": NaN}}}', 0, "is not a locked number"),
        ("cards/numbers.lock.json", "[" * 100_000, 0, "is not JSON"),
        ("cards/ids.lock", "gae.a\ngae.b -> \n", 2, "wants an id"),
        ("cards/ids.lock", "gae.a\n\n# note\ngae.a\n", 4, "first in line 1"),
    ],
)
def test_a_broken_lock_is_a_problem_with_its_line(
    builtin: Path, cache: Path, name: str, text: str, line: int, says: str
) -> None:
    write(builtin, {name: text})
    (problem,) = Deck.open([builtin], cache, strict=False).problems()
    assert (problem.file, problem.line) == (builtin / name, line)
    assert says in problem.message
