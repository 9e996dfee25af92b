"""A small deck with an interview question, a demo with curves, and an empty log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from llmcore_progress import Progress, Settings
from llmcore_tui.brief import compose
from llmcore_tui.brief.compose import Composer
from llmcore_tui.brief.document import Brief
from llmcore_tui.brief.measured import Lab
from llmcore_tui.brief.weak import Missed
from llmcore_tui.content.bilingual import Language
from llmcore_tui.content.deck import Deck
from llmcore_tui.lab.library import Library
from llmcore_tui.lab.run import Runner, outcome_here

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

DEMO = '''
"""Doubling."""

from __future__ import annotations

from typing import Annotated

from llmcore_tui.lab import Estimate, Flag, Number, Off, Result, Series, main

TITLE = {"en": "Doubling <b>", "zh": "翻倍 <b>"}
FORMULA = r"y=2x"
NUMBERS = {
    "share": Number("the share | of x", "x 的占比"),
    "doubled": Number("what comes out", "输出", unit="GB", kind="statistical"),
}
OFF = Off({"double": False}, moves={"doubled": "down"})
SAYS = {"en": "{x:g} became {doubled:g}.", "zh": "{x:g} 变成了 {doubled:g}。"}


def run(
    x: Annotated[float, Flag("what goes in", "输入", low=0, high=100)] = 2.0,
    double: Annotated[bool, Flag("whether to double", "是否翻倍")] = True,
) -> Result:
    y = x * 2 if double else x
    return Result(
        numbers={"share": x / 100, "doubled": Estimate(y, 0.1, 9)},
        ran="formula",
        series=[Series("doubled", "翻倍", [0.0, 1.0, 2.0], [0.0, y / 2, y], "x", "y")],
    )


if __name__ == "__main__":
    main(run)
'''

MODULES = """
areas:
  - {id: basics, title: {en: Basics, zh: 基础}}
modules:
  - {id: twice, area: basics, title: {en: Doubling, zh: 翻倍}, requires: [], demand: A, demos: [twice, unwritten]}
  - {id: thrice, area: basics, title: {en: Tripling, zh: 三倍}, requires: [twice], demand: B}
  - {id: later, area: basics, title: {en: Still to come, zh: 待写}, requires: [thrice], demand: A}
"""

SOURCES = """
sources:
  euclid: {title: Elements, authors: Euclid, year: 1900, url: "https://example.org/e", kind: book, read: 2026-11-22}
  lore: {title: Lore, authors: Anonymous, year: 1950, url: "https://example.org/l", kind: book, read: from memory}
"""

CITE = "sources: [{cite: euclid, where: book VII, read: 2026-11-22}]"
POINTS = """
    points:
      - {id: b, must: false, weight: 1, say: {en: It is even., zh: 是偶数。}}
      - {id: a, must: true, weight: 1, say: {en: It grows by $x$., zh: 增加 $x$。}}
      - {id: c, must: false, weight: 1, say: {en: It is exact., zh: 精确。}}
"""

TWICE = f"""
module: twice
as_of: 2026-11
cards:
  - id: twice.explain
    kind: explain
    ask: {{en: "Why does {{got}} come out of doubling?", zh: "翻倍为什么得到 {{got}}？"}}
    brief: {{en: Because of $2x$., zh: 因为 $2x$。}}
    answer: {{en: "It is **{{got}}** at most.", zh: "最多是 **{{got}}**。"}}
    formula: 'y=\\frac{{x}}{{1/2}}'
{POINTS}
    misconceptions:
      - {{id: halves, says: {{en: "It halves <i>x</i>.", zh: 它减半。}}, fix: {{en: It doubles., zh: 它翻倍。}}}}
    demo: {{name: twice, set: {{x: 3}}, predict: doubled, within: 5%}}
    numbers: {{got: {{demo: twice, set: {{x: 3}}, key: doubled, format: ".1f", within: 0}}}}
    neighbours: [thrice, later]
    {CITE}
    difficulty: 1
  - id: twice.compare
    kind: compare
    ask: {{en: Doubling or tripling?, zh: 翻倍还是三倍？}}
    brief: {{en: "Doubling adds $x$ once, *tripling* twice.", zh: "翻倍加一次 $x$，三倍加两次。"}}
    answer: {{en: Once., zh: 一次。}}
{POINTS}
    demo: {{name: twice, set: {{}}, predict: share, within: 5%}}
    neighbours: [thrice]
    sources: [{{cite: lore, where: the end, read: from memory}}]
    difficulty: 1
  - id: twice.compute
    kind: calculate
    ask: {{en: "What is twice {{x}}?", zh: "{{x}} 的两倍是多少？"}}
    brief: {{en: "Twice {{x}} is {{result}}.", zh: "{{x}} 的两倍是 {{result}}。"}}
    answer: {{en: "It is {{result}}.", zh: "是 {{result}}。"}}
    vary: {{x: [2, 3, 5]}}
    result: {{demo: twice, key: doubled, within: 1%, unit: GB, format: ".0f"}}
    demo: {{name: twice}}
    {CITE}
    difficulty: 1
"""

THRICE = f"""
module: thrice
as_of: 2026-10
cards:
  - id: thrice.explain
    kind: explain
    ask: {{en: Why three?, zh: 为什么是三？}}
    brief: {{en: Three is two and one., zh: 三是二加一。}}
    answer: {{en: Because., zh: 因为。}}
{POINTS}
    {CITE}
    difficulty: 1
  - id: thrice.tradeoff
    kind: tradeoff
    ask: {{en: What does three cost?, zh: 三的代价？}}
    brief: {{en: It costs one more., zh: 多一个。}}
    answer: {{en: One., zh: 一个。}}
{POINTS}
    neighbours: [twice]
    {CITE}
    difficulty: 1
"""

ITEMS = f"""
module: twice
as_of: 2026-11
items:
  - id: twice.q.half
    kind: typed
    ask: {{en: What undoes doubling?, zh: 翻倍的逆运算？}}
    accept: {{en: [halving], zh: [减半]}}
    explain: {{en: Halving undoes it., zh: 减半。}}
    {CITE}
    level: 1
"""

QUESTIONS = f"""
module: twice
as_of: 2026-12
questions:
  - id: twice.i.why
    ask: {{en: "Why double?", zh: "为什么要翻倍？"}}
    minutes: 3
    model_answer:
      problem: {{en: "Too little of $x$.", zh: "$x$ 太少。"}}
      mechanism: {{en: "Add it to itself, see `add`.", zh: "自己加自己，见 `add`。"}}
      run: {{en: "Three becomes {{got}}.", zh: "三变成 {{got}}。"}}
      engineering: {{en: "Mind the memory.", zh: "注意内存。"}}
    numbers: {{got: {{demo: twice, set: {{x: 3}}, key: doubled, format: ".0f", within: 0}}}}
{POINTS}
    misconceptions: [{{id: free, says: {{en: It is free., zh: 免费。}}, fix: {{en: It costs., zh: 有代价。}}}}]
    follow_ups:
      - when_missed: a
        ask: {{en: By how much?, zh: 多多少？}}
        points: [{{id: by, say: {{en: By $x$., zh: 多 $x$。}}}}]
    demo: {{name: twice, set: {{x: 3}}}}
    {CITE}
  - id: twice.i.when
    ask: {{en: When not?, zh: 何时不用？}}
    minutes: 3
    model_answer:
      problem: {{en: P., zh: 甲。}}
      mechanism: {{en: M., zh: 乙。}}
      run: {{en: R., zh: 丙。}}
      engineering: {{en: E., zh: 丁。}}
{POINTS}
    {CITE}
"""

PLAN = """
plan: doubling
title: {en: A day, zh: 一天}
days:
  - {day: 1, modules: [twice], must_say: {en: Doubling adds x., zh: 翻倍就是加 x。}}
"""


def write_deck(folder: Path) -> Path:
    """The files of the deck; its lock knows one number less than its cards need."""
    locked = {"value": 6.0, "error": 0.1, "demo": "twice", "demo_hash": "0", "set": {"x": 3}}
    lock = {
        "versions": {},
        "slots": {
            "twice.explain#got": locked,
            "twice.explain#on": locked,
            "twice.explain#off": {**locked, "value": 3.0},
        },
    }
    for name, text in {
        "cards/modules.yaml": MODULES,
        "cards/sources.yaml": SOURCES,
        "cards/basics/twice.yaml": TWICE,
        "cards/basics/thrice.yaml": THRICE,
        "cards/numbers.lock.json": json.dumps(lock),
        "quizzes/items/twice.yaml": ITEMS,
        "quizzes/interviews/twice.yaml": QUESTIONS,
        "quizzes/plans/doubling.yaml": PLAN,
        "demos/twice.py": DEMO.lstrip(),
    }.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def deck(tmp_path: Path) -> Iterator[Deck]:
    """The small deck, open."""
    opened = Deck.open([write_deck(tmp_path / "deck")], tmp_path / "cache")
    yield opened
    opened.close()


@pytest.fixture
def progress(tmp_path: Path) -> Iterator[Progress]:
    """An empty log."""
    with Progress.open(tmp_path / "log.sqlite", settings=Settings(zone=UTC, fuzz=False), now=NOW) as opened:
        yield opened


class Maker:
    """Makes briefs of the small deck."""

    def __init__(self, deck: Deck, progress: Progress) -> None:
        self.deck = deck
        self.progress = progress

    def __call__(
        self, language: Language = "en", *modules: str, runner: Runner | None = outcome_here
    ) -> Brief:
        lab = Lab(self.deck, Library(self.deck.folders), runner)
        chosen = [self.deck.module(name) for name in modules or self.deck.order()]
        composer = Composer(self.deck, lab, language, Missed(self.progress, UTC))
        return composer.brief(chosen, NOW, lambda _name, _done, _all: None)


@pytest.fixture
def make(deck: Deck, progress: Progress, monkeypatch: pytest.MonkeyPatch) -> Maker:
    """Makes briefs that say the same versions everywhere."""
    monkeypatch.setattr(compose, "versions", lambda: {"python": "3.11.0"})
    return Maker(deck, progress)
