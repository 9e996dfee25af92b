"""Making a learner's own deck: a folder with one example card that passes the check, and how to go on."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from llmcore_tui.errors import InputError

_MODULES = """\
# The modules of this deck. A card may also be in a module of the built-in deck.
areas:
  - {{id: own, title: {{en: My own, zh: 我的卡片}}}}
modules:
  - id: {module}
    area: own
    title: {{en: "{title}", zh: "{title}"}}
    requires: []
    demand: C
"""
_SOURCES = """\
# What the cards cite. `read` is the day you read it, or `from memory`.
sources:
  wozniak1999rules:
    title: Effective learning, twenty rules of formulating knowledge
    authors: Piotr Wozniak
    year: 1999
    url: https://www.supermemo.com/en/blog/twenty-rules-of-formulating-knowledge
    kind: documentation
    read: 2026-11-22
"""
_CARDS = """\
module: {module}
as_of: 2026-11
cards:
  - id: {module}.one-thing
    kind: explain
    ask:
      en: Why is a card that asks for one thing better than a card that asks for a list?
      zh: 为什么一张卡只问一件事，比让人背一串清单更好？
    brief:
      en: One thing is quick to recall and is either known or not, so the schedule fits it.
      zh: 只问一件事，回忆起来快，会就是会、不会就是不会，复习间隔才排得准。
    answer:
      en: >-
        A short answer is recalled the same way each time. A list is recalled differently each time, and one forgotten
        part sends all of it back.
      zh: >-
        答案短，每次回忆的路径都一样；清单则每次回忆的方式都不同，只要忘了一项，整张卡就得重来。
    points:
      - id: same-way
        must: true
        say: {{en: a short answer is recalled the same way each time, zh: 短答案每次的回忆路径相同}}
      - id: all-back
        must: true
        say: {{en: one forgotten part sends the whole list back, zh: 清单里忘了一项就要整张重来}}
      - id: schedule
        say: {{en: each part gets the interval it needs, zh: 每一部分都能得到合适的复习间隔}}
    sources:
      - {{cite: wozniak1999rules, where: "rules 4 and 9", read: 2026-11-22}}
    difficulty: 1
    tags: [example]
"""
_README = """\
# {title}

A deck for llmcore. Study it beside the built-in one:

    llmcore study --deck {folder}
    llmcore check --deck {folder}
    llmcore deck list --deck {folder}

To have it always: `llmcore config set decks {folder}`.

* `cards/modules.yaml`: the modules, what each requires. Cards may be in modules of the built-in deck too.
* `cards/own/{module}.yaml`: the cards, one module a file. Every text is in English and in Chinese: `{{en: …, zh: …}}`.
* `cards/sources.yaml`: what the cards cite.
* `quizzes/items/`, `quizzes/interviews/`, `quizzes/plans/`: quiz items, interview questions and plans of your own, if you like.
* `demos/`: programs that compute the numbers on your cards; cards may use the built-in demos too.

A card has `id` (`{module}.some-words`, never changed again), `kind`, `ask`, `brief` (said in thirty seconds), `answer`,
`sources` and `difficulty` (from one to five). Kinds: `explain`, `compare`, `tradeoff`, `derive` and `diagnose` want three to
seven `points`; `spot_error` a wrong `claim`; `calculate` a `vary` and a `result`; `cloze`, `choice` and `code` what they say.
Formulas stand between dollars, `$\\gamma^t$`. A number is computed or quoted, never typed: write `{{spread}}` in the text and

    numbers:
      spread: {{demo: gae, set: {{lam: 1.0}}, key: std, format: ".2f", within: 5%}}
      cost: {{quote: 2.788, unit: M H800-hours, cite: some-source, where: table 1}}

then `llmcore check --update --deck {folder}`. The whole format: {schema}

# 中文

这是 llmcore 的一个卡组，可与内置卡组一起学习，命令见上。每张卡的文字都要有英文和中文；数字不手写，要么由演示程序算出，
要么注明出处引用；写完用 `llmcore check --deck {folder}` 检查，它会指出每处错误的文件、行号和键。
"""


def make(folder: Path, taken: Collection[str], schema: Path) -> list[Path]:
    """Write a new deck and give its files; `taken` are names of modules it may not have, `schema` documents the format."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is there already and not empty.", "Name a folder that is not there yet.")
    folder = folder.resolve()
    module = _module(folder.name, taken)
    title = re.sub(r'[\\"\x00-\x1f]', " ", folder.name).strip() or module
    texts = {
        "README.md": _README,
        "cards/modules.yaml": _MODULES,
        "cards/sources.yaml": _SOURCES,
        f"cards/own/{module}.yaml": _CARDS,
    }
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        filled = text.format(module=module, title=title, folder=folder, schema=schema)
        file.write_text(filled, encoding="utf-8")
    return [folder / name for name in texts]


def _module(name: str, taken: Collection[str]) -> str:
    """A module's id made from the folder's name."""
    word = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if not word or not word[0].isalpha():
        word = f"deck_{word}".rstrip("_")
    return f"my_{word}" if word in taken else word
