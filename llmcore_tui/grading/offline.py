"""The default marker: no model, no network, a few milliseconds an answer.

Gates first (`gates`), then for each point the stretch of the answer that says it best (`coverage`), and whether that
stretch says it or its opposite (`opposition`). What it can and cannot see is measured in docs/marking.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from llmcore_tui.grading import gates
from llmcore_tui.grading import references as references_
from llmcore_tui.grading.coverage import Found, best
from llmcore_tui.grading.mark import Flag, Mark, PointMark, Verdict, WrongMark, coverage
from llmcore_tui.grading.opposition import is_opposed, is_other_case, is_stated
from llmcore_tui.grading.profile import Profile, profiles
from llmcore_tui.grading.rubric import Criterion, Rubric
from llmcore_tui.grading.windows import Window, windows

# Chosen on the seen two thirds of the gold answers; benchmarks/grading.py shows what moving one does.
_SAID = 0.21
"""Score from which a point counts as said, in an answer that says an average share of all points."""
_COMPANY = 0.5
"""How much easier a point counts as said where the answer says the others well, and harder where it does not."""
_AVERAGE, _LEAST = 0.4, 0.12
_ON_TOPIC = 0.24
"""Mean score over the points below which an answer is about something else."""
_PLAINLY_SAID = 0.45
"""One point said as well as this, and the answer is about the question, however little else it says."""
_CONTRADICTED = 0.35
_RATHER = 0.9
"""A point is said, in spite of words against it, where the words for it reach this share of their score."""
_NEAR = 0.8
"""Below this share of what is needed a point was missed without doubt; above it the learner is asked to look."""
_ONE_POINT = 0.3
"""What a question with one or two points asks of each, where no other points tell what the answer is about."""


class OfflineMarker:
    """Marks answers by their words, in English, Chinese or both."""

    name = "offline"

    def mark(self, answer: str, rubric: Rubric) -> Mark:
        """The verdict on every point; never raises for anything an answer may hold."""
        plain, ordered = gates.without_orders(answer)
        stopped = _gated(plain, rubric, ordered=ordered)
        if stopped is not None:
            return stopped
        flags = [Flag.INSTRUCTIONS] * ordered
        if gates.copies_reference(plain, rubric):
            flags.append(Flag.COPIES_REFERENCE)
        said = windows(plain)
        found = best(said, profiles(rubric))
        reached = [each[0].score if each else 0.0 for each in found]
        company = sum(reached) / len(reached) if reached else 0.0
        if len(reached) > 2 and company < _ON_TOPIC and max(reached) < _PLAINLY_SAID:
            return _nothing(rubric, (*flags, Flag.OFF_TOPIC))
        needed = max(_LEAST, _SAID - _COMPANY * (company - _AVERAGE)) if len(reached) > 2 else _ONE_POINT
        points = tuple(
            _verdict(answer, point, profile, each, needed)
            for point, profile, each in zip(rubric.points, profiles(rubric), found, strict=True)
        )
        wrong = _wrong_claims(answer, said, rubric)
        return _finished(rubric, points, tuple(flags), wrong)

    def mark_by_references(self, answer: str, question: str, references: Sequence[str]) -> Mark:
        """The mark where there are whole references and no points."""
        return references_.mark_by_references(answer, question, references)

    def gate(self, answer: str, rubric: Rubric) -> Mark | None:
        """The mark of an answer that says nothing to be marked; None for one that has to be read."""
        plain, ordered = gates.without_orders(answer)
        return _gated(plain, rubric, ordered=ordered)


def _gated(plain: str, rubric: Rubric, *, ordered: bool) -> Mark | None:
    flags = gates.stopped(plain, rubric, ordered=ordered)
    if Flag.OTHER_LANGUAGE in flags:
        missed = tuple(PointMark(point.id, Verdict.MISSED, unsure=True) for point in rubric.points)
        return Mark(missed, None, flags=flags, trace={"rubric": rubric.hash})
    if ordered and flags and Flag.INSTRUCTIONS not in flags:
        flags = (*flags, Flag.INSTRUCTIONS)
    return _nothing(rubric, flags) if flags else None


def _verdict(
    answer: str, point: Criterion, profile: Profile, found: Sequence[Found], needed: float
) -> PointMark:
    pro, con = _sides(profile, found)
    if pro.score >= needed and pro.score >= _RATHER * con.score:
        return PointMark(point.id, Verdict.MET, _quote(answer, pro), unsure=con.score > _NEAR * pro.score)
    if con.score >= _CONTRADICTED:
        return PointMark(
            point.id, Verdict.CONTRADICTED, _quote(answer, con), unsure=pro.score > _NEAR * con.score
        )
    if pro.score >= needed:
        return PointMark(point.id, Verdict.MET, _quote(answer, pro), unsure=True)
    return PointMark(point.id, Verdict.MISSED, unsure=pro.score >= _NEAR * needed)


def _sides(profile: Profile, found: Sequence[Found]) -> tuple[Found, Found]:
    """The best words for a point, and the best against it."""
    pro = con = Found()
    for each in found:
        if each.window is None:
            continue
        if not (is_other_case(each.window, profile) or is_opposed(each.window, profile)):
            pro = each
            break
        if each.leads and con.window is None:
            con = each
    return pro, con


def _quote(answer: str, found: Found) -> str:
    return answer[found.window.start : found.window.end].strip() if found.window else ""


def _wrong_claims(answer: str, said: Sequence[Window], rubric: Rubric) -> tuple[WrongMark, ...]:
    """The misconceptions that the answer states nearly in their own words."""
    if not rubric.wrong_claims:
        return ()
    claims = tuple(Criterion(each.id, each.says, each.wordings) for each in rubric.wrong_claims)
    listened = profiles(Rubric(rubric.question, (*claims, *rubric.points)))
    stated = []
    for claim, profile, each in zip(claims, listened, best(said, listened), strict=False):
        stating = (one for one in each if one.leads and one.window and is_stated(one.window, profile))
        if (first := next(stating, None)) and first.window:
            stated.append(WrongMark(claim.id, _quote(answer, first)))
    return tuple(stated)


def _nothing(rubric: Rubric, flags: tuple[Flag, ...]) -> Mark:
    missed = tuple(PointMark(point.id, Verdict.MISSED) for point in rubric.points)
    return _finished(rubric, missed, flags)


def _finished(
    rubric: Rubric, points: tuple[PointMark, ...], flags: tuple[Flag, ...], wrong: tuple[WrongMark, ...] = ()
) -> Mark:
    weights = {point.id: point.weight for point in rubric.points}
    return Mark(points, coverage(points, weights, wrong), wrong, flags, trace={"rubric": rubric.hash})
