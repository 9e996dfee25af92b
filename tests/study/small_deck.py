"""A deck with a card and an item of every kind, and a demo that needs nothing: for tests of studying."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from llmcore_tui.content.claim import Setting
from llmcore_tui.content.code_task import CodeTask
from llmcore_tui.errors import DemoError
from llmcore_tui.lab.code_answer import CodeVerdict, judge
from llmcore_tui.lab.code_child import call_cases
from llmcore_tui.lab.demo import Demo
from llmcore_tui.lab.run import Run, run_with_off
from llmcore_tui.study.runner import Listener

UTC_SETTINGS: dict[str, Any] = {"zone": UTC, "fuzz": False}
"""The learner's settings in tests: days as in UTC, intervals as FSRS gives them."""
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

DEMO = '''
"""Doubling."""

from __future__ import annotations

from typing import Annotated

from llmcore_tui.lab import Flag, Number, Off, Result, main

TITLE = {"en": "Doubling", "zh": "翻倍"}
FORMULA = r"2x"
NUMBERS = {"doubled": Number("what comes out", "输出", unit="GB"), "share": Number("the share", "占比")}
OFF = Off({"double": False}, moves={"doubled": "down"})
SAYS = {"en": "{x:g} became {doubled:g}.", "zh": "{x:g} 变成了 {doubled:g}。"}


def run(
    x: Annotated[float, Flag("what goes in", "输入", low=0, high=100)] = 2.0,
    double: Annotated[bool, Flag("whether to double", "是否翻倍")] = True,
) -> Result:
    return Result(numbers={"doubled": x * 2 if double else x, "share": x / 100}, ran="formula")


if __name__ == "__main__":
    main(run)
'''

MODULES = """
areas:
  - {id: basics, title: {en: Basics, zh: 基础}}
  - {id: beyond, title: {en: Beyond, zh: 进阶}}
modules:
  - {id: twice, area: basics, title: {en: Doubling, zh: 翻倍}, requires: [], demand: A, demos: [twice], tags: [small]}
  - {id: thrice, area: basics, title: {en: Tripling, zh: 三倍}, requires: [twice], demand: B}
  - {id: later, area: beyond, title: {en: Still to come, zh: 待写}, requires: [thrice], demand: A}
"""

SOURCES = """
sources:
  euclid: {title: Elements, authors: Euclid and Theon, year: 1900, url: "https://example.org/e", kind: book, read: 2026-11-22}
"""

CITE = "sources: [{cite: euclid, where: book VII, read: 2026-11-22}]"
POINTS = """
    points:
      - {id: a, must: true, weight: 1, say: {en: It grows., zh: 变大。}}
      - {id: b, must: false, weight: 1, say: {en: It is even., zh: 是偶数。}}
      - {id: c, must: false, weight: 1, say: {en: It is exact., zh: 精确。}}
"""

TWICE = f"""
module: twice
as_of: 2026-11
cards:
  - id: twice.explain
    kind: explain
    ask: {{en: "Why does {{got}} come out?", zh: "为什么得到 {{got}}？"}}
    hint: {{en: Think of pairs., zh: 想想成对。}}
    brief: {{en: Everything counts twice., zh: 每个都算两次。}}
    answer: {{en: "Twice, so {{got}}.", zh: "两次，所以是 {{got}}。"}}
    formula: '2x'
{POINTS}
    misconceptions: [{{id: m, says: {{en: It squares., zh: 是平方。}}, fix: {{en: It doubles., zh: 是翻倍。}}}}]
    demo: {{name: twice, set: {{x: 3.0}}, predict: doubled, within: 10%}}
    numbers:
      got: {{demo: twice, set: {{x: 3.0}}, key: doubled, format: ".1f", within: 0}}
    neighbours: [thrice]
    difficulty: 1
    {CITE}
  - id: twice.calculate
    kind: calculate
    ask: {{en: "What comes out for {{x}}?", zh: "输入 {{x}} 得到什么？"}}
    brief: {{en: Double it., zh: 翻倍。}}
    answer: {{en: "It is {{result}} GB.", zh: "是 {{result}} GB。"}}
    vary: {{x: [1, 2, 3]}}
    result: {{demo: twice, set: {{}}, key: doubled, within: 1%, unit: GB, format: ".1f"}}
    demo: {{name: twice}}
    difficulty: 1
    {CITE}
  - id: twice.choice
    kind: choice
    ask: {{en: Which one doubles?, zh: 哪个是翻倍？}}
    brief: {{en: The first., zh: 第一个。}}
    answer: {{en: Two times., zh: 乘以二。}}
    right: {{say: {{en: times two, zh: 乘二}}}}
    wrong:
      - {{say: {{en: plus two, zh: 加二}}, why: {{en: Adding is not doubling., zh: 加不是翻倍。}}}}
      - {{say: {{en: to the two, zh: 平方}}, why: {{en: Squaring is not doubling., zh: 平方不是翻倍。}}}}
    difficulty: 1
    {CITE}
  - id: twice.cloze
    kind: cloze
    ask: {{en: Fill the gap., zh: 填空。}}
    brief: {{en: Even., zh: 偶数。}}
    answer: {{en: It is even., zh: 是偶数。}}
    cloze: {{en: "A doubled whole number is [[even]].", zh: "翻倍后的整数是[[偶数]]。"}}
    accept: {{en: [even, an even number], zh: [偶数]}}
    difficulty: 1
    {CITE}
  - id: twice.code
    kind: code
    ask: {{en: Write it., zh: 写出来。}}
    brief: {{en: Multiply., zh: 相乘。}}
    answer: {{en: Multiply by two., zh: 乘以二。}}
    code:
      function: twice
      signature: "twice(x: float) -> float"
      starter: "def twice(x):\\n    ..."
      cases: [{{args: [1], gives: 2, within: 0}}, {{args: [2.5], gives: 5.0, within: 0}}]
      solution: "def twice(x):\\n    return 2 * x"
    difficulty: 2
    {CITE}
  - id: twice.spot
    kind: spot_error
    ask: {{en: Mend the sentence., zh: 改正这句话。}}
    claim: {{en: Doubling squares., zh: 翻倍就是平方。}}
    brief: {{en: It multiplies., zh: 是相乘。}}
    answer: {{en: It multiplies by two., zh: 乘以二。}}
    difficulty: 1
    {CITE}
"""

THRICE = f"""
module: thrice
as_of: 2026-11
cards:
  - id: thrice.explain
    kind: explain
    ask: {{en: Why three?, zh: 为什么是三？}}
    brief: {{en: Three., zh: 三。}}
    answer: {{en: Because., zh: 因为。}}
{POINTS}
    demo: {{name: twice, set: {{x: 4.0}}}}
    difficulty: 1
    {CITE}
"""

ITEMS = f"""
module: twice
as_of: 2026-11
items:
  - id: twice.q.choice
    kind: choice
    ask: {{en: Which doubles?, zh: 哪个翻倍？}}
    right: {{say: {{en: times two, zh: 乘二}}, why: {{en: That is doubling., zh: 这就是翻倍。}}}}
    wrong:
      - {{say: {{en: plus two, zh: 加二}}, why: {{en: That adds., zh: 那是加。}}}}
      - {{say: {{en: to the two, zh: 平方}}, why: {{en: That squares., zh: 那是平方。}}}}
    explain: {{en: "Doubling gives {{got}}.", zh: "翻倍得到 {{got}}。"}}
    numbers:
      got: {{demo: twice, set: {{x: 3.0}}, key: doubled, format: ".1f", within: 0}}
    demo: {{name: twice, set: {{x: 3.0}}}}
    level: 1
    {CITE}
  - id: twice.q.numeric
    kind: numeric
    ask: {{en: "What comes out for {{x}}?", zh: "输入 {{x}} 得到什么？"}}
    vary: {{x: {{low: 1, high: 50, step: 1}}}}
    result: {{demo: twice, set: {{}}, key: doubled, within: 1%, unit: GB, format: ".0f"}}
    explain: {{en: "It is {{result}}.", zh: "是 {{result}}。"}}
    level: 2
    {CITE}
  - id: twice.q.typed
    kind: typed
    ask: {{en: What is a doubled whole number?, zh: 翻倍的整数是什么数？}}
    accept: {{en: [even, even number], zh: [偶数]}}
    explain: {{en: It is even., zh: 是偶数。}}
    level: 1
    {CITE}
  - id: twice.q.order
    kind: order
    ask: {{en: Put in order., zh: 排序。}}
    steps: [{{en: take, zh: 取}}, {{en: add, zh: 加}}, {{en: give, zh: 给}}]
    explain: {{en: Take first., zh: 先取。}}
    level: 1
    {CITE}
  - id: twice.q.code
    kind: code
    ask: {{en: Write it., zh: 写出来。}}
    code:
      function: twice
      signature: "twice(x: float) -> float"
      starter: "def twice(x):\\n    ..."
      cases: [{{args: [1], gives: 2, within: 0}}, {{args: [2.5], gives: 5.0, within: 0}}]
      solution: "def twice(x):\\n    return 2 * x"
    explain: {{en: Multiply., zh: 相乘。}}
    level: 3
    {CITE}
"""

PLAN = """
plan: 14-day
title: {en: Fourteen days, zh: 十四天}
days:
  - day: 1
    modules: [twice]
    must_say: {en: Twice means two., zh: 两倍就是二。}
    checkpoint: {quiz: 0.8, predictions: 1, cards: 2, timed: 1}
  - day: 2
    modules: [thrice]
    must_say: {en: Three., zh: 三。}
    checkpoint: {quiz: 0.0, predictions: 0, cards: 1, timed: 0}
  - day: 3
    modules: [later]
    must_say: {en: Later., zh: 以后。}
"""

LEVELS = """
levels:
  - {id: L1, title: {en: First, zh: 一级}, modules: [twice, thrice]}
  - {id: L2, title: {en: Second, zh: 二级}, modules: [later]}
"""

IDS = [
    "twice.explain",
    "twice.calculate",
    "twice.choice",
    "twice.cloze",
    "twice.code",
    "twice.spot",
    "thrice.explain",
    *(f"twice.q.{kind}" for kind in ("choice", "numeric", "typed", "order", "code")),
]


def _locked(value: float, settings: Mapping[str, Any]) -> dict[str, Any]:
    return {"value": value, "error": None, "demo": "twice", "demo_hash": "", "set": dict(settings)}


LOCK = {
    "versions": {},
    "slots": {
        "twice.explain#got": _locked(6.0, {"x": 3.0}),
        "twice.explain#on": _locked(6.0, {"x": 3.0}),
        "twice.explain#off": _locked(3.0, {"x": 3.0}),
        "twice.q.choice#got": _locked(6.0, {"x": 3.0}),
    },
}


def write_deck(folder: Path) -> Path:
    """Make the deck in a folder."""
    files = {
        "cards/modules.yaml": MODULES,
        "cards/sources.yaml": SOURCES,
        "cards/glossary.yaml": "terms: []\n",
        "cards/literals.yaml": "allowed: []\n",
        "cards/ids.lock": "\n".join(IDS) + "\n",
        "cards/numbers.lock.json": json.dumps(LOCK),
        "cards/basics/twice.yaml": TWICE,
        "cards/basics/thrice.yaml": THRICE,
        "quizzes/items/twice.yaml": ITEMS,
        "quizzes/plans/14-day.yaml": PLAN,
        "quizzes/levels.yaml": LEVELS,
        "demos/twice.py": DEMO.lstrip(),
    }
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """This moment."""
        return self.at

    def wait(self, **passing: float) -> None:
        """Let time pass."""
        self.at += timedelta(**passing)


class HereRunner:
    """Runs everything in this process and at once."""

    def run(self, demo: Demo, settings: Mapping[str, Setting], on_progress: Listener) -> Future[Run]:
        """A finished run."""
        future: Future[Run] = Future()
        try:
            future.set_result(run_with_off(demo, settings))
        except DemoError as error:
            future.set_exception(error)
        return future

    def run_code(self, task: CodeTask, source: str) -> Future[CodeVerdict]:
        """A finished verdict."""
        collected: list[dict[str, Any]] = []

        class Collector:
            def send(self, message: dict[str, Any]) -> None:
                collected.append(message)

        request = {
            "source": source,
            "function": task.function,
            "cases": [list(case.args) for case in task.cases],
        }
        call_cases(Collector(), request)  # type: ignore[arg-type]  # all that it needs of Messages is `send`
        future: Future[CodeVerdict] = Future()
        future.set_result(judge(task, collected))
        return future


class SlowRunner:
    """Starts runs that end only when the test says so."""

    def __init__(self) -> None:
        self.started: list[tuple[Demo, Mapping[str, Setting], Future[Run]]] = []

    def run(self, demo: Demo, settings: Mapping[str, Setting], on_progress: Listener) -> Future[Run]:
        """A run that does not end by itself."""
        future: Future[Run] = Future()
        self.started.append((demo, settings, future))
        return future

    def run_code(self, task: CodeTask, source: str) -> Future[CodeVerdict]:
        """A verdict that never comes."""
        return Future()

    def finish(self) -> None:
        """End all runs."""
        for demo, settings, future in self.started:
            if not future.done():
                future.set_result(run_with_off(demo, settings))
