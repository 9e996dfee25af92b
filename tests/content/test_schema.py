from __future__ import annotations

from pathlib import Path

import pytest

from llmcore_tui.content.read import document, files
from llmcore_tui.content.record_kind import RecordKind
from tests.content.small import CARDS, FILES, line_of

CARD_FILE = "cards/rl/gae.yaml"


def contents(text: str, name: str) -> files.Contents:
    return files.contents(document.parse(text.encode(), Path(name)), name)


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_small_deck_is_sound(name: str) -> None:
    assert not contents(FILES[name], name).problems


# name, what is replaced (once), by what, the text whose line is named, key, what is said
MISTAKES = [
    # whole files
    (CARD_FILE, CARDS, "- a list\n", "", "", "wants keys with values, not a list"),
    (CARD_FILE, CARDS, "just text\n", "", "", "wants keys with values, not a text"),
    (CARD_FILE, "module: gae\n", "", "", "", "has no module"),
    (CARD_FILE, "module: gae\n", "module: GAE\n", "module", "module", "lower-case letters"),
    (CARD_FILE, "as_of: 2026-11", "as_of: 2026", "as_of", "as_of", "wants a text, not the number 2026"),
    (CARD_FILE, "as_of: 2026-11", "as_of: 2026-11-22", "as_of", "as_of", "not the date 2026-11-22"),
    (CARD_FILE, "as_of: 2026-11", "as_of: 2026-13", "as_of", "as_of", "wants a month"),
    (CARD_FILE, "cards:\n", "card:\n", "", "", "has no cards"),
    (CARD_FILE, "cards:\n", "card:\n", "card:", "card", "did you mean cards?"),
    # one card
    (CARD_FILE, "id: gae.trade\n    kind", "kind", "- kind: explain", "cards[0]", "has no id"),
    (CARD_FILE, "id: gae.trade\n", "id: ppo.trade\n", "id: ppo.trade", "ppo.trade.id", "wants gae. and lower-case words"),
    (CARD_FILE, "id: gae.trade\n", "id: gae.Trade off\n", "id: gae.Trade", "gae.Trade off.id", "wants gae. and"),
    (CARD_FILE, "id: gae.compute\n", "id: gae.trade\n", "  - id: gae.trade\n    kind: calculate", "gae.trade", "a second time"),
    (CARD_FILE, "kind: explain\n", "kind: explane\n", "kind: expl", "gae.trade.kind", "did you mean explain?"),
    (CARD_FILE, "kind: explain\n", "kind: [explain]\n", "kind: [", "gae.trade.kind", "wants a text, not a list"),
    (CARD_FILE, ", zh: 为什么 λ 变大时离散程度会变大？}", "}", "ask: {en: Why", "gae.trade.ask", "has no zh"),
    (CARD_FILE, "zh: 采样回报本身就分散。", "zh: ''", "brief: {en: Samp", "gae.trade.brief.zh", "is empty"),
    (CARD_FILE, "zh: 采样回报本身就分散。", "zh: ", "brief: {en: Samp", "gae.trade.brief.zh", "is empty"),
    (CARD_FILE, "zh: 采样回报本身就分散。", "zh: 2026-11-22", "brief: {en: Samp", "gae.trade.brief.zh", "the date 2026-11-22; put it in quotes"),
    (CARD_FILE, "zh: 采样回报本身就分散。", "zh: true", "brief: {en: Samp", "gae.trade.brief.zh", "the switch true; put it in quotes"),
    (CARD_FILE, "zh: 采样回报本身就分散。", "zh: no", "brief: {en: Samp", "gae.trade.brief.zh", "may mean true or false"),
    (CARD_FILE, "{en: Sampled returns scatter., zh: 采样回报本身就分散。}", "Sampled", "brief: Samp", "gae.trade.brief", "wants both languages"),
    (CARD_FILE, "{en: Sampled returns scatter., zh: 采样回报本身就分散。}", "{en: a, zh: 好, de: b}", "brief: {en: a", "gae.trade.brief.de", "is no key here"),
    (CARD_FILE, "    answer:\n      en: The spread", "    anser:\n      en: The spread", "  - id: gae.trade", "gae.trade", "has no answer"),
    (CARD_FILE, "    answer:\n      en: The spread", "    anser:\n      en: The spread", "anser", "gae.trade.anser", "did you mean answer?"),
    (CARD_FILE, "difficulty: 2", "difficulty: 6", "difficulty: 6", "gae.trade.difficulty", "goes from 1 to 5"),
    (CARD_FILE, "difficulty: 2", "difficulty: 2.5", "difficulty: 2.5", "gae.trade.difficulty", "whole number, not the number 2.5"),
    (CARD_FILE, "difficulty: 2", "difficulty: true", "difficulty: true", "gae.trade.difficulty", "whole number, not the switch true"),
    (CARD_FILE, "tags: [Variance]", "tags: Variance", "tags", "gae.trade.tags", "wants a list, not a text"),
    (CARD_FILE, "tags: [Variance]", "tags: [1]", "tags", "gae.trade.tags[0]", "wants a text, not the number 1"),
    # points and misconceptions
    (CARD_FILE, "      - {id: critic, say: {en: the critic matters, zh: 取决于价值网络}}\n", "", "points:", "gae.trade.points", "has 2; an answer has 3 to 7"),
    (CARD_FILE, "{id: bias, say", "{id: variance, say", "{id: variance, say", "gae.trade.points[1]", "a second time"),
    (CARD_FILE, "{id: bias, say", "{id: Bias, say", "{id: Bias", "gae.trade.points[1].id", "lower-case words"),
    (CARD_FILE, "must: true", "must: 1", "must: 1", "gae.trade.points[0].must", "wants true or false"),
    (CARD_FILE, "weight: 2", "weight: 0", "weight: 0", "gae.trade.points[0].weight", "goes from 0.1 to 10"),
    (CARD_FILE, "accept: {en: [noisier], zh: [噪声更大]}", "accept: {en: [noisier]}", "accept", "gae.trade.points[0].accept", "has no zh"),
    (CARD_FILE, "accept: {en: [noisier], zh: [噪声更大]}", "accept: [noisier]", "accept", "gae.trade.points[0].accept", "not a list"),
    (CARD_FILE, ", fix: {en: Not with an exact critic., zh: 价值网络精确时没有偏差。}", "", "{id: exact", "gae.trade.misconceptions[0]", "has no fix"),
    # claims
    (CARD_FILE, "within: 20%", "within: 20 percent", "within: 20", "gae.trade.demo.within", "wants a share"),
    (CARD_FILE, "predict: std, within: 20%", "within: 20%", "demo: {name: gae, set: {lam: 0.95}", "gae.trade.demo", "it has no predict"),
    (CARD_FILE, "predict: std, within: 20%", "predict: std", "demo: {name: gae, set: {lam: 0.95}", "gae.trade.demo", "has no within"),
    (CARD_FILE, "set: {lam: 0.95}", "set: {lam: ~}", "set: {lam: ~", "gae.trade.demo.set.lam", "wants a number"),
    (CARD_FILE, "set: {lam: 0.95}", "set: {lam: [a]}", "set: {lam: [a", "gae.trade.demo.set.lam", "wants a number"),
    (CARD_FILE, "set: {lam: 0.95}", "set: [lam]", "set: [lam", "gae.trade.demo.set", "wants keys with values"),
    (CARD_FILE, "name: gae, set: {lam", "name: Gae, set: {lam", "name: Gae", "gae.trade.demo.name", "lower-case letters"),
    (CARD_FILE, 'format: ".1f"', 'format: "999999d"', "format", "gae.trade.numbers.ratio.format", "wants a form"),
    (CARD_FILE, ", within: 5%}", "}", "ratio: {", "gae.trade.numbers.ratio", "has no within"),
    (CARD_FILE, "over: {lam: 0.0}", "over: {lam: 0.0}, minus: {lam: 0.0}", "ratio: {", "gae.trade.numbers.ratio.minus", "cannot stand beside over"),
    (CARD_FILE, "key: std, over", "over", "ratio: {", "gae.trade.numbers.ratio", "has no key"),
    (CARD_FILE, 'ratio: {demo: gae, set: {lam: 1.0}, key: std, over: {lam: 0.0}, format: ".1f", within: 5%}', "ratio: {quote: many, unit: GB, cite: paper, where: table 1}", "ratio: {", "gae.trade.numbers.ratio.quote", "wants a number, not a text"),
    (CARD_FILE, 'ratio: {demo: gae, set: {lam: 1.0}, key: std, over: {lam: 0.0}, format: ".1f", within: 5%}', "ratio: {quote: 3, unit: GB, cite: paper}", "ratio: {", "gae.trade.numbers.ratio", "has no where"),
    (CARD_FILE, "ratio: {demo", "Ratio: {demo", "Ratio: {", "gae.trade.numbers.Ratio", "lower-case letters"),
    # generated questions
    (CARD_FILE, "    vary: {lam: [0, 0.5, 1]}\n", "", "  - id: gae.compute", "gae.compute", "has no vary"),
    (CARD_FILE, "[0, 0.5, 1]", "[0]", "vary:", "gae.compute.vary.lam", "has 1 values"),
    (CARD_FILE, "[0, 0.5, 1]", "{low: 1, high: 0, step: 0.1}", "vary:", "gae.compute.vary.lam", "goes from low up"),
    (CARD_FILE, "[0, 0.5, 1]", "{low: 0, high: 1, step: 0}", "vary:", "gae.compute.vary.lam.step", "above zero"),
    (CARD_FILE, "[0, 0.5, 1]", "{low: 0, high: 1}", "vary:", "gae.compute.vary.lam", "has no step"),
    (CARD_FILE, "[0, 0.5, 1]", "{low: 0, high: 1, step: 0.0001}", "vary:", "gae.compute.vary.lam", "more than 1000 values"),
    (CARD_FILE, "[0, 0.5, 1]", "3", "vary:", "gae.compute.vary.lam", "wants a list of values or {low, high, step}"),
    (CARD_FILE, "    result: {demo: gae, set: {}, key: advantage_0, within: 1%}\n", "", "  - id: gae.compute", "gae.compute", "has no result"),
    (CARD_FILE, "kind: calculate", "kind: spot_error", "vary:", "gae.compute.vary", "is no key here"),
    (CARD_FILE, "kind: calculate", "kind: spot_error", "  - id: gae.compute", "gae.compute", "has no claim"),
    # sources
    (CARD_FILE, "[{cite: paper, where: eq. 16, read: 2026-11-22}]", "[]", "sources: []", "gae.trade.sources", "every claim has a source"),
    (CARD_FILE, "read: 2026-11-22", "read: yesterday", "yesterday", "gae.trade.sources[0].read", "wants a date"),
    (CARD_FILE, "read: 2026-11-22", "read: 2026", "read: 2026}", "gae.trade.sources[0].read", "wants a date"),
    (CARD_FILE, "where: eq. 16, read: 2026-11-22", "where: 16, read: 2026-11-22", "where: 16", "gae.trade.sources[0].where", "put it in quotes"),
    # quiz items
    ("quizzes/items/gae.yaml", "id: gae.q.zero", "id: gae.zero", "id: gae.zero", "gae.zero.id", "wants gae.q. and"),
    ("quizzes/items/gae.yaml", "      - {say: {en: the mean, zh: 平均值}, why: {en: nothing is averaged, zh: 没有取平均}}\n", "", "wrong:", "gae.q.zero.wrong", "has 1; a choice has 2 to 4"),
    ("quizzes/items/gae.yaml", ", why: {en: it bootstraps at once, zh: 立刻自举}", "", "right:", "gae.q.zero.right", "has no why"),
    ("quizzes/items/gae.yaml", "kind: choice", "kind: typed", "  - id: gae.q.zero", "gae.q.zero", "accepts nothing"),
    ("quizzes/items/gae.yaml", "kind: choice", "kind: order", "  - id: gae.q.zero", "gae.q.zero", "has 0 steps"),
    ("quizzes/items/gae.yaml", "kind: choice", "kind: code", "  - id: gae.q.zero", "gae.q.zero", "has no code"),
    ("quizzes/items/gae.yaml", "level: 2", "level: 0", "level: 0", "gae.q.zero.level", "goes from 1 to 5"),
    # interview questions
    ("quizzes/interviews/gae.yaml", "when_missed: noise", "when_missed: nose", "when_missed", "gae.i.why.follow_ups[0].when_missed", "no point of this question"),
    ("quizzes/interviews/gae.yaml", "      run: {en: It moves., zh: 会变化。}\n", "", "model_answer:", "gae.i.why.model_answer", "has no run"),
    ("quizzes/interviews/gae.yaml", "minutes: 3", "minutes: long", "minutes", "gae.i.why.minutes", "wants a number, not a text"),
    # what orders and explains
    ("cards/modules.yaml", "demand: A, demos: [gae]", "demand: D, demos: [gae]", "{id: gae", "gae.demand", "one of A, B, C"),
    ("cards/modules.yaml", "{id: gae, area", "{id: mdp, area", "{id: mdp, area: rl, title: {en: Adv", "mdp", "a second time"),
    ("cards/modules.yaml", "requires: [mdp]", "requires: mdp", "{id: gae", "gae.requires", "wants a list"),
    ("cards/sources.yaml", "kind: paper", "kind: blog", "paper:", "sources.paper.kind", "one of paper, book"),
    ("cards/sources.yaml", "https://arxiv", "arxiv", "paper:", "sources.paper.url", "https://"),
    ("cards/sources.yaml", "year: 2016", "year: '2016'", "paper:", "sources.paper.year", "wants a whole number, not a text"),
    ("quizzes/plans/14-day.yaml", "plan: 14-day", "plan: 15-day", "plan: 15", "plan", "in a file called 14-day.yaml"),
    ("quizzes/plans/14-day.yaml", "- day: 2", "- day: 3", "- day: 3", "days[1].day", "day 2 comes next"),
    ("quizzes/plans/14-day.yaml", "quiz: 0.8", "quiz: 80", "checkpoint", "days[1].checkpoint.quiz", "goes from 0 to 1"),
    ("quizzes/plans/14-day.yaml", "modules: [gae]\n", "modules: []\n", "- day: 2", "days[1]", "names neither modules nor cards"),
    ("quizzes/levels.yaml", "[mdp, gae]", "[]", "{id: L1", "L1.modules", "is empty"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "at", "key", "says"), MISTAKES)
def test_every_mistake_names_file_line_and_key(
    name: str, old: str, new: str, at: str, key: str, says: str
) -> None:
    sound = FILES[name]
    where = sound.index(old)
    text = sound[:where] + new + sound[where + len(old) :]
    problems = contents(text, name).problems
    line = line_of(text, at) if at else 1
    found = [(problem.line, problem.key, problem.message) for problem in problems]
    assert any((line, key) == (each[0], each[1]) and says in each[2] for each in found), (line, key, found)
    assert all(problem.file == Path(name) and problem.severity == "error" for problem in problems)


def test_one_reading_lists_every_mistake_in_the_order_of_lines() -> None:
    text = (
        CARDS.replace("difficulty: 2", "difficulty: 9")
        .replace("must: true", "must: 1")
        .replace("as_of: 2026-11", "as_of: x")
    )
    found = [(problem.line, problem.key) for problem in contents(text, CARD_FILE).problems]
    assert [key for _, key in found] == ["as_of", "gae.trade.points[0].must", "gae.trade.difficulty"]
    assert found == sorted(found)


def test_a_broken_record_does_not_take_the_sound_ones_with_it() -> None:
    read = contents(CARDS.replace("difficulty: 2", "difficulty: 9"), CARD_FILE)
    assert [record.id for record in read.records if record.kind is RecordKind.CARD] == ["gae.compute"]


def test_what_is_written_for_other_kinds_is_read() -> None:
    extra = """\
  - id: gae.gap
    kind: cloze
    ask: {en: Which word is missing?, zh: 缺了哪个词？}
    cloze: {en: "It trades [[bias]] away.", zh: "它用[[偏差]]来换。"}
    accept: {en: [bias], zh: [偏差]}
    brief: {en: Bias., zh: 偏差。}
    answer: {en: Bias., zh: 偏差。}
    sources: [{cite: paper, where: p. 3, read: 2026-11-22}]
    difficulty: 1
  - id: gae.pick
    kind: choice
    ask: {en: Which one is it?, zh: 是哪一个？}
    right: {say: {en: this one, zh: 这个}}
    wrong:
      - {say: {en: that, zh: 那个}, why: {en: no, it is not, zh: 不是}}
      - {say: {en: other, zh: 另一个}, why: {en: not either, zh: 也不是}}
    brief: {en: The first., zh: 第一个。}
    answer: {en: The first., zh: 第一个。}
    sources: [{cite: paper, where: p. 3, read: 2026-11-22}]
    difficulty: 1
  - id: gae.write
    kind: code
    ask: {en: Write the sum., zh: 写出求和。}
    code:
      function: total
      signature: "total(xs: list[float]) -> float"
      starter: |
        def total(xs):
            ...
      cases:
        - {args: [[1, 2.5]], gives: 3.5, within: 1e-9}
        - {args: [[]], gives: 0}
      solution: |
        def total(xs):
            return sum(xs)
    brief: {en: Add up., zh: 相加。}
    answer: {en: Add up., zh: 相加。}
    sources: [{cite: paper, where: p. 3, read: 2026-11-22}]
    difficulty: 1
"""
    extra = extra.replace("{en: no, it is not, zh: 不是}", "{en: 'no, it is not', zh: 不是}")
    read = contents(CARDS + extra, CARD_FILE)
    assert [str(problem) for problem in read.problems] == []
    assert [record.id for record in read.records][-3:] == ["gae.gap", "gae.pick", "gae.write"]


def test_a_gap_needs_brackets_and_answers_in_both_languages() -> None:
    gap = """\
module: gae
as_of: 2026-11
cards:
  - id: gae.gap
    kind: cloze
    ask: {en: Which word is missing?, zh: 缺了哪个词？}
    cloze: {en: "It trades bias.", zh: "它用[[偏差]]来换。"}
    accept: {en: [], zh: [偏差]}
    brief: {en: Bias., zh: 偏差。}
    answer: {en: Bias., zh: 偏差。}
    sources: [{cite: paper, where: p. 3, read: 2026-11-22}]
    difficulty: 1
"""
    found = [(problem.line, problem.key, problem.message) for problem in contents(gap, CARD_FILE).problems]
    assert found == [
        (7, "gae.gap.cloze.en", "wants one gap, [[answer]]"),
        (8, "gae.gap.accept", "lists nothing that may stand in the gap in en"),
    ]
