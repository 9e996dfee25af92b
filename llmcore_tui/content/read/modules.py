"""Modules and the areas they are in."""

from __future__ import annotations

from typing import cast

from llmcore_tui.content.card import ModuleId
from llmcore_tui.content.module import Area, Demand, Module
from llmcore_tui.content.read.fields import Fields
from llmcore_tui.content.read.heading import module_id


def area(fields: Fields) -> Area:
    """Read an area of `modules.yaml`."""
    read = Area(id=module_id(fields, "id"), title=fields.bilingual("title"))
    fields.close()
    return read


def module(fields: Fields) -> Module:
    """Read a module of `modules.yaml`; whether it is planned is not said there."""
    read = Module(
        id=module_id(fields, "id"),
        area=fields.text("area"),
        title=fields.bilingual("title"),
        requires=tuple(ModuleId(each) for each in fields.texts("requires")),
        demand=cast(Demand, fields.one_of("demand", ("A", "B", "C"))),
        demos=fields.texts("demos"),
        tags=fields.texts("tags"),
    )
    fields.close()
    return read
