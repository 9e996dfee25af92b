from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from llmcore_tui.content.deck import Deck
from llmcore_tui.content.ids_lock import add_new
from llmcore_tui.content.lint import lint
from llmcore_tui.content.problem import Problem
from llmcore_tui.content.rules.cited import is_stale
from llmcore_tui.content.rules.demos import Declared
from llmcore_tui.content.tally import tally
from tests.content.small import CALCULATE, CARDS, EXPLAIN, FILES, ITEMS, PLAN, SOURCES, line_of, write

TODAY = date(2026, 11, 22)
DEMOS = {
    "gae": Declared(flags={"lam", "gamma"}, numbers={"std", "advantage_0"}),
    "mdp": Declared(flags={"gamma"}, numbers={"start_value"}),
}
CARD_FILE, ITEM_FILE, PLAN_FILE = "cards/rl/gae.yaml", "quizzes/items/gae.yaml", "quizzes/plans/14-day.yaml"
INTERVIEW_FILE = "quizzes/interviews/gae.yaml"
BUILTIN_ONLY = (
    "cards of 8",
    "kinds of cards",
    "has no spot_error",
    "has no diagnose",
    "quiz items of",
    "questions of 3",
)


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A built-in deck without cards, so that the deck under test is a learner's."""
    modules = FILES["cards/modules.yaml"].replace("id: mdp", "id: other").replace("id: gae", "id: others")
    return write(
        tmp_path / "empty",
        {"cards/modules.yaml": modules.replace("requires: [mdp]", "requires: []"), "cards/ids.lock": ""},
    )


def problems(
    folders: list[Path], today: date = TODAY, demos: dict[str, Declared] | None = None
) -> list[Problem]:
    deck = Deck.open(folders, folders[0] / "cache", strict=False)
    return lint(deck, today, DEMOS if demos is None else demos)


def with_files(tmp_path: Path, files: dict[str, str]) -> list[Path]:
    deck = write(tmp_path / "deck", files)
    add_new(deck, ["gae.trade", "gae.compute", "gae.q.zero", "gae.i.why"])
    return [deck]


def notable(found: list[Problem]) -> Iterator[Problem]:
    """Without what any deck of two cards lacks, and without the one citation from memory."""
    for problem in found:
        if not any(part in problem.message for part in (*BUILTIN_ONLY, "from memory")):
            yield problem


def test_a_sound_deck_has_nothing_to_say_but_what_it_lacks_and_cites_from_memory(tmp_path: Path) -> None:
    found = problems(with_files(tmp_path, FILES))
    assert list(notable(found)) == []
    assert [(each.severity, each.key) for each in found if "from memory" in each.message] == [
        ("warning", "gae.compute.sources[0].read")
    ]


# file, what is replaced, by what, the text whose line is named, key, severity, what is said
FAULTS = [
    # slots
    (CARD_FILE, "是原来的 {ratio} 倍", "变大", "answer:", "gae.trade.answer", "error", "other slots in en than in zh: {ratio}"),
    (CARD_FILE, "{en: Sampled returns scatter., zh: 采样回报本身就分散。}", "{en: 'It is {x}.', zh: '是 {x}。'}", "brief: {en: 'It", "gae.trade.brief", "error", "the slot {x}, which numbers and vary do not have"),
    (CARD_FILE, "      ratio: {demo", "      unused: {demo: gae, key: std, within: 0}\n      ratio: {demo", "unused:", "gae.trade.numbers.unused", "error", "is used in no text"),
    (CARD_FILE, "      ratio: {demo", "      off: {demo: gae, key: std, within: 0}\n      ratio: {demo", "off:", "gae.trade.numbers.off", "error", "under which the lock keeps the predicted number"),
    (CARD_FILE, "Sampled returns scatter.", "'A {b.'", "brief: {en: 'A", "gae.trade.brief.en", "error", "brace that belongs to no slot"),
    (CARD_FILE, "Sampled returns scatter.", "It costs a $.", "brief: {en: It c", "gae.trade.brief.en", "error", "opens or closes no formula"),
    (CARD_FILE, "see $\\lambda^{2}$.", "see $\\lambda^{ratio}$.", "en: The spread", "gae.trade.answer.en", "warning", "{ratio} inside a formula"),
    (CARD_FILE, "What is the estimate at λ = {lam}?", "Which estimate?", "ask: {en: \"Which", "gae.compute.ask", "error", "other slots"),
    (CARD_FILE, "vary: {lam: [0, 0.5, 1]}", "vary: {lam: [0, 0.5, 1], gamma: [0.5, 1]}", "vary:", "gae.compute.vary.gamma", "error", "drawn but not shown in ask"),
    (CARD_FILE, 'zh: "λ = {lam} 时估计值是多少？"}', 'zh: "λ = {lam} 时估计值是多少？"}\n    hint: {en: "{result}", zh: "{result}"}', "hint:", "gae.compute.hint", "error", "gives the result away"),
    # prose
    (CARD_FILE, "Sampled returns scatter.", "It is 42 times.", "brief: {en: It is", "gae.trade.brief.en", "error", "typed by hand: 42"),
    (CARD_FILE, "采样回报本身就分散。", "是１２倍。", "brief:", "gae.trade.brief.zh", "error", "typed by hand: 是１２倍"),
    (CARD_FILE, "variance grows, zh", "grows by 50 %, zh", "id: variance", "gae.trade.points[0].say.en", "error", "typed by hand: 50"),
    (CARD_FILE, "采样回报本身就分散。", "the sampled returns scatter a lot", "brief:", "gae.trade.brief.zh", "error", "is not in Chinese"),
    (CARD_FILE, "Sampled returns scatter.", "Sampled 回报.", "brief:", "gae.trade.brief.en", "error", "Chinese in its English text"),
    (CARD_FILE, "Why does the spread grow with λ?", "Does the spread grow with λ?", "ask: {en: Does", "gae.trade.ask.en", "error", "yes or no"),
    (CARD_FILE, "为什么 λ 变大时离散程度会变大？", "λ 变大时离散程度会变大吗？", "ask: {en: Why", "gae.trade.ask.zh", "error", "yes or no"),
    (CARD_FILE, "Why does the spread grow with λ?", "Why does this grow?", "ask: {en: Why does this", "gae.trade.ask.en", "warning", "stands alone"),
    (CARD_FILE, "en: The spread is {ratio} times", "en: |\n" + "".join(f"        - {word}\n" for word in "abcdef") + "        The spread is {ratio} times", "      en: |", "gae.trade.answer.en", "error", "lists 6 things"),
    (CARD_FILE, "Sampled returns scatter.", "word " * 80, "brief:", "gae.trade.brief.en", "warning", "takes about 32 s to say; it has 30"),
    (CARD_FILE, "采样回报本身就分散。", "字" * 151, "brief:", "gae.trade.brief.zh", "warning", "s to say; it has 30"),
    (INTERVIEW_FILE, "{en: A sum., zh: 求和。}", "{en: " + "word " * 160 + ", zh: 求和。}", "mechanism:", "gae.i.why.model_answer.mechanism.en", "warning", "takes about 64 s to say; it has 60"),
    (PLAN_FILE, "Say it.", "Say 3 things.", "day: 1", "days[0].must_say.en", "error", "typed by hand: 3"),
    (PLAN_FILE, "讲清楚。", "Say it very clearly now.", "day: 1", "days[0].must_say.zh", "error", "not in Chinese"),
    # claims
    (CARD_FILE, "    demo: {name: gae}\n", "", "  - id: gae.compute", "gae.compute", "error", "has no demo, but its module has gae"),
    (CARD_FILE, "demo: {name: gae}", "demo: {name: gaee}", "demo: {name: gaee}", "gae.compute.demo.name", "error", "did you mean gae?"),
    (CARD_FILE, "demo: {name: gae, set: {lam: 0.95}", "demo: {name: gae, set: {lamb: 0.95}", "demo: {name: gae, set: {lamb", "gae.trade.demo.set.lamb", "error", "no flag of gae called 'lamb'; did you mean lam?"),
    (CARD_FILE, "predict: std", "predict: sdt", "predict: sdt", "gae.trade.demo.predict", "error", "did you mean std?"),
    (CARD_FILE, "key: std, over", "key: rms, over", "ratio:", "gae.trade.numbers.ratio.key", "error", "no number of gae called 'rms'"),
    (CARD_FILE, "over: {lam: 0.0}", "over: {mu: 0.0}", "ratio:", "gae.trade.numbers.ratio.over.mu", "error", "no flag of gae called 'mu'"),
    (CARD_FILE, "key: advantage_0", "key: advantage", "result:", "gae.compute.result.key", "error", "did you mean advantage_0?"),
    (CARD_FILE, "result: {demo: gae", "result: {demo: ppo", "result:", "gae.compute.result.demo", "error", "no demo called 'ppo'"),
    # sources
    (CARD_FILE, "[{cite: paper, where: eq. 16, read: 2026-11-22}]", "[{cite: papre, where: eq. 16, read: 2026-11-22}]", "papre", "gae.trade.sources[0].cite", "error", "no sources.yaml lists"),
    (CARD_FILE, "read: 2026-11-22", "read: 2026-11-23", "read: 2026-11-23", "gae.trade.sources[0].read", "error", "still to come"),
    (CARD_FILE, "ratio: {demo: gae, set: {lam: 1.0}, key: std, over: {lam: 0.0}, format: \".1f\", within: 5%}", "ratio: {quote: 3, unit: GB, cite: x, where: t}", "ratio:", "gae.trade.numbers.ratio.cite", "error", "no sources.yaml lists"),
    (CARD_FILE, "neighbours: [mdp]", "neighbours: [mpd]", "neighbours", "gae.trade.neighbours[0]", "error", "no module"),
    # quiz items, plans, ids
    (ITEM_FILE, "{say: {en: the mean, zh: 平均值}", "{say: {en: one step, zh: 平均值}", "- {say: {en: one step", "gae.q.zero.wrong[1].say.en", "error", "the same as another option"),
    (PLAN_FILE, "modules: [gae]\n", "modules: [gae]\n    cards: [gae.gone]\n", "cards: [gae.gone", "days[1].cards[0]", "error", "no card"),
    (PLAN_FILE, "    checkpoint: {quiz: 0.8, predictions: 1, cards: 2, timed: 1}\n", "", "- day: 2", "days[1]", "error", "has no checkpoint"),
    (INTERVIEW_FILE, "must: true, ", "", "points:", "gae.i.why.points", "error", "no point that an answer must say"),
    ("cards/modules.yaml", "zh: 优势估计", "zh: this is not in Chinese", "{id: gae", "gae.title.zh", "error", "not in Chinese"),
    ("cards/modules.yaml", "demos: [gae]", "demos: [gae, gone]", "{id: gae", "gae.demos", "error", "names 'gone', which is no demo"),
    ("quizzes/levels.yaml", "en: First", "en: 第一", "{id: L1", "L1.title.en", "error", "Chinese in its English text"),
    (CARD_FILE, "id: gae.compute\n", "id: gae.computed\n", "", "gae.compute", "error", "is gone from the deck"),
    (CARD_FILE, "id: gae.compute\n", "id: gae.computed\n", "", "gae.computed", "error", "not in ids.lock yet"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "at", "key", "severity", "says"), FAULTS)
def test_every_fault_is_found_where_it_is(
    tmp_path: Path, name: str, old: str, new: str, at: str, key: str, severity: str, says: str
) -> None:
    where = FILES[name].index(old)
    text = FILES[name][:where] + new + FILES[name][where + len(old) :]
    found = list(notable(problems(with_files(tmp_path, {**FILES, name: text}))))
    line = line_of(text, at) if at else 0
    shown = [(each.line, each.key, each.severity, each.message) for each in found]
    assert any((line, key, severity) == each[:3] and says in each[3] for each in shown), (line, shown)


@pytest.mark.parametrize(
    "text",
    [
        "Llama-3 in fp16 with L1, GPT-4o, FrozenLake-v1, Qwen2.5-72b and k3.",
        "At $\\lambda=0.95$ it is {ratio}.",
        "`x[0] = y` and\n```\nn = 3\n```\nhold.",
        "1. First\n2. Second",
        "Called TD(0) by all.",
    ],
)
def test_names_formulas_code_lists_and_allowed_words_may_have_digits(tmp_path: Path, text: str) -> None:
    brief = "{en: Sampled returns scatter., zh: 采样回报本身就分散。}"
    block = "".join(f"        {line}\n" for line in text.splitlines())
    new = f"\n      en: |\n{block}      zh: |\n        中文\n{block}".rstrip()
    literals = "allowed:\n  - {word: TD(0), why: its name}\n"
    files = {**FILES, CARD_FILE: CARDS.replace(brief, new), "cards/literals.yaml": literals}
    assert list(notable(problems(with_files(tmp_path, files)))) == []


def test_what_is_wrong_on_purpose_may_have_a_wrong_number(tmp_path: Path) -> None:
    cards = CARDS.replace("There is always bias.", "It is 12 times.").replace("总有偏差。", "是 12 倍。")
    items = ITEMS.replace("full return, zh: 完整回报", "'12', zh: '12'")
    files = {**FILES, CARD_FILE: cards, ITEM_FILE: items}
    assert list(notable(problems(with_files(tmp_path, files)))) == []


@pytest.mark.parametrize(
    "ask",
    [
        "Is PPO on- or off-policy?",
        "Does it grow, and why?",
        "The loss is zero. How can it learn?",
        "Explain it: is it biased?",
    ],
)
def test_a_question_that_asks_more_than_yes_or_no_is_fine(tmp_path: Path, ask: str) -> None:
    cards = CARDS.replace("{en: Why does the spread grow with λ?,", "{en: '" + ask + "',")
    assert list(notable(problems(with_files(tmp_path, {**FILES, CARD_FILE: cards})))) == []


def test_two_cards_that_ask_the_same_are_found_however_it_is_put(tmp_path: Path) -> None:
    again = EXPLAIN.replace("gae.trade", "gae.again").replace(
        "Why does the spread grow with λ?", "With λ why does spread grow?"
    )
    found = problems(with_files(tmp_path, {**FILES, CARD_FILE: CARDS + again}))
    (same,) = [problem for problem in found if "asks the same" in problem.message]
    assert (same.severity, same.key, same.message) == ("error", "gae.again.ask", "asks the same as gae.trade")


def test_two_cards_that_ask_nearly_the_same_are_a_warning_and_others_are_not(tmp_path: Path) -> None:
    def asked(en: str, zh: str) -> list[Problem]:
        again = EXPLAIN.replace("gae.trade", "gae.again").replace("Why does the spread grow with λ?", en)
        again = again.replace("为什么 λ 变大时离散程度会变大？", zh)
        found = problems(with_files(tmp_path, {**FILES, CARD_FILE: CARDS + again}))
        return [problem for problem in found if "same" in problem.message]

    (near,) = asked("Why does the spread grow so with λ?", "为什么 λ 变大时离散程度也会变大？")
    assert (near.severity, near.key) == ("warning", "gae.again.ask")
    assert asked("Why does the bias fall with λ?", "为什么 λ 变大时偏差会变小？") == []


def test_a_module_lacks_what_it_lacks(tmp_path: Path) -> None:
    found = {problem.message for problem in problems(with_files(tmp_path, FILES)) if problem.key == "gae"}
    assert found == {
        "has 2 cards of 8",
        "has 2 kinds of cards of 5",
        "has no spot_error card",
        "has no diagnose card",
        "has 1 quiz items of 5",
        "has 1 interview questions of 3",
    }


def test_style_is_a_warning_in_a_learners_deck_and_nothing_is_lacking_there(
    tmp_path: Path, empty: Path
) -> None:
    cards = CARDS.replace("Why does the spread grow with λ?", "Does the spread grow with λ?")
    own = write(tmp_path / "own", {**FILES, CARD_FILE: cards})
    found = [problem for problem in problems([empty, own]) if problem.file.is_relative_to(own)]
    assert [(each.severity, each.key) for each in found] == [
        ("warning", "gae.trade.ask.en"),
        ("warning", "gae.compute.sources[0].read"),
    ]


def test_a_plan_that_teaches_too_early_is_wrong_unless_its_order_is_given(tmp_path: Path) -> None:
    turned = (
        PLAN.replace("modules: [mdp]", "modules: [X]")
        .replace("modules: [gae]", "modules: [mdp]")
        .replace("[X]", "[gae]")
    )
    found = list(notable(problems(with_files(tmp_path, {**FILES, PLAN_FILE: turned}))))
    assert ("days[0].modules", "teaches gae before mdp, which it requires") in [
        (each.key, each.message) for each in found
    ]
    kept = turned.replace("days:\n", "order: given\ndays:\n")
    found = list(notable(problems(with_files(tmp_path, {**FILES, PLAN_FILE: kept}))))
    assert not any("before" in each.message for each in found)


def test_old_content_is_a_warning_after_eighteen_months(tmp_path: Path) -> None:
    folders = with_files(tmp_path, FILES)
    assert not [each for each in problems(folders, date(2028, 5, 31)) if each.key == "as_of"]
    old = [each for each in problems(folders, date(2028, 6, 1)) if each.key == "as_of"]
    assert {(each.severity, each.file.name, each.line) for each in old} == {("warning", "gae.yaml", 2)}
    assert len(old) == 3
    assert not is_stale("2026-11", date(2026, 1, 1))


def test_a_file_that_is_passed_over_or_misplaced_is_named(tmp_path: Path, empty: Path) -> None:
    moved = {name.replace("cards/rl/gae", "cards/rl/advantages"): text for name, text in FILES.items()}
    extra = {"cards/rl/more.yml": CARDS, "cards/rl/deep/more.yaml": CARDS, "quizzes/more.yaml": ITEMS}
    (deck,) = with_files(tmp_path, {**moved, **extra})
    found = [(each.severity, each.file.relative_to(deck).as_posix()) for each in notable(problems([deck]))]
    assert found == [
        ("error", "cards/rl/advantages.yaml"),
        ("warning", "cards/rl/deep/more.yaml"),
        ("warning", "cards/rl/more.yml"),
        ("warning", "quizzes/more.yaml"),
    ]
    assert not any(
        each.file.name == "advantages.yaml" and each.severity == "error" for each in problems([empty, deck])
    )


def test_without_knowing_the_demos_claims_are_not_judged(tmp_path: Path) -> None:
    folders = with_files(tmp_path, {**FILES, CARD_FILE: CARDS.replace("predict: std", "predict: sdt")})
    deck = Deck.open(folders, tmp_path / "cache", strict=False)
    assert list(notable(lint(deck, TODAY))) == []


def test_problems_come_by_file_and_line_and_the_same_every_time(tmp_path: Path) -> None:
    files = {**FILES, CARD_FILE: CARDS.replace("Sampled", "4 sampled").replace("A weighted", "5 weighted")}
    folders = with_files(tmp_path, files)
    first = problems(folders)
    assert first == problems(folders)
    assert [(str(each.file), each.line) for each in first] == sorted(
        (str(each.file), each.line) for each in first
    )


def test_new_ids_are_added_to_the_lock_and_none_is_ever_taken_out(tmp_path: Path) -> None:
    deck = write(tmp_path / "deck")
    assert add_new(deck, ["gae.b", "gae.a"]) == ["gae.a", "gae.b"]
    lock = deck / "cards/ids.lock"
    lock.write_text(lock.read_text().replace("gae.a\n", "gae.a -> gae.b\n"))
    assert add_new(deck, ["gae.b", "gae.c"]) == ["gae.c"]
    assert [line for line in lock.read_text().splitlines() if not line.startswith("#")] == [
        "gae.a -> gae.b",
        "gae.b",
        "gae.c",
    ]
    assert add_new(deck, ["gae.b", "gae.c"]) == []
    assert sorted(file.name for file in (deck / "cards").iterdir()) == [
        "ids.lock",
        "modules.yaml",
        "rl",
        "sources.yaml",
    ]


@pytest.mark.parametrize(
    ("lock", "key", "says"),
    [
        ("gae.trade -> nothing\n", "gae.trade", "retired but still in the deck"),
        ("gae.old -> gae.gone\n", "gae.old", "replaced by 'gae.gone'"),
    ],
)
def test_a_retired_id_stays_retired_and_its_replacement_exists(
    tmp_path: Path, lock: str, key: str, says: str
) -> None:
    deck = write(tmp_path / "deck", {**FILES, "cards/ids.lock": lock})
    assert any(each.key == key and says in each.message for each in problems([deck]))


def test_an_id_is_not_called_gone_while_its_card_cannot_be_read(tmp_path: Path) -> None:
    files = {**FILES, CARD_FILE: CARDS.replace("difficulty: 2", "difficulty: 9")}
    found = problems(with_files(tmp_path, files))
    assert [each.key for each in found if each.severity == "error" and "gae.trade" in each.key] == [
        "gae.trade.difficulty"
    ]


def test_the_built_in_deck_needs_a_lock_of_ids_and_a_learners_does_not(tmp_path: Path, empty: Path) -> None:
    own = write(tmp_path / "own")
    assert any("is missing" in each.message for each in problems([own]))
    assert not any("ids.lock" in str(each) for each in problems([empty, own]))


def test_the_tally_counts_what_there_is(tmp_path: Path) -> None:
    quoted = CARDS.replace(
        "    neighbours: [mdp]",
        "      cost: {quote: 3, unit: GB, cite: paper, where: t}\n    neighbours: [mdp]",
    )
    deck = Deck.open(
        with_files(tmp_path, {**FILES, CARD_FILE: quoted, "cards/sources.yaml": SOURCES}), tmp_path / "cache"
    )
    counted = tally(deck, TODAY)
    assert (counted.cards, counted.items, counted.questions) == (2, 1, 1)
    assert (counted.modules, counted.planned) == (1, 1)
    assert (counted.computed, counted.quotes, counted.from_memory, counted.stale) == (2, 1, 1, 0)
    assert tally(deck, date(2030, 1, 1)).stale == 4
    assert CALCULATE in CARDS
