"""The map of modules as lines: areas, modules with a mark for where the learner stands, levels; the way to one module."""

from __future__ import annotations

from collections.abc import Sequence

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.render.width import cells, clip, pad
from llmcore_tui.study.level import LevelGate
from llmcore_tui.study.module_tree import AreaBranch, ModuleNode, Standing, Way
from llmcore_tui.study.plain.prose import Page, after

MARKS = {Standing.KNOWN: "●", Standing.STARTED: "◐", Standing.NEW: "○", Standing.PLANNED: "·"}
_LEGEND = Bilingual("● known   ◐ begun   ○ not begun   · planned", "● 已掌握   ◐ 学习中   ○ 未开始   · 待写")
_CARDS = Bilingual("{recalled} of {cards} cards", "{recalled} / {cards} 张卡")
_PLANNED = Bilingual("planned", "待写")
_TOTAL = Bilingual("{written} of {all} modules are written.", "{all} 个模块中已写 {written} 个。")
_BEFORE = Bilingual("Learn first:", "先学：")
_NOTHING_BEFORE = Bilingual("It requires nothing.", "没有前置模块。")
_AFTER = Bilingual("It leads to:", "之后可学：")
_NEXT = Bilingual(
    "Next on the way: llmcore study --module {module}", "下一步：llmcore study --module {module}"
)
_OPEN = Bilingual(
    "The way is open: llmcore study --module {module}", "前置已备：llmcore study --module {module}"
)
_IS_PLANNED = Bilingual("{module} is planned: no card of it is written yet.", "{module} 尚未写成卡片。")
_DEMAND = Bilingual("asked {often} in interviews", "面试中{often}考到")
_OFTEN = {
    "A": Bilingual("often", "常"),
    "B": Bilingual("sometimes", "有时"),
    "C": Bilingual("seldom", "很少"),
}
_LEVEL = Bilingual("{id} {title}: {parts}", "{id} {title}：{parts}")
_LEVEL_MET = Bilingual("passed", "已通过")
_LEVEL_PART = Bilingual("{title} {have} of {need}", "{title} {have} / {need}")
_INTERVIEW = Bilingual(
    "next: llmcore interview --level {id} --mode real", "下一步：llmcore interview --level {id} --mode real"
)
_LEVEL_PLANNED = Bilingual("waits for {modules}, not written yet", "等待尚未写成的 {modules}")


def tree_lines(areas: Sequence[AreaBranch], gates: Sequence[LevelGate], page: Page) -> list[str]:
    """The areas with their modules, then the levels."""
    nodes = [node for area in areas for node in area.modules]
    id_cells = max((cells(node.id) for node in nodes), default=0)
    count_cells = max((cells(_cards(node, page)) for node in nodes), default=0)
    lines = []
    for area in areas:
        lines.append(area.title)
        for node in area.modules:
            row = f"  {MARKS[node.standing]} {pad(node.id, id_cells)}  {pad(_cards(node, page), count_cells)}  {node.title}"
            lines.append(clip(row, page.width))
    written = sum(node.standing is not Standing.PLANNED for node in nodes)
    lines += [_LEGEND.of(page.language), _TOTAL.of(page.language).format(written=written, all=len(nodes))]
    return [*lines, *(_gate(gate, page) for gate in gates)]


def way_lines(way: Way, page: Page) -> list[str]:
    """The module, what to learn before it, what comes after, and the next step."""
    language = page.language
    demand = _DEMAND.of(language).format(often=_OFTEN[way.to.demand].of(language))
    lines = [after(_node(way.to, page), page.aside(demand))]
    lines.append((_BEFORE if way.before else _NOTHING_BEFORE).of(language))
    lines += [f"  {_node(node, page)}" for node in way.before]
    if way.leads_to:
        lines.append(_AFTER.of(language))
        lines += [f"  {_node(node, page)}" for node in way.leads_to]
    if way.to.standing is Standing.PLANNED:
        lines.append(_IS_PLANNED.of(language).format(module=way.to.id))
    elif way.next is not None:
        lines.append(_NEXT.of(language).format(module=way.next.id))
    else:
        lines.append(_OPEN.of(language).format(module=way.to.id))
    return lines


def _node(node: ModuleNode, page: Page) -> str:
    return f"{MARKS[node.standing]} {node.id}  {_cards(node, page)}  {node.title}"


def _cards(node: ModuleNode, page: Page) -> str:
    if node.standing is Standing.PLANNED:
        return _PLANNED.of(page.language)
    return _CARDS.of(page.language).format(recalled=node.recalled, cards=node.cards)


def _gate(gate: LevelGate, page: Page) -> str:
    language = page.language
    if gate.met:
        return _LEVEL.of(language).format(id=gate.id, title=gate.title, parts=_LEVEL_MET.of(language))
    parts = [
        _LEVEL_PART.of(language).format(title=part.title, have=part.have, need=part.need)
        for part in gate.parts
        if part.need
    ]
    if gate.planned:
        parts.append(_LEVEL_PLANNED.of(language).format(modules=page.listed(gate.planned)))
    if gate.wants_interview:
        parts.append(_INTERVIEW.of(language).format(id=gate.id))
    joined = ("；" if language == "zh" else ", ").join(parts)
    return _LEVEL.of(language).format(id=gate.id, title=gate.title, parts=joined)
