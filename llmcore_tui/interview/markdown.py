"""A report as Markdown. What the learner typed is escaped character by character, so that it stays text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from llmcore_tui.brief.markdown import as_markdown, clock
from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.interview import words
from llmcore_tui.interview.document import Report, ReportedQuestion
from llmcore_tui.interview.head import (
    about,
    coverage_rows,
    covered,
    facts,
    habit_text,
    pace_lines,
    trend_text,
)
from llmcore_tui.interview.shown import ShownAnswer
from llmcore_tui.render.safe import one_line, safe
from llmcore_tui.study.mark_text import NO_SCORE
from llmcore_tui.study.marked_answer import MarkedPoint
from llmcore_tui.study.plain.prose import after

MARKER = "<!-- llmcore interview report -->"
"""The first line of every report: what may be written anew."""
_MARKUP = re.compile(r"([\\`*_\[\]<>&$|~])")
_STARTS = re.compile(r"^(\d*)([-+=#.)])")


def markdown(report: Report) -> str:
    """The whole report."""
    return "\n".join(_lines(report)).rstrip() + "\n"


def typed(text: str) -> list[str]:
    """What somebody typed as lines in which nothing is Markdown."""
    return [_escaped(line) for line in safe(text).strip().split("\n")]


def _escaped(line: str) -> str:
    return _STARTS.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", line.strip()))


def _lines(report: Report) -> Iterator[str]:
    language = report.language

    def say(text: Bilingual) -> str:
        return text.of(language)

    yield MARKER
    yield f"# {say(words.TITLE)}\n"
    yield about(report)
    for fact in facts(report):
        yield f"\n{fact}"
    yield f"\n## {say(words.COVERAGE)}\n"
    rows = coverage_rows(report)
    if not rows:
        yield say(words.STAR if report.is_story else words.NOTHING_MARKED)
    for title, share in rows:
        share_text = say(words.UNMARKED) if share is None else covered(share)
        yield f"- {say(words.ENTRY).format(title=_line(title), text=share_text)}"
    if rows:
        yield f"\n_{say(NO_SCORE)}_"
    if len(report.trend.points) > 1:
        yield f"\n## {say(words.TREND)}\n\n{trend_text(report)}"
    if rows and not report.is_story:
        yield f"\n## {say(words.SAY_INSTEAD)}\n"
        yield from _missed(report)
    for question in report.questions:
        yield from _question(question, report)
    if report.unanswered:
        yield f"\n## {say(words.NOT_ASKED)}\n"
        yield from (f"- {_line(ask)}" for ask in report.unanswered)
    yield f"\n## {say(words.HABITS)}\n"
    yield from (f"- {' '.join(typed(habit_text(each, language)))}" for each in report.habits)
    yield f"\n_{say(words.HABITS_HOW)}_" if report.habits else say(words.NO_HABITS)
    if paces := pace_lines(report):
        yield f"\n## {say(words.PACE)}\n"
        yield from (f"- {line}" for line in paces)
    yield f"\n## {say(words.CARDS)}\n"
    yield from _cards(report)


def _missed(report: Report) -> Iterator[str]:
    language = report.language
    if not report.missed:
        yield words.NOTHING_MISSED.of(language)
    for missed in report.missed:
        must = f"**{words.MUST.of(language)}** " if missed.must else ""
        yield f"- {missed.sign} {must}{_line(missed.say)}"


def _question(question: ReportedQuestion, report: Report) -> Iterator[str]:
    found, language = question.shown, report.language
    title = words.QUESTION.of(language).format(position=found.position, module=_line(found.main.module_title))
    yield f"\n## {title}"
    yield from _answer(found.main, report)
    for answer in found.follow_ups:
        yield f"\n### {words.FOLLOW_UP.of(language)}"
        yield from _answer(answer, report)


def _answer(answer: ShownAnswer, report: Report) -> Iterator[str]:
    language = report.language
    yield f"\n**{_line(answer.ask)}**\n"
    yield f"{words.YOUR_ANSWER_WAS.of(language).format(facts=answer_facts(answer, language))}\n"
    lines = typed(answer.answer) if answer.answer.strip() else [words.NO_ANSWER.of(language)]
    for line, next_line in zip(lines, [*lines[1:], ""], strict=True):
        yield f"> {line}".rstrip() + ("\\" if line and next_line else "")
    yield ""
    if answer.marked is None:
        yield words.UNMARKED_LONG.of(language).format(session=report.session)
        return
    by = " ".join(typed(answer.marked.marked_by))
    yield words.MARKED.of(language).format(counted=answer.marked.counted, by=by)
    yield ""
    yield from (f"- {flag}" for flag in answer.marked.flags)
    for point in answer.marked.points:
        yield from _point(point, language)
    for each in answer.marked.wrong:
        yield f"- ! {words.SAYS_WRONG.of(language)}{_line(each.says)}"
        yield f"  - {_quoted(each.evidence, language)}"
        yield f"  - {words.INSTEAD.of(language)}{_line(each.fix)}"


def answer_facts(answer: ShownAnswer, language: Language) -> str:
    """The time it took, and what else is to be known of it."""
    used, suggested = (clock(round(each / 1000)) for each in (answer.elapsed_ms, answer.suggested_ms))
    said = [words.TIME.of(language).format(used=used, suggested=suggested)]
    if answer.timed:
        said.append(words.TIMED.of(language))
    if answer.used_hint:
        said.append(words.HINTED.of(language))
    return ("；" if language == "zh" else "; ").join(said)


def _point(point: MarkedPoint, language: Language) -> Iterator[str]:
    must = f"**{words.MUST.of(language)}** " if point.must else ""
    yield f"- {point.sign} {must}{after(point.word, _line(point.say))}"
    if point.evidence:
        yield f"  - {_quoted(point.evidence, language)}"
    if point.remark:
        yield f"  - {point.remark}"


def _quoted(evidence: str, language: Language) -> str:
    return words.EVIDENCE.of(language).format(evidence=" ".join(typed(one_line(evidence))))


def _cards(report: Report) -> Iterator[str]:
    language = report.language
    if not report.cards:
        yield words.NO_CARDS.of(language)
        return
    yield f"{words.CARDS_WHEN.of(language)}\n"
    for card in report.cards:
        yield f"- `{card.card}` {_line(card.ask)}".rstrip()
        if card.say:
            yield f"  - {words.CARD_FOR.of(language).format(say=_line(card.say))}"


def _line(text: str) -> str:
    return one_line(as_markdown(text))
