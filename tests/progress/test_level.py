"""A level is passed by points met in two sessions, fresh predictions and a timed answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llmcore_progress import Event, Json, Kind, LevelRule, Progress
from tests.progress.given import DAY, MINUTE, NOW, opened

POINTS = (("m0.i.why", "variance"), ("m0.i.why", "bias"))
RULE = LevelRule("L1", modules=("m0", "m1"), modules_with_demo=("m0",), must_points=POINTS)


@pytest.fixture
def progress(tmp_path: Path) -> Iterator[Progress]:
    with opened(tmp_path) as log:
        yield log


def interview(progress: Progress, met: list[Json], day: int, session: str, **body: Json) -> Event:
    said: dict[str, Json] = {"session": session, "module": "m0", "met": met, "timed": False, **body}
    return progress.record(Kind.INTERVIEW, "m0.i.why", said, NOW + day * DAY)


def predict(progress: Progress, *, holds: bool = True, lam: float = 0.95, module: str = "m0") -> None:
    body: dict[str, Json] = {
        "demo": "gae",
        "set": {"lam": lam},
        "key": "std",
        "module": module,
        "holds": holds,
    }
    progress.record(Kind.PREDICTION, "gae", body, NOW)


def missing(progress: Progress) -> tuple[tuple[str, str], ...]:
    return progress.level(RULE).points_missing


def test_a_level_is_passed_when_all_parts_are_met(progress: Progress) -> None:
    assert not progress.level(RULE).met
    interview(progress, ["variance", "bias"], 0, "s1")
    interview(progress, ["bias", "variance", "more"], 1, "s2", timed=True)
    predict(progress)
    state = progress.level(RULE)
    assert state.met
    assert [(part.name, part.have, part.need, part.needs_interview) for part in state.parts] == [
        ("points", 2, 2, True),
        ("predictions", 1, 1, False),
        ("timed", 1, 1, True),
    ]
    assert (state.points_missing, state.predictions_missing) == ((), ())


def test_two_sessions_on_one_day_are_not_enough(progress: Progress) -> None:
    interview(progress, ["variance"], 0, "s1")
    interview(progress, ["variance"], 0, "s2")
    assert missing(progress) == POINTS


def test_one_session_over_two_days_is_not_enough(progress: Progress) -> None:
    interview(progress, ["variance"], 0, "s1")
    interview(progress, ["variance"], 1, "s1")
    assert missing(progress) == POINTS


def test_each_point_counts_for_itself(progress: Progress) -> None:
    interview(progress, ["variance", "bias"], 0, "s1")
    interview(progress, ["variance"], 1, "s2")
    assert missing(progress) == POINTS[1:]


def test_the_learner_may_overrule_the_marking_both_ways(progress: Progress) -> None:
    first = interview(progress, ["bias"], 0, "s1")
    second = interview(progress, ["variance", "bias"], 1, "s2")
    for point, met in (("variance", True), ("bias", False)):
        progress.record(Kind.OVERRULE, "m0.i.why", {"event": first.id, "point": point, "met": met}, NOW + DAY)
    assert missing(progress) == POINTS[1:]
    progress.record(
        Kind.OVERRULE, "m0.i.why", {"event": first.id, "point": "bias", "met": True}, NOW + DAY + MINUTE
    )
    assert missing(progress) == ()
    progress.record(
        Kind.OVERRULE, "m0.i.why", {"event": second.id, "point": "bias", "met": None}, NOW + DAY + MINUTE
    )
    assert missing(progress) == ()


def test_a_number_that_a_run_has_shown_is_no_prediction(progress: Progress) -> None:
    progress.record(Kind.DEMO, "gae", {"set": {"lam": 0.95}, "numbers": {"std": 3.6}}, NOW)
    predict(progress)
    assert progress.level(RULE).predictions_missing == ("m0",)
    predict(progress, lam=0.5)
    assert progress.level(RULE).predictions_missing == ()


def test_a_number_that_was_predicted_before_is_no_prediction(progress: Progress) -> None:
    predict(progress, holds=False)
    predict(progress)
    assert progress.level(RULE).predictions_missing == ("m0",)


def test_a_prediction_counts_for_its_module_only(progress: Progress) -> None:
    predict(progress, module="m1")
    assert progress.level(RULE).predictions_missing == ("m0",)


def test_a_timed_answer_of_another_module_does_not_count(progress: Progress) -> None:
    interview(progress, [], 0, "s1", timed=True, module="m7")
    assert progress.level(RULE).parts[2].have == 0
