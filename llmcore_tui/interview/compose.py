"""Putting the report of an interview together from its transcript, the earlier ones and the deck."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from llmcore_tui.interview import speech, story
from llmcore_tui.interview.document import (
    CardToStudy,
    Missed,
    ModuleCoverage,
    Report,
    ReportedQuestion,
)
from llmcore_tui.interview.past import main_answers, mean_coverage, trend
from llmcore_tui.interview.prompt import Prompts
from llmcore_tui.interview.shown import ShownQuestion, shown
from llmcore_tui.interview.standing import MISSED
from llmcore_tui.study.filled import Filled

if TYPE_CHECKING:
    from llmcore_tui.content.bilingual import Language
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.interview.transcript import QueuedCard, Transcript


def report(
    transcript: Transcript, past: Iterable[Transcript], deck: Deck, language: Language, made: datetime
) -> Report:
    """The report as the verdicts stand now; a session in one language can be reported on in the other."""
    prompts = Prompts(deck, language)
    found = [each for q in transcript.questions if (each := shown(transcript, q, prompts)) is not None]
    waiting = [q for q in transcript.questions if transcript.main(q) is None]
    return Report(
        session=transcript.id,
        language=language,
        made=made,
        on=date.fromordinal(transcript.day),
        mode=transcript.mode,
        is_story=transcript.is_story,
        has_ended=transcript.ended is not None,
        asked=len(transcript.questions),
        answered=len(found),
        marked_by=_marked_by(found),
        coverage=mean_coverage(main_answers(transcript), deck),
        modules=tuple(_modules(transcript, deck, language)),
        questions=tuple(
            ReportedQuestion(each, speech.pace(each.main.answer, each.main.elapsed_ms)) for each in found
        ),
        unanswered=tuple(prompt.ask for q in waiting if (prompt := prompts.of(q)) is not None),
        missed=tuple(_missed(found)),
        habits=speech.counted(answer.answer for each in found for answer in each.answers),
        trend=trend(past, transcript, deck),
        cards=tuple(_card(each, deck, prompts) for each in transcript.queued),
        timed=sum(answer.timed for answer in transcript.answers),
    )


def _marked_by(questions: Sequence[ShownQuestion]) -> tuple[str, ...]:
    named = (answer.marked.marked_by for each in questions for answer in each.answers if answer.marked)
    return tuple(dict.fromkeys(named))


def _modules(transcript: Transcript, deck: Deck, language: Language) -> Iterator[ModuleCoverage]:
    answers = [answer for answer in main_answers(transcript) if answer.module != story.MODULE]
    for module in dict.fromkeys(answer.module for answer in answers):
        its = [answer for answer in answers if answer.module == module]
        title = deck.module(module).title.of(language) if module in deck.modules() else module
        yield ModuleCoverage(module, title, len(its), mean_coverage(its, deck))


def _missed(questions: Sequence[ShownQuestion]) -> Iterator[Missed]:
    """What was missed in the answers to the questions themselves, what must be said first."""
    found = [
        Missed(each.id, point.id, point.must, point.say, point.sign)
        for each in questions
        if not each.is_story and each.main.marked and each.main.marked.coverage is not None
        for point in each.main.marked.points
        if point.verdict in MISSED
    ]
    yield from sorted(found, key=lambda missed: not missed.must)


def _card(queued: QueuedCard, deck: Deck, prompts: Prompts) -> CardToStudy:
    prompt = prompts.of(queued.question)
    say = next((point.say for point in prompt.points if point.id == queued.point), "") if prompt else ""
    ask = ""
    if deck.has_card(queued.card):
        card = deck.card(queued.card)
        ask = "" if card.vary else Filled(card.id, card.numbers, deck.numbers, prompts.language).of(card.ask)
    return CardToStudy(queued.card, ask, queued.point, say)
