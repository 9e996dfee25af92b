"""Today as lines."""

from __future__ import annotations

from collections.abc import Iterator

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.render.markdown import on_one_line
from llmcore_tui.study.plain.checkpoint import checkpoint_line
from llmcore_tui.study.plain.prose import Page
from llmcore_tui.study.today import Today

_DAY = Bilingual("Day {day} of {days}: {title}.", "第 {day} / {days} 天：{title}。")
_PLANNED = Bilingual("Planned, not written yet: {modules}.", "计划中，尚未写成：{modules}。")
_SAY = Bilingual("Say clearly:", "要能说：")
_OPEN = Bilingual("Checkpoints still open: day {days}.", "尚未通过的检查点：第 {days} 天。")
_TODO = Bilingual(
    "{due} due, {new} new, about {minutes} minutes.", "到期 {due} 张，新卡 {new} 张，约 {minutes} 分钟。"
)
_NOTHING = Bilingual("Nothing is due.", "没有到期的卡片。")
_WEAK = Bilingual("Weak: {module}: {text}", "薄弱：{module}：{text}")
_STREAK = Bilingual("{days} days in a row.", "已连续 {days} 天。")


def today_lines(today: Today, page: Page) -> list[str]:
    """The day, what to say, the checkpoint, what is due, what is weak."""
    return [*_plan(today, page), *_due(today, page)]


def _plan(today: Today, page: Page) -> Iterator[str]:
    language = page.language
    if not today.days:
        return
    yield _DAY.of(language).format(day=today.day, days=today.days, title=today.title)
    if planned := [module.id for module in today.modules if module.planned]:
        yield _PLANNED.of(language).format(modules=page.listed(planned))
    yield from page.prose(today.must_say, _SAY.of(language))
    if today.checkpoint is not None:
        yield checkpoint_line(today.checkpoint, language)
    if today.open_days:
        yield _OPEN.of(language).format(days=page.listed(map(str, today.open_days)))


def _due(today: Today, page: Page) -> Iterator[str]:
    language = page.language
    if today.due or today.learning or today.new:
        yield _TODO.of(language).format(due=today.due + today.learning, new=today.new, minutes=today.minutes)
    else:
        yield _NOTHING.of(language)
    for point in today.weak:
        yield _WEAK.of(language).format(module=point.module, text=on_one_line(point.text))
    if today.streak > 1:
        yield _STREAK.of(language).format(days=today.streak)
