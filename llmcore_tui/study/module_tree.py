"""The modules as a tree of areas, where the learner stands in each, and the way to one of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from llmcore_tui.content import prerequisites
from llmcore_tui.content.bilingual import Language

if TYPE_CHECKING:
    from llmcore_progress import Progress
    from llmcore_tui.content.card import ModuleId
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.content.module import Demand, Module

FIRST_CARDS = 50
"""Cards of a module that are looked at to see whether it was begun; new cards come in their order."""


class Standing(StrEnum):
    """Where the learner stands in a module."""

    KNOWN = "known"
    """Every card was recalled at least once."""
    STARTED = "started"
    NEW = "new"
    PLANNED = "planned"
    """No card of it is written yet."""


@dataclass(frozen=True, slots=True)
class ModuleNode:
    """One module."""

    id: str
    title: str
    standing: Standing
    cards: int
    recalled: int
    """Cards rated good or easy at least once."""
    demand: Demand
    requires: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AreaBranch:
    """A group of modules."""

    id: str
    title: str
    modules: tuple[ModuleNode, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """The way to one module."""

    to: ModuleNode
    before: tuple[ModuleNode, ...]
    """All that it requires, directly or not, in the order to learn it."""
    leads_to: tuple[ModuleNode, ...]
    """The modules that require it directly."""

    @property
    def next(self) -> ModuleNode | None:
        """The first on the way that is written and not known yet; None when the way is open."""
        return next((node for node in self.before if node.standing in (Standing.NEW, Standing.STARTED)), None)


def tree(deck: Deck, progress: Progress, language: Language) -> tuple[AreaBranch, ...]:
    """Every area with its modules, in the order of the deck."""
    nodes = {module.id: _node(module, deck, progress, language) for module in deck.modules().values()}
    return tuple(
        AreaBranch(
            area.id,
            area.title.of(language),
            tuple(nodes[module.id] for module in deck.modules().values() if module.area == area.id),
        )
        for area in deck.areas()
    )


def way_to(deck: Deck, progress: Progress, name: str, language: Language) -> Way:
    """What to learn before a module and what comes after it; UnknownName where there is no such module."""
    module = deck.module(name)
    modules = deck.modules()

    def nodes(ids: list[ModuleId]) -> tuple[ModuleNode, ...]:
        return tuple(_node(modules[each], deck, progress, language) for each in ids)

    return Way(
        to=_node(module, deck, progress, language),
        before=nodes(prerequisites.background(modules, module.id)),
        leads_to=nodes(prerequisites.leads_to(modules, module.id)),
    )


def _node(module: Module, deck: Deck, progress: Progress, language: Language) -> ModuleNode:
    cards = deck.counts().get(module.id, 0)
    recalled = _recalled(module.id, progress) if cards else 0
    return ModuleNode(
        id=module.id,
        title=module.title.of(language),
        standing=_standing(module, cards, recalled, deck, progress),
        cards=cards,
        recalled=recalled,
        demand=module.demand,
        requires=module.requires,
    )


def _standing(module: Module, cards: int, recalled: int, deck: Deck, progress: Progress) -> Standing:
    if not cards:
        return Standing.PLANNED
    if recalled >= cards:
        return Standing.KNOWN
    begun = recalled or any(progress.state(card).reviews for card in deck.card_ids(module.id)[:FIRST_CARDS])
    return Standing.STARTED if begun else Standing.NEW


def _recalled(module: str, progress: Progress) -> int:
    from llmcore_progress import CheckpointRule

    state = progress.checkpoint(CheckpointRule(day=0, modules=(module,), cards_needed=1))
    return int(state.parts[0].have)
