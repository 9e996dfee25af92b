"""A report as one HTML file that needs nothing else. What the learner typed is escaped and never read as mark-up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from llmcore_tui.brief.page import page
from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.interview import words
from llmcore_tui.interview.document import CardToStudy, Report, ReportedQuestion
from llmcore_tui.interview.head import (
    about,
    coverage_rows,
    covered,
    facts,
    habit_text,
    pace_lines,
    trend_text,
)
from llmcore_tui.interview.markdown import MARKER, answer_facts
from llmcore_tui.interview.shown import ShownAnswer
from llmcore_tui.render.html import html_line, html_text
from llmcore_tui.render.safe import one_line, safe
from llmcore_tui.study.mark_text import NO_SCORE
from llmcore_tui.study.marked_answer import MarkedPoint

_COMMAND = re.compile(r"`([^`]+)`")


def html(report: Report) -> str:
    """The whole report."""
    language = report.language
    title = words.TITLE.of(language)
    parts = [
        _coverage(report),
        _section(words.TREND, language, f'<p class="trend">{html_text(trend_text(report))}</p>')
        if len(report.trend.points) > 1
        else "",
        _missed(report),
        *(_question(question, report) for question in report.questions),
        _listed(words.NOT_ASKED, language, map(html_line, report.unanswered)),
        _habits(report),
        _listed(words.PACE, language, map(html_text, pace_lines(report))),
        _cards(report.cards, language),
    ]
    head = "\n".join(f'<p class="made">{_coded(line)}</p>' for line in (about(report), *facts(report)))
    body = f"""<header>
<h1>{title}</h1>
{head}
</header>
<main>
<article>
{"".join(f"{part}{chr(10)}" for part in parts if part)}</article>
</main>"""
    return page(
        MARKER,
        f"{title} · {html_text(report.session)}",
        body,
        language,
        Path(__file__).with_name("report.css"),
    )


def _coded(text: str) -> str:
    """Text that is no Markdown but for its commands between backticks."""
    return _COMMAND.sub(r"<code>\1</code>", html_text(text))


def _section(title: Bilingual, language: Language, inside: str) -> str:
    return f"<section><h3>{escape(title.of(language))}</h3>{inside}</section>"


def _listed(title: Bilingual, language: Language, items: Iterable[str]) -> str:
    rows = "".join(f"<li>{item}</li>" for item in items)
    return _section(title, language, f"<ul>{rows}</ul>") if rows else ""


def _coverage(report: Report) -> str:
    language, rows = report.language, coverage_rows(report)
    if not rows:
        none = words.STAR if report.is_story else words.NOTHING_MARKED
        return _section(words.COVERAGE, language, f'<p class="note">{escape(none.of(language))}</p>')
    unmarked = words.UNMARKED.of(language)
    cells = "".join(
        f'<tr><th scope="row">{html_line(title)}</th>'
        f'<td class="right">{escape(unmarked if share is None else covered(share))}</td></tr>'
        for title, share in rows
    )
    note = f'<p class="note">{escape(NO_SCORE.of(language))}</p>'
    return _section(words.COVERAGE, language, f"<table><tbody>{cells}</tbody></table>{note}")


def _missed(report: Report) -> str:
    language = report.language
    if report.is_story or report.coverage is None:
        return ""
    if not report.missed:
        none = f'<p class="note">{escape(words.NOTHING_MISSED.of(language))}</p>'
        return _section(words.SAY_INSTEAD, language, none)
    items = "".join(
        f'<li class="missed"><span class="sign">{each.sign}</span><div><p>{_must(language) if each.must else ""}'
        f"{html_line(each.say)}</p></div></li>"
        for each in report.missed
    )
    return _section(words.SAY_INSTEAD, language, f'<ul class="points">{items}</ul>')


def _question(question: ReportedQuestion, report: Report) -> str:
    found, language = question.shown, report.language
    title = words.QUESTION.of(language).format(
        position=found.position, module=html_line(found.main.module_title)
    )
    follow_ups = "".join(
        f'<div class="follow-up"><h3>{escape(words.FOLLOW_UP.of(language))}</h3>{_answer(each, report)}</div>'
        for each in found.follow_ups
    )
    return f"<section><h3>{title}</h3>{_answer(found.main, report)}{follow_ups}</section>"


def _answer(answer: ShownAnswer, report: Report) -> str:
    language = report.language
    typed = safe(answer.answer).strip() or words.NO_ANSWER.of(language)
    parts = [
        f'<div class="ask">{html_line(answer.ask)}</div>',
        f'<p class="facts">{escape(words.YOUR_ANSWER.of(language))} · {html_text(answer_facts(answer, language))}</p>',
        f'<div class="typed">{escape(typed)}</div>',
    ]
    if answer.marked is None:
        unmarked = words.UNMARKED_LONG.of(language).format(session=report.session)
        return "".join([*parts, f'<p class="note">{_coded(unmarked)}</p>'])
    marked = answer.marked
    by = words.MARKED.of(language).format(counted=marked.counted, by=one_line(marked.marked_by))
    parts.append(f'<p class="facts">{html_text(by)}</p>')
    parts += [f'<p class="note">{html_text(flag)}</p>' for flag in marked.flags]
    parts.append(f'<ul class="points">{"".join(_point(each, language) for each in marked.points)}</ul>')
    for each in marked.wrong:
        parts.append(
            f'<dl><dt class="wrong">{html_line(each.says)}</dt><dd><p class="evidence">{_quoted(each.evidence, language)}</p>'
            f'<p><span class="instead">{escape(words.INSTEAD.of(language))}</span>{html_line(each.fix)}</p></dd></dl>'
        )
    return "".join(parts)


def _point(point: MarkedPoint, language: Language) -> str:
    inside = [
        f"<p>{_must(language) if point.must else ''}"
        f'<span class="word">{escape(point.word)}</span> {html_line(point.say)}</p>'
    ]
    if point.evidence:
        inside.append(f'<p class="evidence">{_quoted(point.evidence, language)}</p>')
    if point.remark:
        inside.append(f'<p class="remark">{escape(point.remark)}</p>')
    return (
        f'<li class="{point.verdict}"><span class="sign">{point.sign}</span><div>{"".join(inside)}</div></li>'
    )


def _must(language: Language) -> str:
    return f'<span class="must-say">{escape(words.MUST.of(language))}</span> '


def _quoted(evidence: str, language: Language) -> str:
    return escape(words.EVIDENCE.of(language).format(evidence=one_line(evidence)))


def _habits(report: Report) -> str:
    language = report.language
    if not report.habits:
        none = f'<p class="note">{escape(words.NO_HABITS.of(language))}</p>'
        return _section(words.HABITS, language, none)
    rows = "".join(f"<li>{escape(habit_text(each, language))}</li>" for each in report.habits)
    how = f'<p class="note">{escape(words.HABITS_HOW.of(language))}</p>'
    return _section(words.HABITS, language, f"<ul>{rows}</ul>{how}")


def _cards(cards: Sequence[CardToStudy], language: Language) -> str:
    if not cards:
        none = f'<p class="note">{escape(words.NO_CARDS.of(language))}</p>'
        return _section(words.CARDS, language, none)
    rows = "".join(
        f"<dt><code>{escape(card.card)}</code> {html_line(card.ask)}</dt>"
        f"<dd>{escape(words.CARD_FOR.of(language).split('{')[0])}{html_line(card.say)}</dd>"
        for card in cards
    )
    when = f'<p class="note">{_coded(words.CARDS_WHEN.of(language))}</p>'
    return _section(words.CARDS, language, f"{when}<dl>{rows}</dl>")
