"""Plans, levels, sources, terms and allowed words: what orders and explains the cards."""

from __future__ import annotations

from typing import cast

from llmcore_tui.content.card import CardId, ModuleId
from llmcore_tui.content.glossary import Literal, Term
from llmcore_tui.content.level import Level
from llmcore_tui.content.plan import Checkpoint, Day, Plan, PlanOrder
from llmcore_tui.content.read.fields import Fields
from llmcore_tui.content.source import Source, SourceKind


def plan(fields: Fields) -> Plan:
    """Read a plan's file."""
    days = tuple(_day(each) for each in fields.records("days"))
    order = fields.one_of("order", ("prerequisites", "given")) if fields.has("order") else "prerequisites"
    read = Plan(
        name=fields.text("plan"),
        title=fields.bilingual("title"),
        days=days,
        order=cast(PlanOrder, order),
    )
    if not days:
        fields.raw("days")
    for index, day in enumerate(days):
        if day.day != index + 1:
            fields.found.add(
                (*fields.place, "days", index, "day"), f"is {day.day} where day {index + 1} comes next"
            )
    fields.close()
    return read


def level(fields: Fields) -> Level:
    """Read a level of `levels.yaml`."""
    modules = tuple(ModuleId(each) for each in fields.texts("modules"))
    if not modules:
        fields.note("modules", "is empty; a level is a gate over modules")
    read = Level(id=fields.text("id"), title=fields.bilingual("title"), modules=modules)
    fields.close()
    return read


def source(fields: Fields, cite: str) -> Source:
    """Read a source of `sources.yaml`; its key is what cards cite."""
    several = fields.has("authors") and isinstance(fields.raw("authors"), list)
    read = Source(
        cite=cite,
        title=fields.text("title"),
        authors=", ".join(fields.texts("authors")) if several else fields.text("authors"),
        year=fields.whole("year", low=1800, high=2100),
        url=fields.text("url"),
        kind=cast(SourceKind, fields.one_of("kind", ("paper", "book", "documentation", "course"))),
        read=fields.day("read"),
    )
    if read.url and not read.url.startswith(("https://", "http://")):
        fields.note("url", "wants an address that starts with https://")
    fields.close()
    return read


def term(fields: Fields) -> Term:
    """Read a term of `glossary.yaml`."""
    read = Term(en=fields.text("en"), zh=fields.text("zh"), means=fields.bilingual("means"))
    fields.close()
    return read


def literal(fields: Fields) -> Literal:
    """Read an allowed word of `literals.yaml`."""
    read = Literal(word=fields.text("word"), why=fields.text("why"))
    fields.close()
    return read


def _day(fields: Fields) -> Day:
    checkpoint = fields.record("checkpoint") if fields.has("checkpoint") else None
    read = Day(
        day=fields.whole("day", low=1, high=400),
        modules=tuple(ModuleId(each) for each in fields.texts("modules")),
        cards=tuple(CardId(each) for each in fields.texts("cards")),
        must_say=fields.bilingual("must_say"),
        checkpoint=_checkpoint(checkpoint) if checkpoint else None,
        review=fields.flag("review"),
    )
    if not (read.modules or read.cards or read.review):
        fields.found.add(
            fields.place, "names neither modules nor cards; a day that introduces nothing says review: true"
        )
    fields.close()
    return read


def _checkpoint(fields: Fields) -> Checkpoint:
    read = Checkpoint(
        quiz=fields.number("quiz", low=0, high=1),
        predictions=fields.whole("predictions", low=0, high=100),
        cards=fields.whole("cards", low=0, high=1000),
        timed=fields.whole("timed", low=0, high=20),
    )
    fields.close()
    return read
