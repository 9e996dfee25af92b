"""A checkpoint is met by what the learner did, and says what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llmcore_progress import CheckpointRule, Json, Kind, Part, Progress, Rating
from tests.progress.given import DAY, MINUTE, NOW, deck, opened, stock

RULE = CheckpointRule(4, ("m0", "m1"), quiz=0.8, predictions=2, cards_needed=3, timed=1)


@pytest.fixture
def progress(tmp_path: Path) -> Iterator[Progress]:
    with opened(tmp_path) as log:
        stock(log, deck(9, modules=3))
        yield log


def have(progress: Progress, rule: CheckpointRule = RULE) -> dict[str, float]:
    return {part.name: part.have for part in progress.checkpoint(rule).parts}


def quiz_round(progress: Progress, right: int, asked: int, modules: list[Json], **others: Json) -> None:
    said: dict[str, Json] = {"right": right, "asked": asked, "modules": modules, "finished": True}
    progress.record(Kind.QUIZ_ROUND, "round", said | others, NOW)


def predict(progress: Progress, *, holds: bool | None = True, **body: Json) -> None:
    said: dict[str, Json] = {
        "demo": "gae",
        "set": {"lam": 0.95},
        "key": "std",
        "module": "m0",
        "holds": holds,
        **body,
    }
    progress.record(Kind.PREDICTION, "gae", said, NOW)


def test_at_first_nothing_is_met_and_everything_is_named(progress: Progress) -> None:
    state = progress.checkpoint(RULE)
    assert (state.day, state.met) == (4, False)
    assert state.parts == (
        Part("quiz", 0.0, 0.8, met=False),
        Part("predictions", 0, 2, met=False),
        Part("cards", 0, 3, met=False),
        Part("timed", 0, 1, met=False, needs_interview=True),
    )


def test_what_a_day_does_not_ask_for_is_no_part_of_it(progress: Progress) -> None:
    state = progress.checkpoint(CheckpointRule(2, ("m0",)))
    assert (state.met, state.parts) == (True, ())


def test_a_day_is_met_when_every_part_is(progress: Progress) -> None:
    quiz_round(progress, 4, 5, ["m0", "m1"])
    predict(progress)
    predict(progress, set={"lam": 0.5})
    for card in ("m0.c0", "m1.c1", "m0.c3"):
        progress.review(card, Rating.GOOD, NOW, elapsed_ms=1)
    assert not progress.checkpoint(RULE).met
    progress.record(Kind.INTERVIEW, "m0.i.why", {"module": "m0", "timed": True}, NOW)
    state = progress.checkpoint(RULE)
    assert state.met
    assert [part.have for part in state.parts] == [0.8, 2, 3, 1]


@pytest.mark.parametrize(
    ("right", "asked", "modules", "body"),
    [
        (4, 4, ["m0"], {}),  # fewer than five items
        (5, 5, ["m0", "m2"], {}),  # a module of another day
        (5, 5, [], {}),
        (5, 5, ["m0"], {"finished": False}),
        (6, 5, ["m0"], {}),
        (5, -1, ["m0"], {}),
    ],
)
def test_a_quiz_round_that_does_not_count(
    progress: Progress, right: int, asked: int, modules: list[Json], body: dict[str, Json]
) -> None:
    quiz_round(progress, right, asked, modules, **body)
    assert have(progress)["quiz"] == 0.0


def test_a_round_of_another_program_with_other_types_does_not_count(progress: Progress) -> None:
    for wrong in ({"asked": "5"}, {"right": 5.0}, {"modules": "m0"}, {"modules": [["m0"]]}, {"finished": 1}):
        said: dict[str, Json] = {"right": 5, "asked": 5, "modules": ["m0"], "finished": True}
        progress.record(Kind.QUIZ_ROUND, "round", said | wrong, NOW)
        assert have(progress)["quiz"] == 0.0


def test_the_best_quiz_round_counts(progress: Progress) -> None:
    for right in (2, 6, 3):
        quiz_round(progress, right, 8, ["m1"])
    assert have(progress)["quiz"] == 0.75


def test_only_different_predictions_within_tolerance_count(progress: Progress) -> None:
    predict(progress)
    predict(progress)
    predict(progress, holds=False, set={"lam": 0.1})
    predict(progress, holds=None, set={"lam": 0.2})
    predict(progress, module="m2", set={"lam": 0.3})
    assert have(progress)["predictions"] == 1
    predict(progress, key="bias")
    assert have(progress)["predictions"] == 2


def test_a_prediction_without_a_module_counts_for_its_cards(progress: Progress) -> None:
    for card in ("m1.c1", "m2.c2"):
        progress.record(Kind.PREDICTION, card, {"demo": "gae", "key": card, "holds": True}, NOW)
    predict(progress, module=None, card="m0.c3", key="other")
    assert have(progress)["predictions"] == 2


def test_only_the_cards_recalled_count_and_an_undo_takes_them_back(progress: Progress) -> None:
    progress.review("m0.c0", Rating.HARD, NOW, elapsed_ms=1)
    progress.review("m0.c3", Rating.GOOD, NOW, elapsed_ms=1)
    progress.review("m0.c3", Rating.AGAIN, NOW + DAY, elapsed_ms=1)
    progress.review("m2.c2", Rating.EASY, NOW, elapsed_ms=1)
    progress.review("m1.c1", Rating.EASY, NOW, elapsed_ms=1, cram=True)
    assert have(progress)["cards"] == 1
    progress.review("m1.c1", Rating.EASY, NOW + 2 * DAY, elapsed_ms=1)
    assert have(progress)["cards"] == 2
    progress.undo(NOW + 2 * DAY + MINUTE)
    assert have(progress)["cards"] == 1


def test_where_a_module_is_spread_over_days_only_the_days_cards_count(progress: Progress) -> None:
    rule = CheckpointRule(4, ("m0",), cards=("m0.c0", "m0.c3"), cards_needed=2, predictions=1)
    for card in ("m0.c0", "m0.c6"):
        progress.review(card, Rating.GOOD, NOW, elapsed_ms=1)
        predict(progress, card=card, key=card)
    assert have(progress, rule) == {"cards": 1, "predictions": 1}


def test_another_learners_deeds_do_not_count(tmp_path: Path) -> None:
    with opened(tmp_path, learner="ana") as ana:
        stock(ana, deck(9, modules=3))
        quiz_round(ana, 5, 5, ["m0"])
        predict(ana)
    with opened(tmp_path, learner="bo") as bo:
        assert set(have(bo).values()) == {0}
