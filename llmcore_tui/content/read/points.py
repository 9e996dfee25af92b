"""What an answer must say, what it must not, and where that stands."""

from __future__ import annotations

import re

from llmcore_tui.content.card import Citation, Misconception, Point
from llmcore_tui.content.read.fields import Fields

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def point_id(fields: Fields) -> str:
    """The id of a point or misconception: lower-case words joined by dashes."""
    own = fields.text("id")
    if own and not _ID.fullmatch(own):
        fields.note("id", f"is {own!r}; it wants lower-case words joined by dashes")
    return own


def points(fields: Fields, *, low: int = 0, high: int = 20) -> tuple[Point, ...]:
    """The points under `points`, as many as an answer of its kind needs."""
    read = tuple(_point(each) for each in fields.records("points"))
    if not fields.has("points"):
        if low:
            fields.raw("points")
    elif not low <= len(read) <= high:
        fields.note("points", f"has {len(read)}; an answer has {low} to {high}")
    fields.unique("points", (point.id for point in read))
    return read


def misconceptions(fields: Fields) -> tuple[Misconception, ...]:
    """The wrong statements under `misconceptions`."""
    read = tuple(_misconception(each) for each in fields.records("misconceptions"))
    fields.unique("misconceptions", (each.id for each in read))
    return read


def sources(fields: Fields) -> tuple[Citation, ...]:
    """The citations under `sources`; at least one."""
    read = tuple(_citation(each) for each in fields.records("sources"))
    if not fields.has("sources"):
        fields.raw("sources")
    elif not read:
        fields.note("sources", "is empty; every claim has a source")
    return read


def _point(fields: Fields) -> Point:
    point = Point(
        id=point_id(fields),
        say=fields.bilingual("say"),
        must=fields.flag("must"),
        weight=fields.number("weight", low=0.1, high=10) if fields.has("weight") else 1,
        accept=fields.wordings("accept"),
    )
    fields.close()
    return point


def _misconception(fields: Fields) -> Misconception:
    wrong = Misconception(id=point_id(fields), says=fields.bilingual("says"), fix=fields.bilingual("fix"))
    fields.close()
    return wrong


def _citation(fields: Fields) -> Citation:
    citation = Citation(cite=fields.text("cite"), where=fields.text("where"), read=fields.day("read"))
    fields.close()
    return citation
