"""A question, its points, the report's summary and the list of interviews as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from llmcore_tui.brief.markdown import clock
from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.interview import words as titles
from llmcore_tui.interview.head import (
    about,
    coverage_rows,
    covered,
    facts,
    habit_text,
    pace_lines,
    trend_text,
)
from llmcore_tui.interview.plain import words
from llmcore_tui.render.markdown import on_one_line
from llmcore_tui.study.mark_text import NO_SCORE
from llmcore_tui.study.plain.marked import marked_lines
from llmcore_tui.study.plain.prose import Page

if TYPE_CHECKING:
    from llmcore_tui.interview.director import Director
    from llmcore_tui.interview.document import Report
    from llmcore_tui.interview.past import PastInterview
    from llmcore_tui.interview.prompt import Prompt
    from llmcore_tui.interview.shown import ShownAnswer, ShownQuestion

_LISTED = Bilingual(
    "{session}  {date}  {mode}  {answered}/{questions}  {coverage}  {about}{open}",
    "{session}  {date}  {mode}  {answered}/{questions}  {coverage}  {about}{open}",
)
_OPEN = Bilingual(
    " (goes on: llmcore interview resume {session})", "（可继续：llmcore interview resume {session}）"
)
_NONE = Bilingual(
    "There is no interview yet; llmcore interview begins one.",
    "还没有模拟面试；用 llmcore interview 开始。",
)


def asked_lines(director: Director, prompt: Prompt, page: Page) -> list[str]:
    """The place, the suggested time and the question."""
    language = page.language
    form = words.FOLLOW_UP if prompt.follow_up else words.QUESTION
    place = form.of(language).format(
        position=director.position,
        total=len(director.transcript.questions),
        module=prompt.module_title,
        minutes=clock(round(prompt.minutes * 60)),
    )
    return [place, *page.prose(prompt.ask)]


def shown_lines(found: ShownQuestion, session: str, page: Page) -> list[str]:
    """The question with the own answer, the points and the follow-ups."""
    head = words.SHOWN.of(page.language).format(
        position=found.position, total=found.total, module=found.main.module_title
    )
    lines = [head]
    for answer in found.answers:
        lines += _answer(answer, session, page)
    return lines


def summary_lines(report: Report, page: Page) -> list[str]:
    """What the interview came to: coverage, trend, what to say, fillers, pace, cards, and where the rest is."""
    language = page.language
    return [
        about(report),
        *facts(report),
        *_coverage(report, page),
        *(_entry(titles.TREND, trend_text(report), page) for _ in report.trend.points[1:2]),
        *_missed(report, page),
        *(_entry(titles.HABITS, habit_text(each, language), page) for each in report.habits),
        *(_entry(titles.PACE, line, page) for line in pace_lines(report)),
        *(
            _entry(titles.CARDS, f"{card.card} {on_one_line(card.ask)}".rstrip(), page)
            for card in report.cards
        ),
        words.WHOLE_REPORT.of(language).format(session=report.session),
    ]


def list_lines(past: Sequence[PastInterview], page: Page) -> list[str]:
    """A line an interview, the newest first."""
    language = page.language
    if not past:
        return [_NONE.of(language)]
    return [
        _LISTED.of(language).format(
            session=each.id,
            date=each.on.isoformat(),
            mode=titles.MODES["real" if each.mode == "real" else "study"].of(language),
            answered=each.answered,
            questions=each.questions,
            coverage="–" if each.coverage is None else covered(each.coverage),
            about=titles.STORIES.of(language) if each.is_story else ", ".join(each.modules),
            open="" if each.has_ended else _OPEN.of(language).format(session=each.id),
        )
        for each in past
    ]


def _answer(answer: ShownAnswer, session: str, page: Page) -> Iterator[str]:
    language = page.language
    yield from page.prose(answer.ask, words.FOLLOWED_UP.of(language) if answer.follow_up else "")
    yield from page.typed(answer.answer.strip() or titles.NO_ANSWER.of(language), words.YOURS.of(language))
    if answer.marked is None:
        yield words.UNMARKED.of(language).format(session=session)
    else:
        yield from marked_lines(answer.marked, page)


def _coverage(report: Report, page: Page) -> Iterator[str]:
    language, rows = page.language, coverage_rows(report)
    if not rows:
        yield (titles.STAR if report.is_story else titles.NOTHING_MARKED).of(language)
        return
    for title, share in rows:
        said = titles.UNMARKED.of(language) if share is None else covered(share)
        yield _entry(titles.COVERAGE, titles.ENTRY.of(language).format(title=title, text=said), page)
    yield NO_SCORE.of(language)


def _missed(report: Report, page: Page) -> Iterator[str]:
    for missed in report.missed:
        must = titles.MUST.of(page.language) if missed.must else ""
        say = f"{missed.sign} {must} {on_one_line(missed.say)}".replace("  ", " ")
        yield _entry(titles.SAY_INSTEAD, say, page)


def _entry(title: Bilingual, text: str, page: Page) -> str:
    return titles.ENTRY.of(page.language).format(title=title.of(page.language), text=text)
