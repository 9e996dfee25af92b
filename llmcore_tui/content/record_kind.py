"""The kinds of record that a deck's files hold."""

from __future__ import annotations

from enum import StrEnum


class RecordKind(StrEnum):
    """What a record of a deck is."""

    AREA = "area"
    CARD = "card"
    ITEM = "item"
    LEVEL = "level"
    LITERAL = "literal"
    MODULE = "module"
    NUMBER = "number"
    PLAN = "plan"
    QUESTION = "question"
    RETIRED = "retired"
    SOURCE = "source"
    TERM = "term"


STUDIED = (RecordKind.CARD, RecordKind.ITEM, RecordKind.QUESTION)
"""What a learner works on."""
