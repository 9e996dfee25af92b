"""Interviews are a pure fold over events: in any order, whatever the events hold."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmcore_progress import Event, Json, Kind, LevelRule, Progress
from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.grading.mark import Flag, Mark, PointMark, Verdict, WrongMark
from llmcore_tui.interview import kept_mark, record
from llmcore_tui.interview.standing import coverage_of, standing
from llmcore_tui.interview.transcript import KINDS, transcripts
from tests.interview.small import ALL, Sittings
from tests.progress.given import NOW, event
from tests.study.small_deck import Clock

SESSIONS, QUESTIONS, POINTS = ("s1", "s2"), ("m.i.a", "m.i.b"), ("p", "q")
MINUTE = timedelta(minutes=1)


def a_mark(*verdicts: Verdict, share: float | None = 0.5, by: str = "offline") -> dict[str, Json]:
    points = tuple(PointMark(name, verdict) for name, verdict in zip(POINTS, verdicts, strict=False))
    return kept_mark.kept(Mark(points, share, by=by))


json_values: st.SearchStrategy[Json] = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1.5,
        1e300,
        "",
        "x",
        "met",
        [],
        ["p", 3, None],
        {"points": [{"id": 1}]},
        {"points": [3], "flags": [[]]},
    ]
)
marks = st.none() | st.builds(
    a_mark,
    st.sampled_from(Verdict),
    st.sampled_from(Verdict),
    share=st.sampled_from([None, 0.0, 0.5]),
    by=st.sampled_from(["offline", "llm"]),
)
ids = [f"0192f0c4-0000-7000-8000-{number:012x}" for number in range(40)]


bodies = st.fixed_dictionaries(
    {
        "session": st.sampled_from(SESSIONS),
        "part": st.sampled_from(["question", "follow_up", None]),
        "follow_up": st.sampled_from(["p", None]),
        "answer": st.sampled_from(["", "so", "变"]),
        "mark": marks | json_values,
        "met": st.booleans() | json_values,
        "timed": st.booleans() | json_values,
        "point": st.sampled_from(POINTS) | json_values,
        "question": st.sampled_from(QUESTIONS) | json_values,
        "state": st.sampled_from(["begun", "ended"]) | json_values,
        "elapsed_ms": json_values,
        "minutes": json_values,
    }
)
happenings = st.tuples(
    st.sampled_from(KINDS),
    st.sampled_from([*QUESTIONS, *SESSIONS]),
    st.integers(0, 4),
    st.integers(0, 9),
    bodies,
)


def history(happened: Sequence[tuple[str, str, int, int, Mapping[str, Json]]]) -> list[Event]:
    """What several devices may have written about two interviews, some of it nonsense."""
    found = [
        event(Kind.INTERVIEW_SESSION, session, {"state": "begun", "questions": list(QUESTIONS)}, NOW)
        for session in SESSIONS
    ]
    for place, (kind, subject, minutes, named, body) in enumerate(happened):
        about: dict[str, Json] = {**body, "event": ids[named + 2]}
        found.append(event(kind, subject, about, NOW + minutes * MINUTE, id=ids[place + 2]))
    return found


@given(st.lists(happenings, max_size=12).map(history), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_order_in_which_events_are_given_and_repeated_changes_nothing(
    events: list[Event], chance: random.Random
) -> None:
    expected = transcripts(events)
    shuffled = [*events, *chance.choices(events, k=3)]
    chance.shuffle(shuffled)
    assert transcripts(shuffled) == expected
    assert {each.id for each in expected} >= set(SESSIONS)


@given(json_values)
def test_a_mark_is_read_from_anything(value: object) -> None:
    found = kept_mark.read(value)
    assert found is None or isinstance(found, Mark)


def test_a_mark_comes_back_from_the_log_as_it_was() -> None:
    mark = Mark(
        points=(PointMark("p", Verdict.PARTIAL, "so “so”", unsure=True), PointMark("q", Verdict.MISSED)),
        coverage=0.25,
        wrong=(WrongMark("m", "it squares"),),
        flags=(Flag.COPIES_REFERENCE,),
        by="llm",
        instead=Bilingual("because", "因为"),
        trace={"model": "m", "tokens": 7},
    )
    assert kept_mark.read(kept_mark.kept(mark)) == mark


@pytest.mark.parametrize("trace", [{"raw": "x" * 300_000}, {"raw": object()}, {"raw": float("nan")}])
def test_a_trace_that_the_log_cannot_hold_is_left_out(trace: dict[str, object]) -> None:
    assert kept_mark.kept(Mark((), 1.0, trace=trace))["trace"] == {}


# Newer marks and the learner's word


def answered(sittings: Sittings, text: str = "It grows.") -> str:
    """The id of the answer to the question itself, in an interview that has ended."""
    director = sittings.on("twice.i.why", mode="real")
    while director.prompt is not None:
        director.answer(text)
    while director.shown is not None:
        director.next()
    return director.transcript.answers[0].event


def regrade(sittings: Sittings, *verdicts: Verdict, share: float | None) -> None:
    given = sittings.transcripts()[0].answers[0]
    points = tuple(PointMark(name, verdict) for name, verdict in zip("abc", verdicts, strict=True))
    body = record.regrade(given, Mark(points, share))
    sittings.progress.record(Kind.REGRADE, given.question, body, sittings.clock())


def overrule(sittings: Sittings, event_id: str, point: str, *, is_met: bool) -> None:
    body = record.overruled(event_id, point, is_met=is_met)
    sittings.progress.record(Kind.OVERRULE, "twice.i.why", body, sittings.clock())


def standing_verdicts(sittings: Sittings) -> list[Verdict]:
    mark = standing(sittings.transcripts()[0].answers[0], {"a": 2, "b": 1, "c": 1})
    assert mark is not None
    return [point.verdict for point in mark.points]


MET, MISSED = Verdict.MET, Verdict.MISSED


def test_the_newest_mark_counts_and_the_learners_word_goes_above_it(sittings: Sittings) -> None:
    event_id = answered(sittings)
    assert standing_verdicts(sittings) == [MET, MISSED, MISSED]
    regrade(sittings, MISSED, MET, MET, share=0.5)
    assert standing_verdicts(sittings) == [MISSED, MET, MET]
    overrule(sittings, event_id, "a", is_met=True)
    regrade(sittings, MISSED, MISSED, MET, share=0.25)
    assert standing_verdicts(sittings) == [MET, MISSED, MET]
    answer = sittings.transcripts()[0].answers[0]
    assert coverage_of(answer, {"a": 2, "b": 1, "c": 1}) == 0.75
    assert answer.first_mark is not None
    assert answer.first_mark.points[0].verdict is MET


def test_a_mark_that_abstains_does_not_push_one_aside_that_judged(sittings: Sittings) -> None:
    answered(sittings)
    regrade(sittings, MISSED, MISSED, MISSED, share=None)
    assert standing_verdicts(sittings) == [MET, MISSED, MISSED]
    assert sittings.transcripts()[0].answers[0].timed


def test_levels_and_checkpoints_count_the_same_as_the_transcript(sittings: Sittings, clock: Clock) -> None:
    rule = LevelRule(
        "L1",
        modules=("twice",),
        modules_with_demo=(),
        must_points=(("twice.i.why", "a"), ("twice.i.why", "c")),
    )

    def missing(progress: Progress) -> tuple[tuple[str, str], ...]:
        return progress.level(rule).points_missing

    event_id = answered(sittings, ALL)
    clock.wait(days=1)
    director = sittings.on("twice.i.why")
    director.answer(ALL)
    assert missing(sittings.progress) == ()
    regrade(sittings, MISSED, MET, MET, share=0.5)
    assert missing(sittings.progress) == (("twice.i.why", "a"),)
    overrule(sittings, event_id, "a", is_met=True)
    assert missing(sittings.progress) == ()
    assert sittings.progress.level(rule).parts[2].have == 1
    regrade(sittings, MISSED, MISSED, MISSED, share=0.0)
    assert sittings.progress.level(rule).parts[2].have == 0
    assert not sittings.transcripts()[0].answers[0].timed


def test_a_follow_up_meets_no_point_of_the_question(sittings: Sittings, clock: Clock) -> None:
    rule = LevelRule("L1", ("twice",), (), (("twice.i.why", "a"),))
    for _ in range(2):
        director = sittings.on("twice.i.why")
        director.answer("nothing of it")
        director.answer("up")  # the follow-up's own point is called `a` too
        director.overrule(1) if director.shown else director.answer("itself")
        assert director.shown is not None
        director.overrule(4)
        director.overrule(4)
        clock.wait(days=1)
    assert sittings.progress.level(rule).points_missing == (("twice.i.why", "a"),)
