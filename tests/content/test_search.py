from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_tui.content.deck import Deck
from llmcore_tui.content.index.words import has_chinese, indexed, query
from tests.content.small import CARDS, FILES, write


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Deck:
    folder = tmp_path_factory.mktemp("deck")
    cards = CARDS.replace("It is {result}.", r"Beware of C++, \"quotes\" and AND, KL (λ=0).")
    cards = cards.replace("加权和。", "对 TD 误差按 γλ 的幂加权求和。")
    return Deck.open([write(folder, {**FILES, "cards/rl/gae.yaml": cards})], folder / "cache", strict=False)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("spread", ["gae.trade"]),
        ("SPREAD grow", ["gae.trade"]),
        ("spre", ["gae.trade"]),
        ("weighted sum", ["gae.compute"]),
        ("spread weighted", []),
        ("pread", []),
        ("noisier", ["gae.trade"]),
        ("KL", ["gae.compute"]),
        ("K", []),
        ("λ", ["gae.compute", "gae.trade"]),
        ("方差", ["gae.trade"]),
        ("方差变大", ["gae.trade"]),
        ("价值网络精确时", ["gae.trade"]),
        ("误差", ["gae.compute"]),
        ("差误", []),
        ("幂", ["gae.compute"]),
        ("TD误差", ["gae.compute"]),
        ("TD 误差 加权", ["gae.compute"]),
        ("trade-off", []),
        ("gae.trade", ["gae.trade"]),
        ("variance", ["gae.trade"]),
    ],
)
def test_words_are_found_in_both_languages(deck: Deck, text: str, found: list[str]) -> None:
    assert sorted(deck.search(text)) == found


@pytest.mark.parametrize(
    "text",
    [
        '"',
        '""',
        "AND",
        "a AND",
        "OR OR",
        "NOT x",
        "NEAR(a b)",
        "ask:spread",
        "^spread",
        "spread*",
        "(",
        "{a b}: c",
        "-x",
        "+",
        "%",
        "_",
        "'",
        "\\",
        "\0",
    ],
)
def test_operators_of_the_search_engine_are_plain_text(deck: Deck, text: str) -> None:
    assert set(deck.search(text)) <= {"gae.compute", "gae.trade"}


def test_an_operator_finds_the_card_that_has_it_as_a_word(deck: Deck) -> None:
    assert deck.search("AND") == ["gae.compute"]
    assert deck.search("ask:spread") == []
    assert deck.search('"quotes"') == ["gae.compute"]


@given(st.text(max_size=30))
def test_no_query_fails(deck: Deck, text: str) -> None:
    deck.search(text)


def test_tags_are_a_cards_own_or_its_modules(deck: Deck) -> None:
    assert deck.search(tag="variance") == ["gae.trade"]
    assert deck.search(tag="VARIANCE") == ["gae.trade"]
    assert deck.search(tag="bellman") == []
    assert deck.search(tag="varian") == []
    assert deck.search("spread", tag="variance", module="gae") == ["gae.trade"]
    assert deck.search("weighted", tag="variance") == []
    assert deck.search(module="mdp") == []
    assert deck.search(module="gae", limit=1) == ["gae.trade"]
    assert deck.search(limit=0) == []


def test_a_card_whose_question_has_the_word_comes_before_one_whose_answer_does(tmp_path: Path) -> None:
    cards = CARDS.replace(
        "{en: A weighted sum., zh: 加权和。}", "{en: A spread spread spread sum., zh: 加权和。}"
    )
    opened = Deck.open(
        [write(tmp_path, {**FILES, "cards/rl/gae.yaml": cards})], tmp_path / "cache", strict=False
    )
    assert opened.search("spread") == ["gae.trade", "gae.compute"]


@given(st.text(alphabet="方差变大误策略", min_size=1, max_size=8), st.integers(0, 7), st.integers(1, 8))
def test_every_part_of_a_chinese_text_is_found_in_it(text: str, start: int, length: int) -> None:
    import sqlite3

    part = text[start : start + length] or text
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE t USING fts5(x, tokenize='unicode61')")
    database.execute("INSERT INTO t VALUES (?)", (indexed(f"A {text}b"),))
    assert database.execute("SELECT count(*) FROM t WHERE t MATCH ?", (query(part),)).fetchone() == (1,)
    database.close()


def test_what_counts_as_chinese() -> None:
    assert has_chinese("a 方")
    assert not has_chinese("λ → γ, “a” — ½")
