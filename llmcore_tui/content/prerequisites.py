"""What requires what: cycles, the order in which modules are taught, and the way to one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from llmcore_tui.content.card import ModuleId
from llmcore_tui.content.module import Module

if TYPE_CHECKING:
    from llmcore_tui.content.plan import Plan

Modules = Mapping[ModuleId, Module]


def cycle(modules: Modules) -> list[ModuleId]:
    """Modules that require each other in a ring, the first again at the end; empty when there is none."""
    finished: set[ModuleId] = set()
    for start in modules:
        trail: dict[ModuleId, list[ModuleId]] = {start: _required(modules, start)}
        while trail:
            here = next(reversed(trail))
            if here in finished or not trail[here]:
                finished.add(here)
                del trail[here]
                continue
            required = trail[here].pop()
            if required in trail:
                ring = list(trail)
                return [*ring[ring.index(required) :], required]
            if required not in finished:
                trail[required] = _required(modules, required)
    return []


def order(modules: Modules, plan: Plan | None = None) -> list[ModuleId]:
    """All modules as they are taught: a plan's own in its order, then the others, each after what it requires.

    A module of the plan does not wait for one that the plan leaves out. Among equals the order is that of `modules`.
    """
    planned = [module for module in plan.modules if module in modules] if plan else []
    taught: dict[ModuleId, None] = {}
    if plan and plan.order == "given":
        taught.update(dict.fromkeys(planned))
    inside = set(planned)
    for module in planned:
        _teach(modules, module, taught, inside)
    for module in modules:
        _teach(modules, module, taught, None)
    return list(taught)


def background(modules: Modules, module: ModuleId) -> list[ModuleId]:
    """Everything a module requires, directly or not, in the order to learn it; without the module itself."""
    taught: dict[ModuleId, None] = {}
    _teach(modules, module, taught, None)
    return [each for each in taught if each != module]


def leads_to(modules: Modules, module: ModuleId) -> list[ModuleId]:
    """The modules that require this one directly."""
    return [each.id for each in modules.values() if module in each.requires]


def too_early(modules: Modules, plan: Plan) -> list[tuple[ModuleId, ModuleId]]:
    """Pairs of a plan's module and one it requires, directly or not, that the plan teaches only later."""
    position = {module: index for index, module in enumerate(plan.modules)}
    return [
        (module, required)
        for module in plan.modules
        for required in background(modules, module)
        if position.get(required, -1) > position[module]
    ]


def _teach(
    modules: Modules, module: ModuleId, taught: dict[ModuleId, None], inside: set[ModuleId] | None
) -> None:
    """Add a module after what it requires; `inside` limits that to some modules. Rings are broken where they close."""
    waiting: list[tuple[ModuleId, Sequence[ModuleId]]] = [(module, _missing(modules, module, taught, inside))]
    on_the_way = {module}
    while waiting:
        here, missing = waiting.pop()
        ahead = next((each for each in missing if each not in taught and each not in on_the_way), None)
        if ahead is None:
            taught.setdefault(here)
            continue
        waiting.append((here, missing))
        on_the_way.add(ahead)
        waiting.append((ahead, _missing(modules, ahead, taught, inside)))


def _missing(
    modules: Modules, module: ModuleId, taught: Iterable[ModuleId], inside: set[ModuleId] | None
) -> list[ModuleId]:
    known = set(taught)
    return [
        each
        for each in _required(modules, module)
        if each not in known and (inside is None or each in inside)
    ]


def _required(modules: Modules, module: ModuleId) -> list[ModuleId]:
    return [each for each in modules[module].requires if each in modules] if module in modules else []
