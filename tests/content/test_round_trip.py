"""A card written as YAML is the same card when it is read, from the file and from the index alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.content.card import (
    Card,
    CardId,
    CardKind,
    Citation,
    Misconception,
    ModuleId,
    Option,
    Point,
)
from llmcore_tui.content.claim import Computed, DemoLink, Quoted, Range, ResultSpec
from llmcore_tui.content.code_task import Case, CodeTask
from llmcore_tui.content.index import rows
from llmcore_tui.content.read import document, files
from llmcore_tui.content.tolerance import Tolerance
from llmcore_tui.content.wordings import Wordings

TEXT = (
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co", "Zl", "Zp"], exclude_characters="\ufeff"),
        min_size=1,
        max_size=20,
    )
    .map(str.strip)
    .filter(bool)
)
BOTH = st.builds(Bilingual, TEXT, TEXT)
WORD = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,6})?", fullmatch=True)
NAME = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
NUMBER = st.integers(-1000, 1000) | st.floats(-1e6, 1e6, allow_subnormal=False)
SETTING = st.booleans() | NUMBER | TEXT | st.lists(NUMBER, max_size=3).map(tuple)
SETTINGS = st.dictionaries(NAME, SETTING, max_size=3)
WITHIN = st.builds(Tolerance, absolute=st.sampled_from([0.0, 0.5, 1e-9])) | st.builds(
    Tolerance, share=st.sampled_from([0.05, 0.2])
)
FORMAT = st.sampled_from(["", ".2f", "+.0%", ",.1f", "z.3f", ".1e"])
WORDINGS = st.builds(Wordings, st.lists(TEXT, max_size=2).map(tuple), st.lists(TEXT, max_size=2).map(tuple))
FILLED = st.builds(
    Wordings,
    st.lists(TEXT, min_size=1, max_size=2).map(tuple),
    st.lists(TEXT, min_size=1, max_size=2).map(tuple),
)
WEIGHT = st.sampled_from([1, 2, 0.5])
POINT = st.builds(Point, WORD, BOTH, st.booleans(), WEIGHT, WORDINGS)
CITATION = st.builds(Citation, NAME, TEXT, st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1)))
COMPUTED = st.builds(
    Computed, NAME, NAME, WITHIN, SETTINGS, st.none() | SETTINGS, st.none(), st.booleans(), FORMAT
)
QUOTED = st.builds(Quoted, NUMBER, st.just("") | TEXT, NAME, TEXT, FORMAT)
DEMO = st.builds(DemoLink, NAME, SETTINGS) | st.builds(
    DemoLink, NAME, SETTINGS, NAME, WITHIN, st.none() | BOTH
)
SPREAD = st.lists(SETTING, min_size=2, max_size=4).map(tuple) | st.sampled_from(
    [Range(0.5, 0.9, 0.1), Range(1, 5, 1)]
)
PLAIN = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAME, inner, max_size=2),
    max_leaves=4,
)
CASE = st.builds(Case, st.lists(PLAIN, max_size=3).map(tuple), PLAIN, WITHIN)
CODE = st.builds(CodeTask, NAME, TEXT, TEXT, st.lists(CASE, min_size=1, max_size=3).map(tuple), TEXT)
OPTION = st.builds(Option, BOTH, BOTH)


def unique(points: list[Any]) -> bool:
    return len({point.id for point in points}) == len(points)


def several(each: st.SearchStrategy[Any], low: int, high: int) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(each, min_size=low, max_size=high).filter(unique).map(tuple)


@st.composite
def cards(draw: st.DrawFn) -> Card:
    kind = draw(st.sampled_from(CardKind))
    calculate = kind is CardKind.CALCULATE
    choice = kind is CardKind.CHOICE
    result = st.builds(ResultSpec, NAME, NAME, WITHIN, SETTINGS, st.just("") | TEXT, FORMAT)
    gap = TEXT.map(lambda text: text.replace("[[", "").replace("]]", "").strip("[] ") + " [[x]]")
    return Card(
        id=CardId(f"gae.{draw(WORD)}"),
        module=ModuleId("gae"),
        kind=kind,
        as_of="2026-11",
        ask=draw(BOTH),
        brief=draw(BOTH),
        answer=draw(BOTH),
        sources=draw(st.lists(CITATION, min_size=1, max_size=2).map(tuple)),
        difficulty=draw(st.integers(1, 5)),
        hint=draw(st.none() | BOTH),
        formula=draw(st.just("") | TEXT),
        points=draw(several(POINT, 3, 7)),
        misconceptions=draw(several(st.builds(Misconception, WORD, BOTH, BOTH), 0, 2)),
        demo=draw(st.none() | DEMO),
        numbers=draw(st.dictionaries(NAME, COMPUTED | QUOTED, max_size=2)),
        vary=draw(st.dictionaries(NAME, SPREAD, min_size=1, max_size=2)) if calculate else {},
        result=draw(result) if calculate else None,
        claim=draw(BOTH) if kind is CardKind.SPOT_ERROR else None,
        cloze=draw(st.builds(Bilingual, gap, gap)) if kind is CardKind.CLOZE else None,
        accept=draw(FILLED) if kind is CardKind.CLOZE else Wordings(),
        right=Option(draw(BOTH)) if choice else None,
        wrong=draw(st.lists(OPTION, min_size=2, max_size=4).map(tuple)) if choice else (),
        code=draw(CODE) if kind is CardKind.CODE else None,
        neighbours=tuple(ModuleId(name) for name in draw(st.lists(NAME, max_size=2))),
        tags=draw(st.lists(TEXT, max_size=2).map(tuple)),
        family=draw(st.just("") | TEXT),
    )


def written(value: object) -> object:
    """A value as an author writes it; what has its default is left out."""
    if isinstance(value, Tolerance):
        return f"{value.share:%}" if value.share else value.absolute
    if isinstance(value, Citation):
        return {"cite": value.cite, "where": value.where, "read": value.read or "from memory"}
    if isinstance(value, Case):
        return {"args": written(value.args), "gives": value.gives, "within": written(value.within)}
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        left_out: tuple[object, ...] = (None, (), "", {}, Wordings())
        stated = {field.name: getattr(value, field.name) for field in fields(value)}
        keep_empty = {"over", "minus", "unit", "en", "zh"}
        return {
            name: written(each)
            for name, each in stated.items()
            if each is not None and (name in keep_empty or each not in left_out)
        }
    if isinstance(value, Mapping):
        return {key: written(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [written(each) for each in value]
    return value


class Quoting(yaml.SafeDumper):
    """Quotes every text, since YAML 1.1 and the reader take unquoted ones differently."""


Quoting.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)


@given(cards())
@settings(max_examples=150, deadline=None)
def test_a_card_survives_its_file_and_the_index(card: Card) -> None:
    plain: Any = written(card)
    del plain["module"], plain["as_of"]
    whole = {"module": "gae", "as_of": "2026-11", "cards": [plain]}
    text = yaml.dump(whole, Dumper=Quoting, allow_unicode=True, sort_keys=False)
    read = files.contents(document.parse(text.encode(), Path("gae.yaml")), "cards/rl/gae.yaml")
    assert [str(problem) for problem in read.problems] == []
    record = read.records[0]
    assert record.value == card
    body = json.dumps(record.plain, default=date.isoformat)
    stored = rows.Row("card", card.id, "cards/rl/gae.yaml", 4, "[]", "gae", "2026-11", body)
    assert rows.card(stored) == card
