"""A deck of one module with one claim of each kind, on the demo `line`."""

from __future__ import annotations

from pathlib import Path

from tests.lab.small_demo import LINE, write_demo

MODULES = """
areas: [{id: basics, title: {en: Basics, zh: 基础}}]
modules:
  - {id: line, area: basics, title: {en: Lines, zh: 直线}, requires: [], demand: A, demos: [line]}
  - {id: curve, area: basics, title: {en: Curves, zh: 曲线}, requires: [line], demand: A, demos: [spiral]}
"""
SOURCES = """
sources:
  euclid: {title: Elements, authors: Euclid, year: 1900, url: "https://example.org", kind: book, read: 2026-11-22}
"""
CARDS = """
module: line
as_of: 2026-11
cards:
  - id: line.height
    kind: explain
    ask: {en: "Why is the height {height} m?", zh: "为什么高度是 {height} m？"}
    brief: {en: Slope times place., zh: 斜率乘位置。}
    answer: {en: "It is {height} m, {ratio} times as much, and {quoted} elsewhere.", zh: "是 {height} m，{ratio} 倍，别处 {quoted}。"}
    formula: 'y = a x'
    points:
      - {id: a, must: true, weight: 1, say: {en: It grows., zh: 变大。}}
      - {id: b, must: false, weight: 1, say: {en: It is even., zh: 均匀。}}
      - {id: c, must: false, weight: 1, say: {en: It is straight., zh: 笔直。}}
    demo: {name: line, set: {a: 3}, predict: "y", within: 10%}
    numbers:
      height: {demo: line, set: {a: 3.0}, key: "y", format: ".1f", within: 0}
      ratio: {demo: line, set: {a: 3.0}, key: "y", over: {a: 1.0}, format: ".0f", within: 5%}
      quoted: {quote: 2.5, unit: m, cite: euclid, where: book I, format: ".1f"}
    sources: [{cite: euclid, where: book I, read: 2026-11-22}]
    difficulty: 1
  - id: line.calculate
    kind: calculate
    ask: {en: "How high is it at {x}?", zh: "在 {x} 处多高？"}
    brief: {en: Multiply., zh: 相乘。}
    answer: {en: "{result} m", zh: "{result} m 高"}
    vary: {x: {low: 1, high: 5, step: 1}}
    result: {demo: line, set: {a: 2}, key: "y", within: 1%, unit: m, format: ".1f"}
    demo: {name: line}
    sources: [{cite: euclid, where: book I, read: from memory}]
    difficulty: 1
  - id: line.code
    kind: code
    ask: {en: Write the height., zh: 写出高度。}
    brief: {en: Multiply., zh: 相乘。}
    answer: {en: Slope times place., zh: 斜率乘位置。}
    code:
      function: height
      signature: "height(a, x)"
      starter: "def height(a, x):\\n    ..."
      cases: [{args: [2, 3], gives: 6, within: 0}]
      solution: "def height(a, x):\\n    return a * x"
    demo: {name: line}
    sources: [{cite: euclid, where: book I, read: 2026-11-22}]
    difficulty: 1
"""
ITEMS = """
module: line
as_of: 2026-11
items:
  - id: line.q.height
    kind: numeric
    ask: {en: "What is the height?", zh: "高度是多少？"}
    result: {demo: line, set: {a: 3, x: 3}, key: "y", within: 1%, unit: m, format: ".1f"}
    explain: {en: "{result} m, from {slope}.", zh: "{result} m，由 {slope} 得到。"}
    numbers: {slope: {demo: line, set: {a: 4, x: 1}, key: "y", format: ".0f", within: 0}}
    sources: [{cite: euclid, where: book I, read: 2026-11-22}]
    level: 1
"""


def write_deck(folder: Path) -> Path:
    """Write the deck and give its folder."""
    write_demo(folder, LINE)
    for name, text in {
        "cards/modules.yaml": MODULES,
        "cards/sources.yaml": SOURCES,
        "cards/basics/line.yaml": CARDS,
        "quizzes/items/line.yaml": ITEMS,
    }.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.lstrip("\n"), encoding="utf-8")
    return folder


def change(folder: Path, name: str, before: str, after: str) -> Path:
    """Replace the first `before` in a file of the deck."""
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    return file
