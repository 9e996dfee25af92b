"""What `llmcore interview` answers with `--json`, as docs/json.md describes it. What was typed stands in it verbatim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llmcore_tui.interview.document import Report, ReportedQuestion
    from llmcore_tui.interview.past import PastInterview
    from llmcore_tui.interview.regrade import Regraded
    from llmcore_tui.interview.shown import ShownAnswer


def report_as_json(report: Report) -> dict[str, Any]:
    """The whole report."""
    return {
        "session": report.session,
        "date": report.on.isoformat(),
        "mode": report.mode,
        "story": report.is_story,
        "ended": report.has_ended,
        "asked": report.asked,
        "answered": report.answered,
        "timed": report.timed,
        "coverage": report.coverage,
        "marked_by": list(report.marked_by),
        "modules": [
            {"module": each.module, "answers": each.answers, "coverage": each.coverage}
            for each in report.modules
        ],
        "questions": [_question(each) for each in report.questions],
        "missed": [
            {"question": each.question, "point": each.point, "must": each.must, "say": each.say}
            for each in report.missed
        ],
        "habits": [
            {"kind": each.habit, "said": each.said, "times": each.times, "around": each.around}
            for each in report.habits
        ],
        "trend": [
            {"session": each.session, "date": each.on.isoformat(), "coverage": each.coverage}
            for each in report.trend.points
        ],
        "cards": [
            {"card": each.card, "ask": each.ask, "point": each.point, "say": each.say}
            for each in report.cards
        ],
    }


def list_as_json(past: Sequence[PastInterview]) -> list[dict[str, Any]]:
    """Every interview, the newest first."""
    return [
        {
            "session": each.id,
            "date": each.on.isoformat(),
            "modules": list(each.modules),
            "mode": each.mode,
            "marker": each.marker,
            "story": each.is_story,
            "questions": each.questions,
            "answered": each.answered,
            "ended": each.has_ended,
            "coverage": each.coverage,
        }
        for each in past
    ]


def regraded_as_json(session: str, regraded: Sequence[Regraded]) -> dict[str, Any]:
    """What marking anew came to."""
    return {
        "session": session,
        "answers": [
            {
                "question": each.question,
                "follow_up": each.follow_up or None,
                "before": each.before,
                "coverage": each.mark.coverage,
                "by": each.mark.by,
            }
            for each in regraded
        ],
    }


def _question(question: ReportedQuestion) -> dict[str, Any]:
    return {
        "question": question.shown.id,
        "module": question.shown.module,
        **_answer(question.shown.main),
        "a_minute": (
            {"number": question.pace.a_minute, "unit": question.pace.unit} if question.pace else None
        ),
        "follow_ups": [{"point": each.follow_up, **_answer(each)} for each in question.shown.follow_ups],
    }


def _answer(answer: ShownAnswer) -> dict[str, Any]:
    marked = answer.marked
    return {
        "ask": answer.ask,
        "answer": answer.answer,
        "elapsed_ms": answer.elapsed_ms,
        "timed": answer.timed,
        "hint": answer.used_hint,
        "coverage": marked.coverage if marked else None,
        "flags": [str(flag) for flag in answer.mark.flags] if answer.mark else [],
        "points": [
            {
                "id": point.id,
                "must": point.must,
                "verdict": str(point.verdict),
                "evidence": point.evidence,
                "say": point.say,
            }
            for point in (marked.points if marked else ())
        ],
        "wrong": [
            {"id": each.id, "evidence": each.evidence, "says": each.says, "fix": each.fix}
            for each in (marked.wrong if marked else ())
        ],
    }
