"""One interview question."""

from __future__ import annotations

from llmcore_tui.content.interview import FollowUp, InterviewQuestion, ModelAnswer, QuestionId
from llmcore_tui.content.read import claims, points
from llmcore_tui.content.read.fields import Fields
from llmcore_tui.content.read.heading import Heading, record_id


def question(fields: Fields, heading: Heading) -> InterviewQuestion:
    """Read an interview question."""
    read = InterviewQuestion(
        id=QuestionId(record_id(fields, heading)),
        module=heading.module,
        as_of=heading.as_of,
        ask=fields.bilingual("ask"),
        minutes=fields.number("minutes", low=0.5, high=60),
        model_answer=_model_answer(fields.record("model_answer")),
        points=points.points(fields, low=1),
        sources=points.sources(fields),
        misconceptions=points.misconceptions(fields),
        follow_ups=tuple(_follow_up(each) for each in fields.records("follow_ups")),
        demo=claims.demo(fields),
        numbers=claims.numbers(fields),
    )
    known = {point.id for point in read.points}
    for index, follow_up in enumerate(read.follow_ups):
        if follow_up.when_missed and follow_up.when_missed not in known:
            place = (*fields.place, "follow_ups", index, "when_missed")
            fields.found.add(place, f"is {follow_up.when_missed!r}, which is no point of this question")
    fields.close()
    return read


def _model_answer(record: Fields) -> ModelAnswer:
    answer = ModelAnswer(
        problem=record.bilingual("problem"),
        mechanism=record.bilingual("mechanism"),
        run=record.bilingual("run"),
        engineering=record.bilingual("engineering"),
    )
    record.close()
    return answer


def _follow_up(record: Fields) -> FollowUp:
    follow_up = FollowUp(
        when_missed=record.text("when_missed"),
        ask=record.bilingual("ask"),
        points=points.points(record, low=1),
    )
    record.close()
    return follow_up
