"""Plans: nothing is taught before what it requires, and every day can be passed."""

from __future__ import annotations

from collections.abc import Collection

from llmcore_tui.content import prerequisites
from llmcore_tui.content.card import ModuleId
from llmcore_tui.content.plan import Plan
from llmcore_tui.content.prerequisites import Modules
from llmcore_tui.content.rules.note import Note, Notes


def plans(plan: Plan, modules: Modules, cards: Collection[str]) -> Notes:
    """The rules of one plan; `cards` are the ids of its decks' cards."""
    if plan.order == "prerequisites":
        for module, required in prerequisites.too_early(modules, plan):
            index = next(index for index, day in enumerate(plan.days) if module in _of_day(plan, index))
            yield Note(("days", index, "modules"), f"teaches {module} before {required}, which it requires")
    for index, day in enumerate(plan.days):
        for position, card in enumerate(day.cards):
            if card not in cards:
                yield Note(("days", index, "cards", position), f"names {card!r}, which is no card")
        written = [
            module for module in _of_day(plan, index) if module in modules and not modules[module].planned
        ]
        if written and day.checkpoint is None and not day.review:
            yield Note(("days", index), f"has no checkpoint, but {', '.join(written)} can be studied")


def _of_day(plan: Plan, index: int) -> list[ModuleId]:
    day = plan.days[index]
    return [*day.modules, *dict.fromkeys(ModuleId(card.partition(".")[0]) for card in day.cards)]
