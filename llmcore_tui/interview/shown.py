"""A marked question as the learner sees it: own answer, points with verdicts, what to say instead, the follow-ups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.grading.mark import Mark, Verdict
from llmcore_tui.interview.standing import standing
from llmcore_tui.interview.story import find
from llmcore_tui.study.marked_answer import MarkedAnswer, MarkedPoint, marked_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmcore_tui.content.bilingual import Language
    from llmcore_tui.interview.prompt import Prompt, Prompts
    from llmcore_tui.interview.transcript import GivenAnswer, Transcript

_FOUND, _NOT_FOUND = Bilingual("found:", "找到："), Bilingual("not found:", "没找到：")
_PARTS = Bilingual("{found} of {all} parts found", "{all} 个部分找到 {found} 个")
_BY_CUES = Bilingual(
    "looked for by the words that usually carry them; you may have said it in others",
    "按常见的说法查找；换一种说法也可能已经讲到",
)


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One answer with its mark."""

    event: str
    question: str
    follow_up: str
    """The point that it follows up; empty for the question itself."""
    module_title: str
    ask: str
    answer: str
    """As it was typed: data, no Markdown."""
    elapsed_ms: int
    suggested_ms: int
    timed: bool
    used_hint: bool
    mark: Mark | None
    """As it stands; None where it is unmarked."""
    marked: MarkedAnswer | None
    """The same beside the texts; None where it is unmarked."""


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question with what was said to it."""

    id: str
    module: str
    position: int
    total: int
    is_story: bool
    main: ShownAnswer
    follow_ups: tuple[ShownAnswer, ...]
    has_demo: bool

    @property
    def answers(self) -> tuple[ShownAnswer, ...]:
        """The answer and those to the follow-ups."""
        return (self.main, *self.follow_ups)

    @property
    def points(self) -> int:
        """How many there are to overrule."""
        return sum(len(answer.marked.points) for answer in self.answers if answer.marked)

    def point(self, number: int) -> tuple[ShownAnswer, MarkedPoint] | None:
        """The answer and the point that a number means; points are numbered through the follow-ups."""
        for answer in self.answers:
            for point in answer.marked.points if answer.marked else ():
                if point.number == number:
                    return answer, point
        return None


def shown(transcript: Transcript, question: str, prompts: Prompts) -> ShownQuestion | None:
    """A question of an interview; None where it was not answered."""
    given = transcript.main(question)
    if given is None:
        return None
    answers = list(_answers((given, *transcript.follow_ups(question)), prompts))
    prompt = prompts.of(question)
    return ShownQuestion(
        id=question,
        module=given.module,
        position=transcript.questions.index(question) + 1 if question in transcript.questions else 0,
        total=len(transcript.questions),
        is_story=find(question) is not None,
        main=answers[0],
        follow_ups=tuple(answers[1:]),
        has_demo=prompt is not None and prompt.demo is not None,
    )


def _answers(given: tuple[GivenAnswer, ...], prompts: Prompts) -> Iterator[ShownAnswer]:
    before = 0
    for each in given:
        prompt = prompts.of(each.question, each.follow_up)
        answer = _answer(each, prompt, prompts.language, before)
        before += len(answer.marked.points) if answer.marked else 0
        yield answer


def _answer(given: GivenAnswer, prompt: Prompt | None, language: Language, before: int) -> ShownAnswer:
    mark = standing(given, prompt.weights if prompt else None)
    return ShownAnswer(
        event=given.event,
        question=given.question,
        follow_up=given.follow_up,
        module_title=prompt.module_title if prompt else given.module,
        ask=prompt.ask if prompt else given.question,
        answer=given.text,
        elapsed_ms=given.elapsed_ms,
        suggested_ms=round((prompt.minutes if prompt else given.minutes) * 60_000),
        timed=given.timed,
        used_hint=given.used_hint,
        mark=mark,
        marked=_marked(given, mark, prompt, language, before) if mark and prompt else None,
    )


def _marked(given: GivenAnswer, mark: Mark, prompt: Prompt, language: Language, before: int) -> MarkedAnswer:
    """The mark beside the texts that the deck has now; a point or misconception that it has no more is left out."""
    known = {point.id for point in prompt.points}
    kept = replace(
        mark,
        points=tuple(point for point in mark.points if point.id in known),
        wrong=tuple(each for each in mark.wrong if each.id in prompt.misconceptions),
    )
    found = marked_answer(
        kept, prompt.points, prompt.misconceptions, language, overruled=tuple(given.overruled)
    )
    points = tuple(replace(point, number=point.number + before) for point in found.points)
    found = replace(found, points=points)
    return _as_story(found, language) if prompt.rubric is None else found


def _as_story(found: MarkedAnswer, language: Language) -> MarkedAnswer:
    """Parts are found or not; there is no coverage."""
    is_found = [point.verdict is Verdict.MET for point in found.points]
    words = {True: _FOUND.of(language), False: _NOT_FOUND.of(language)}
    return replace(
        found,
        points=tuple(replace(point, word=words[point.verdict is Verdict.MET]) for point in found.points),
        counted=_PARTS.of(language).format(found=sum(is_found), all=len(is_found)),
        marked_by=_BY_CUES.of(language),
    )
