"""Settings outside what FSRS or the log accepts are refused with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from llmcore_progress import ProgressError, Settings

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"retention": 1.5}, "retention is 1.5"),
        ({"retention": 0.5}, "retention is 0.5"),
        ({"retention": float("nan")}, "retention is nan"),
        ({"maximum_interval_days": 0}, "maximum_interval_days"),
        ({"new_per_day": -1}, "new_per_day"),
        ({"reviews_per_day": -1}, "reviews_per_day"),
        ({"day_starts_at": 24}, "day_starts_at"),
        ({"leech_lapses": 0}, "leech_lapses"),
        ({"learning_steps": (10 * HOUR, HOUR)}, "learning_steps"),
        ({"learning_steps": (timedelta(),)}, "learning_steps"),
        ({"relearning_steps": (13 * HOUR,)}, "relearning_steps"),
        ({"learning_steps": (HOUR,) * 21}, "learning_steps"),
    ],
)
def test_a_wrong_setting_is_named(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(ProgressError, match=named) as caught:
        Settings(**wrong)  # type: ignore[arg-type]  # wrong on purpose
    assert caught.value.exit_code == 2


def test_no_steps_at_all_are_fine() -> None:
    assert Settings(learning_steps=(), relearning_steps=()).learning_steps == ()
