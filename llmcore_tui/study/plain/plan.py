"""A plan as lines."""

from __future__ import annotations

from collections.abc import Sequence

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.render.width import cells, pad
from llmcore_tui.study.plain.checkpoint import checkpoint_lines
from llmcore_tui.study.plain.prose import Page
from llmcore_tui.study.plan_choice import PlanChoice
from llmcore_tui.study.plan_days import PlanDay

_HEAD = Bilingual(
    "{name}: {title}. Begun on {start}, today is day {day} of {days}.",
    "{name}：{title}。{start} 开始，今天是第 {day} / {days} 天。",
)
_BEFORE = Bilingual("{name}: {title}. Begins on {start}.", "{name}：{title}。{start} 开始。")
_NOT_BEGUN = Bilingual(
    "{name}: {title}. It begins with your first card, or: llmcore plan start DATE.",
    "{name}：{title}。学第一张卡时开始，或用 llmcore plan start DATE 设定。",
)
_AFTER = Bilingual("{name}: {title}. It ended on {end}.", "{name}：{title}。已于 {end} 结束。")
_DAY = Bilingual("day {day}", "第 {day} 天")
_STATES = {
    "met": Bilingual("✓ met", "✓ 已通过"),
    "open": Bilingual("! open", "! 未通过"),
    "today": Bilingual("> today", "> 今天"),
    "ahead": Bilingual("· ahead", "· 未到"),
    "planned": Bilingual("… planned", "… 待写"),
    "review": Bilingual("· review", "· 复习"),
}
_SAY = Bilingual("Say clearly:", "要能说：")
_OTHERS = Bilingual(
    "Other plans (llmcore plan use NAME): {names}.", "其他计划（llmcore plan use NAME）：{names}。"
)
_STATE_CELLS = 11
_INDENT = "    "


def plan_lines(choice: PlanChoice, days: Sequence[PlanDay], others: Sequence[str], page: Page) -> list[str]:
    """The plan, a line a day, each with what must be said; what is missing for today and for days left open."""
    lines = [_head(choice, page)]
    label_cells = max(cells(_DAY.of(page.language).format(day=day.day)) for day in days) + 2
    for day in days:
        label = pad(_DAY.of(page.language).format(day=day.day), label_cells)
        state = pad(_STATES[day.state].of(page.language), _STATE_CELLS)
        lines.append(f"{label}{day.date:%m-%d}  {state} {', '.join(day.modules)}: {day.title}".rstrip(": "))
        lines += [_INDENT + line for line in page.prose(day.must_say, _SAY.of(page.language))]
        if day.state in ("open", "today") and day.checkpoint is not None:
            lines += [_INDENT + line for line in checkpoint_lines(day.checkpoint, page.language)]
    if others:
        lines.append(_OTHERS.of(page.language).format(names=", ".join(others)))
    return lines


def _head(choice: PlanChoice, page: Page) -> str:
    plan, days = choice.plan, len(choice.plan.days)
    if not choice.has_begun:
        form = _NOT_BEGUN
    elif choice.days_since < 0:
        form = _BEFORE
    else:
        form = _AFTER if choice.days_since >= days else _HEAD
    return form.of(page.language).format(
        name=plan.name,
        title=plan.title.of(page.language),
        start=choice.start.isoformat(),
        end=choice.end.isoformat(),
        day=choice.day.day,
        days=days,
    )
