"""A demo's run as lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.render.number import written
from llmcore_tui.study.plain.prose import Page
from llmcore_tui.study.setting_text import command, listed

if TYPE_CHECKING:
    from llmcore_tui.lab.run import Run

_DEMO = Bilingual("Demo {name}: {title}.", "演示 {name}：{title}。")
_NUMBER = Bilingual("{number}: {reading}", "{number}：{reading}")
_OFF = Bilingual(" (idea off: {number})", "（关闭该想法：{number}）")
_OFF_SET = Bilingual("Idea off means {set}.", "关闭该想法即 {set}。")
_AGAIN = Bilingual("The same again: {command}", "再次运行：{command}")


def run_lines(run: Run, page: Page) -> list[str]:
    """Every number with its reading and its off twin, then the sentence of what was seen."""
    language = page.language
    lines = [_DEMO.of(language).format(name=run.demo.name, title=run.demo.title.of(language))]
    lines += _numbers(run, page)
    if run.off_twin is not None:
        lines.append(_OFF_SET.of(language).format(set=listed(run.demo.off.set, language)))
    lines += page.prose(run.says.of(language))
    lines.append(_AGAIN.of(language).format(command=command(run.demo, run.set)))
    return lines


def plot_line(run: Run, page: Page) -> str:
    """The first plot of a run said in a sentence; nothing where it has no curve."""
    from llmcore_tui.render.plot import describe, groups

    found = groups(run.result.series)
    return describe(found[0], page.language) if found else ""


def _numbers(run: Run, page: Page) -> Iterator[str]:
    for key, value in run.result.numbers.items():
        declared = run.demo.numbers[key]
        reading = declared.zh if page.language == "zh" else declared.en
        line = _NUMBER.of(page.language).format(
            number=written(value, declared.unit, page.language), reading=reading
        )
        if run.off_twin is not None and key in run.off_twin.numbers:
            off = written(run.off_twin.numbers[key], declared.unit, page.language)
            line += _OFF.of(page.language).format(number=off)
        yield line
