"""Cards are found by where the learner stands with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from llmcore_progress import ModuleCounts, Progress, Rating, Which
from tests.progress.given import DAY, MINUTE, NOW, SETTINGS, deck, opened, stock


@pytest.fixture
def progress(tmp_path: Path) -> Iterator[Progress]:
    """Ten cards of two modules: c0 due, c1 in its steps, c2 in review, c3 suspended, c4 buried, c5 flagged, c6 noted, c7 a leech."""
    with opened(tmp_path, settings=replace(SETTINGS, leech_lapses=1)) as log:
        stock(log, deck(10, modules=2))
        log.review("m0.c0", Rating.EASY, NOW - 20 * DAY, elapsed_ms=1)
        log.review("m0.c2", Rating.EASY, NOW, elapsed_ms=1)
        log.review("m1.c1", Rating.HARD, NOW, elapsed_ms=1)
        log.review("m1.c3", Rating.EASY, NOW - 20 * DAY, elapsed_ms=1)
        log.suspend("m1.c3", NOW)
        log.review("m0.c4", Rating.EASY, NOW - 20 * DAY, elapsed_ms=1)
        log.bury("m0.c4", NOW)
        log.flag("m1.c5", "wrong", NOW)
        log.note("m0.c6", "mine", NOW)
        log.review("m1.c7", Rating.EASY, NOW - 9 * DAY, elapsed_ms=1)
        log.review("m1.c7", Rating.AGAIN, NOW, elapsed_ms=1)
        log.review("gone.c99", Rating.AGAIN, NOW - DAY, elapsed_ms=1)  # not in the deck any more
        yield log


@pytest.mark.parametrize(
    ("which", "cards"),
    [
        ("due", ["m0.c0"]),
        ("new", ["m1.c5", "m0.c6", "m0.c8", "m1.c9"]),
        ("learning", ["m1.c1", "m1.c7"]),
        ("review", ["m0.c0", "m0.c2", "m0.c4"]),
        ("suspended", ["m1.c3"]),
        ("buried", ["m0.c4"]),
        ("leech", ["m1.c7"]),
        ("flagged", ["m1.c5"]),
        ("noted", ["m0.c6"]),
    ],
)
def test_cards_in_a_state(progress: Progress, which: Which, cards: list[str]) -> None:
    assert progress.cards(which, NOW) == cards


def test_every_state_is_tried_above() -> None:
    tried = test_cards_in_a_state.pytestmark[0].args[1]  # type: ignore[attr-defined]  # put there by parametrize
    assert {which for which, _ in tried} == set(get_args(Which))


def test_a_step_falls_due_by_the_minute(progress: Progress) -> None:
    assert progress.cards("due", NOW + 6 * MINUTE) == ["m0.c0", "m1.c1"]
    assert progress.cards("due", NOW + DAY) == ["m0.c0", "m1.c1", "m0.c4", "m1.c7"]


def test_modules_are_counted(progress: Progress) -> None:
    assert progress.modules(NOW) == {
        "m0": ModuleCounts(cards=5, begun=3, recalled=3, due=1),
        "m1": ModuleCounts(cards=5, begun=3, recalled=2, due=0),
    }
