"""Which items a quiz asks: by module, by a plan's day, by level; in an order that a seed decides."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from llmcore_tui.content.plan import Day, Plan
from llmcore_tui.errors import InputError

if TYPE_CHECKING:
    from llmcore_tui.content.card import ModuleId
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.content.quiz import QuizItem

USUAL_COUNT = 10
"""Items of a round when nobody says how many."""


def day_of(plan: Plan, number: int) -> Day:
    """A day of a plan; InputError says how many it has."""
    if not 1 <= number <= len(plan.days):
        raise InputError(f"The plan {plan.name} has no day {number}.", f"Its days are 1 to {len(plan.days)}.")
    return plan.days[number - 1]


def modules_of(day: Day) -> tuple[ModuleId, ...]:
    """The modules a day is about; single cards count for theirs."""
    return Plan("", day.must_say, (day,)).modules


def with_items(deck: Deck, modules: Sequence[str]) -> list[str]:
    """Those of the modules that have quiz items; InputError where none has, with a clear line for a planned one."""
    wanted = [deck.module(module) for module in dict.fromkeys(modules)]
    ready = [module.id for module in wanted if deck.item_ids(module.id)]
    if ready:
        return list(ready)
    names = ", ".join(module.id for module in wanted)
    written = [module for module in deck.modules() if deck.item_ids(module)]
    hint = f"There are quizzes of: {', '.join(written)}." if written else ""
    if all(module.planned for module in wanted):
        raise InputError(f"{names}: planned, not written yet, so there is no quiz of it.", hint)
    raise InputError(f"{names}: no quiz item is written yet.", hint)


def choose(
    deck: Deck, modules: Sequence[str], *, level: int | None = None, count: int | None = None, seed: int
) -> list[QuizItem]:
    """Items of these modules; every module has its turn before one comes again."""
    shuffle = random.Random(seed)
    piles = []
    for module in dict.fromkeys(modules):
        pile = [item for item in deck.items(module) if level is None or item.level == level]
        shuffle.shuffle(pile)
        piles.append(pile)
    turns = range(max(map(len, piles), default=0))
    items = [pile[turn] for turn in turns for pile in piles if turn < len(pile)]
    chosen = items[: USUAL_COUNT if count is None else max(0, count)]
    shuffle.shuffle(chosen)
    return chosen
