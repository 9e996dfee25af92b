"""The parts of a report that read the same in every form: what it is about, coverage, trend, pace."""

from __future__ import annotations

from collections.abc import Iterator

from llmcore_tui.content.bilingual import Language
from llmcore_tui.interview import words
from llmcore_tui.interview.document import Report
from llmcore_tui.interview.speech import Counted
from llmcore_tui.render.safe import one_line

_ENDS = ("?", "？", "!", "！", "…")


def about(report: Report) -> str:
    """The interview in a line: id, day, modules, mode, how many questions."""
    language = report.language
    modules = ", ".join(module.module for module in report.modules)
    return words.HEAD.of(language).format(
        session=report.session,
        date=report.on.isoformat(),
        about=words.STORIES.of(language) if report.is_story else modules or "–",
        mode=words.MODES[report.mode].of(language),
        answered=report.answered,
        asked=report.asked,
    )


def facts(report: Report) -> Iterator[str]:
    """Who marked it, and that it goes on."""
    language = report.language
    if report.marked_by and not report.is_story:
        by = ("；" if language == "zh" else "; ").join(
            one_line(each).rstrip(".。") for each in report.marked_by
        )
        end = "" if by.endswith(_ENDS) else "。" if language == "zh" else "."
        yield by[0].upper() + by[1:] + end
    if not report.has_ended:
        yield words.NOT_ENDED.of(language).format(session=report.session)


def coverage_rows(report: Report) -> list[tuple[str, float | None]]:
    """A title and a coverage each: the modules, then all of it where there are several; nothing without a mark."""
    if report.coverage is None:
        return []
    rows: list[tuple[str, float | None]] = [(each.title, each.coverage) for each in report.modules]
    if len(rows) > 1:
        rows.append((words.OF_ALL.of(report.language), report.coverage))
    return rows


def covered(share: float) -> str:
    """`67%`: a coverage is no finer than that."""
    return f"{round(share * 100)}%"


def trend_text(report: Report) -> str:
    """`▂▅▇ 2026-11-20 40% · 2026-11-25 62%`."""
    points = " · ".join(f"{point.on.isoformat()} {covered(point.coverage)}" for point in report.trend.points)
    return f"{report.trend.line} {points}"


def habit_text(found: Counted, language: Language) -> str:
    """A filler or hedge with its number and where it came first."""
    form = words.ONCE if found.times == 1 else words.TIMES
    habit = words.HABIT[found.habit].of(language)
    return form.of(language).format(said=found.said, habit=habit, times=found.times, around=found.around)


def pace_lines(report: Report) -> list[str]:
    """The pace of every answer that is long enough, then what is usual."""
    paced = [each for each in report.questions if each.pace is not None]
    lines = [
        words.PACES[each.pace.unit]
        .of(report.language)
        .format(position=each.shown.position, number=each.pace.a_minute)
        for each in paced
        if each.pace is not None
    ]
    usual = dict.fromkeys(each.pace.usual.of(report.language) for each in paced if each.pace is not None)
    return [*lines, *usual]
