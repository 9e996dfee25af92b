"""One quiz item."""

from __future__ import annotations

from llmcore_tui.content.quiz import ItemId, ItemKind, QuizItem
from llmcore_tui.content.read import claims, points, tasks
from llmcore_tui.content.read.fields import Fields
from llmcore_tui.content.read.heading import Heading, record_id
from llmcore_tui.content.wordings import Wordings


def item(fields: Fields, heading: Heading) -> QuizItem:
    """Read a quiz item; a key that its kind does not have is a mistake."""
    kind = ItemKind(fields.one_of("kind", ItemKind))
    read = QuizItem(
        id=ItemId(record_id(fields, heading)),
        module=heading.module,
        kind=kind,
        as_of=heading.as_of,
        ask=fields.bilingual("ask"),
        explain=fields.bilingual("explain"),
        sources=points.sources(fields),
        level=fields.whole("level", low=1, high=5),
        demo=claims.demo(fields),
        numbers=claims.numbers(fields),
        right=tasks.right(fields, explained=True) if kind is ItemKind.CHOICE else None,
        wrong=tasks.wrong(fields, most=4) if kind is ItemKind.CHOICE else (),
        vary=claims.vary(fields) if kind is ItemKind.NUMERIC else {},
        result=claims.result(fields) if kind is ItemKind.NUMERIC else None,
        accept=fields.wordings("accept") if kind is ItemKind.TYPED else Wordings(),
        steps=fields.bilinguals("steps") if kind is ItemKind.ORDER else (),
        code=tasks.code(fields) if kind is ItemKind.CODE else None,
    )
    if kind is ItemKind.TYPED and not (read.accept.en and read.accept.zh):
        fields.found.add(fields.place, "accepts nothing: it wants accept: {en: […], zh: […]}")
    if kind is ItemKind.ORDER and len(read.steps) < 3:
        fields.found.add(fields.place, f"has {len(read.steps)} steps; putting in order wants 3 or more")
    fields.close()
    return read
