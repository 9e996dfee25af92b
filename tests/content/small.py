"""A small sound deck as text, to be spoilt one place at a time."""

from __future__ import annotations

from pathlib import Path

MODULES = """\
areas:
  - {id: rl, title: {en: Reinforcement learning, zh: 强化学习}}
modules:
  - {id: mdp, area: rl, title: {en: Decision processes, zh: 决策过程}, requires: [], demand: A, demos: [mdp], tags: [bellman]}
  - {id: gae, area: rl, title: {en: Advantage estimation, zh: 优势估计}, requires: [mdp], demand: A, demos: [gae]}
"""
SOURCES = """\
sources:
  paper: {title: A paper, authors: [One, Two], year: 2016, url: "https://arxiv.org/abs/1506.02438", kind: paper, read: 2026-11-22}
"""
EXPLAIN = """\
  - id: gae.trade
    kind: explain
    ask: {en: Why does the spread grow with λ?, zh: 为什么 λ 变大时离散程度会变大？}
    brief: {en: Sampled returns scatter., zh: 采样回报本身就分散。}
    answer:
      en: The spread is {ratio} times as large, see $\\lambda^{2}$.
      zh: 离散程度是原来的 {ratio} 倍，见 $\\lambda^{2}$。
    points:
      - {id: variance, must: true, weight: 2, say: {en: variance grows, zh: 方差变大}, accept: {en: [noisier], zh: [噪声更大]}}
      - {id: bias, say: {en: bias falls, zh: 偏差变小}}
      - {id: critic, say: {en: the critic matters, zh: 取决于价值网络}}
    misconceptions:
      - {id: exact, says: {en: There is always bias., zh: 总有偏差。}, fix: {en: Not with an exact critic., zh: 价值网络精确时没有偏差。}}
    demo: {name: gae, set: {lam: 0.95}, predict: std, within: 20%}
    numbers:
      ratio: {demo: gae, set: {lam: 1.0}, key: std, over: {lam: 0.0}, format: ".1f", within: 5%}
    neighbours: [mdp]
    sources: [{cite: paper, where: eq. 16, read: 2026-11-22}]
    difficulty: 2
    tags: [Variance]
    family: trade
"""
CALCULATE = """\
  - id: gae.compute
    kind: calculate
    ask: {en: "What is the estimate at λ = {lam}?", zh: "λ = {lam} 时估计值是多少？"}
    brief: {en: A weighted sum., zh: 加权和。}
    answer: {en: "It is {result}.", zh: "等于 {result}。"}
    vary: {lam: [0, 0.5, 1]}
    result: {demo: gae, set: {}, key: advantage_0, within: 1%}
    demo: {name: gae}
    sources: [{cite: paper, where: eq. 16, read: from memory}]
    difficulty: 3
"""
CARDS = f"""\
module: gae
as_of: 2026-11
cards:
{EXPLAIN}{CALCULATE}"""
ITEMS = """\
module: gae
as_of: 2026-11
items:
  - id: gae.q.zero
    kind: choice
    ask: {en: Which estimate is meant at λ zero?, zh: λ 为零时是哪一种估计？}
    right: {say: {en: one step, zh: 单步}, why: {en: it bootstraps at once, zh: 立刻自举}}
    wrong:
      - {say: {en: full return, zh: 完整回报}, why: {en: that is the other end, zh: 那是另一端}}
      - {say: {en: the mean, zh: 平均值}, why: {en: nothing is averaged, zh: 没有取平均}}
    explain: {en: One step only., zh: 只看一步。}
    sources: [{cite: paper, where: eq. 10, read: 2026-11-22}]
    level: 2
"""
QUESTIONS = """\
module: gae
as_of: 2026-11
questions:
  - id: gae.i.why
    ask: {en: Why is there a λ?, zh: 为什么要有 λ？}
    minutes: 3
    model_answer:
      problem: {en: Noise., zh: 噪声。}
      mechanism: {en: A sum., zh: 求和。}
      run: {en: It moves., zh: 会变化。}
      engineering: {en: Tune it., zh: 调参。}
    points:
      - {id: noise, must: true, say: {en: it trades noise, zh: 在噪声间取舍}}
    follow_ups:
      - {when_missed: noise, ask: {en: What about noise?, zh: 噪声呢？}, points: [{id: less, say: {en: less, zh: 更少}}]}
    sources: [{cite: paper, where: eq. 16, read: 2026-11-22}]
"""
PLAN = """\
plan: 14-day
title: {en: Two days, zh: 两天}
days:
  - {day: 1, modules: [mdp], must_say: {en: Say it., zh: 讲清楚。}}
  - day: 2
    modules: [gae]
    must_say: {en: Say more., zh: 多讲一点。}
    checkpoint: {quiz: 0.8, predictions: 1, cards: 2, timed: 1}
"""
LEVELS = "levels:\n  - {id: L1, title: {en: First, zh: 第一级}, modules: [mdp, gae]}\n"
FILES = {
    "cards/modules.yaml": MODULES,
    "cards/sources.yaml": SOURCES,
    "cards/rl/gae.yaml": CARDS,
    "quizzes/items/gae.yaml": ITEMS,
    "quizzes/interviews/gae.yaml": QUESTIONS,
    "quizzes/plans/14-day.yaml": PLAN,
    "quizzes/levels.yaml": LEVELS,
}


def write(folder: Path, files: dict[str, str] | None = None) -> Path:
    """Write a deck: the small one, or the given files."""
    for name, text in (FILES if files is None else files).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def spoilt(name: str, old: str, new: str) -> dict[str, str]:
    """The small deck with one text of one file replaced, which must be there exactly once."""
    assert FILES[name].count(old) == 1, f"{old!r} is {FILES[name].count(old)} times in {name}"
    return {**FILES, name: FILES[name].replace(old, new)}


def line_of(text: str, part: str) -> int:
    """The line on which a part of a text stands."""
    return text[: text.index(part)].count("\n") + 1
