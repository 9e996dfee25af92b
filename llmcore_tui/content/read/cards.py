"""One card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import LANGUAGES
from llmcore_tui.content.card import Card, CardId, CardKind, ModuleId, Option
from llmcore_tui.content.read import claims, points
from llmcore_tui.content.read.fields import Fields
from llmcore_tui.content.read.heading import Heading, record_id
from llmcore_tui.content.wordings import Wordings

if TYPE_CHECKING:
    from llmcore_tui.content.code_task import CodeTask

FEWEST_POINTS, MOST_POINTS = 3, 7
_POINTED = {CardKind.EXPLAIN, CardKind.COMPARE, CardKind.TRADEOFF, CardKind.DERIVE, CardKind.DIAGNOSE}


def card(fields: Fields, heading: Heading) -> Card:
    """Read a card; a key that its kind does not have is a mistake."""
    kind = CardKind(fields.one_of("kind", CardKind))
    pointed = kind in _POINTED
    read = Card(
        id=CardId(record_id(fields, heading)),
        module=heading.module,
        kind=kind,
        as_of=heading.as_of,
        ask=fields.bilingual("ask"),
        hint=fields.optional_bilingual("hint"),
        brief=fields.bilingual("brief"),
        answer=fields.bilingual("answer"),
        formula=fields.optional_text("formula"),
        points=points.points(fields, low=FEWEST_POINTS if pointed else 0, high=MOST_POINTS),
        misconceptions=points.misconceptions(fields),
        demo=claims.demo(fields),
        numbers=claims.numbers(fields),
        sources=points.sources(fields),
        difficulty=fields.whole("difficulty", low=1, high=5),
        neighbours=tuple(ModuleId(each) for each in fields.texts("neighbours")),
        tags=fields.texts("tags"),
        family=fields.optional_text("family"),
        vary=claims.vary(fields) if kind is CardKind.CALCULATE else {},
        result=claims.result(fields) if kind is CardKind.CALCULATE else None,
        claim=fields.bilingual("claim") if kind is CardKind.SPOT_ERROR else None,
        code=_code(fields) if kind is CardKind.CODE else None,
        cloze=fields.bilingual("cloze") if kind is CardKind.CLOZE else None,
        accept=fields.wordings("accept") if kind is CardKind.CLOZE else Wordings(),
        right=_right(fields) if kind is CardKind.CHOICE else None,
        wrong=_wrong(fields) if kind is CardKind.CHOICE else (),
    )
    _check_kind(fields, read)
    fields.close()
    return read


# Few cards have options or a function to write, so that what reads those is imported for them only.


def _right(fields: Fields) -> Option:
    from llmcore_tui.content.read import tasks

    return tasks.right(fields, explained=False)


def _wrong(fields: Fields) -> tuple[Option, ...]:
    from llmcore_tui.content.read import tasks

    return tasks.wrong(fields, most=6)


def _code(fields: Fields) -> CodeTask:
    from llmcore_tui.content.read import tasks

    return tasks.code(fields)


def _check_kind(fields: Fields, card: Card) -> None:
    if card.kind is CardKind.CALCULATE and not card.vary:
        fields.found.add(fields.place, "has no vary: a calculate card draws its values anew each time")
    if card.kind is CardKind.CLOZE and card.cloze is not None:
        for language in LANGUAGES:
            gap = card.cloze.of(language)
            if gap and (gap.count("[[") != 1 or gap.count("]]") != 1):
                fields.found.add((*fields.place, "cloze", language), "wants one gap, [[answer]]")
            if not card.accept.of(language):
                fields.found.add(
                    (*fields.place, "accept"), f"lists nothing that may stand in the gap in {language}"
                )
