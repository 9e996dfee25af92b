"""What counts of interviews: the newest mark of an answer, the learner's word above it, and never a follow-up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from llmcore_progress import CheckpointRule, Event, Json, Kind, LevelRule, Progress
from llmcore_progress.interview import answers
from tests.progress.given import DAY, MINUTE, NOW, event, opened

RULE = LevelRule("L1", ("m",), (), (("m.i.why", "a"), ("m.i.why", "b")))
TIMED = CheckpointRule(day=1, modules=("m",), timed=1)


@pytest.fixture
def progress(tmp_path: Path) -> Iterator[Progress]:
    with opened(tmp_path) as log:
        yield log


def answer(progress: Progress, *met: str, day: int = 0, **body: Json) -> Event:
    said: dict[str, Json] = {
        "session": f"s{day}",
        "module": "m",
        "part": "question",
        "met": list(met),
        "timed": False,
        **body,
    }
    return progress.record(Kind.INTERVIEW, "m.i.why", said, NOW + day * DAY)


def regrade(
    progress: Progress, named: Event, met: Json, *, timed: Json = None, after: timedelta = MINUTE
) -> None:
    body: dict[str, Json] = {"event": named.id, "mark": {}, "met": met, "timed": timed}
    progress.record(Kind.REGRADE, "m.i.why", body, NOW + 9 * DAY + after)


def met(progress: Progress) -> list[set[str]]:
    return [set(each.met) for each in answers(progress._log, "me")]


def test_the_newest_mark_of_an_answer_counts(progress: Progress) -> None:
    first, second = answer(progress, "a", "b"), answer(progress, day=1)
    assert progress.level(RULE).points_missing == RULE.must_points
    regrade(progress, second, ["a", "b"])
    assert progress.level(RULE).points_missing == ()
    regrade(progress, first, ["b"], after=2 * MINUTE)
    assert progress.level(RULE).points_missing == RULE.must_points[:1]
    regrade(progress, first, ["a"], after=3 * MINUTE)
    assert met(progress) == [{"a"}, {"a", "b"}]


def test_the_learners_word_stays_above_a_newer_mark(progress: Progress) -> None:
    first = answer(progress, "a")
    body: dict[str, Json] = {"event": first.id, "point": "b", "met": True}
    progress.record(Kind.OVERRULE, "m.i.why", body, NOW + MINUTE)
    progress.record(Kind.OVERRULE, "m.i.why", {**body, "point": "a", "met": False}, NOW + MINUTE)
    regrade(progress, first, ["a"])
    assert met(progress) == [{"b"}]


@pytest.mark.parametrize("nothing", [None, "a", 3, {"a": True}])
def test_a_mark_that_says_nothing_leaves_the_one_before(progress: Progress, nothing: Json) -> None:
    first = answer(progress, "a", timed=True)
    regrade(progress, first, nothing, timed=nothing)
    assert met(progress) == [{"a"}]
    assert progress.checkpoint(TIMED).met


def test_whether_an_answer_was_timed_goes_by_its_newest_mark(progress: Progress) -> None:
    first = answer(progress)
    assert not progress.checkpoint(TIMED).met
    regrade(progress, first, [], timed=True)
    assert progress.checkpoint(TIMED).met
    regrade(progress, first, [], timed=False, after=2 * MINUTE)
    assert not progress.checkpoint(TIMED).met


def test_an_answer_to_a_follow_up_meets_nothing_whatever_it_says(progress: Progress) -> None:
    for day in range(2):
        said = answer(progress, "a", day=day, part="follow_up", timed=True)
        body: dict[str, Json] = {"event": said.id, "point": "b", "met": True}
        progress.record(Kind.OVERRULE, "m.i.why", body, NOW + day * DAY)
    assert progress.level(RULE).points_missing == RULE.must_points
    assert not progress.checkpoint(TIMED).met


def test_a_mark_counts_wherever_it_stands_in_the_log(progress: Progress) -> None:
    late = event(Kind.INTERVIEW, "m.i.why", {"session": "s", "module": "m", "met": [], "timed": False}, NOW)
    regrade(progress, late, ["a"], timed=True)
    with progress._log.writing():
        progress._log.insert(late)
    assert met(progress) == [{"a"}]


@pytest.mark.parametrize("session", [["a list"], {"a": 1}, None, 3])
def test_what_a_stranger_wrote_breaks_nothing(progress: Progress, session: Json) -> None:
    answer(progress, "a", session=session, module=session, met=[3, None, "a"])
    answer(progress, session=session, met="a", timed="yes", part=session)
    progress.record(Kind.REGRADE, "m.i.why", {"event": session, "met": ["b"]}, NOW)
    assert met(progress) == [{"a"}, set()]
    assert progress.level(RULE).points_missing == RULE.must_points
