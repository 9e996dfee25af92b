"""Intervals in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_tui.study.interval import in_words, until

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("interval", "en", "zh"),
    [
        (timedelta(0), "1 min", "1 分钟"),
        (timedelta(seconds=61), "1 min", "1 分钟"),
        (timedelta(minutes=10), "10 min", "10 分钟"),
        (timedelta(minutes=59, seconds=40), "1 hour", "1 小时"),
        (timedelta(hours=5), "5 hours", "5 小时"),
        (timedelta(hours=23, minutes=40), "1 day", "1 天"),
        (timedelta(days=1), "1 day", "1 天"),
        (timedelta(days=3), "3 days", "3 天"),
        (timedelta(days=30), "30 days", "30 天"),
        (timedelta(days=31), "1 month", "1 个月"),
        (timedelta(days=45), "1.5 months", "1.5 个月"),
        (timedelta(days=122), "4 months", "4 个月"),
        (timedelta(days=364), "1 year", "1 年"),
        (timedelta(days=913), "2.5 years", "2.5 年"),
    ],
)
def test_an_interval_is_said_in_its_largest_fitting_unit(interval: timedelta, en: str, zh: str) -> None:
    assert (in_words(interval, "en"), in_words(interval, "zh")) == (en, zh)


def test_what_is_due_now_and_later() -> None:
    assert (until(NOW, NOW, "en"), until(NOW, NOW, "zh")) == ("now", "现在")
    later = NOW + timedelta(days=2)
    assert (until(later, NOW, "en"), until(later, NOW, "zh")) == ("in 2 days", "2 天后")


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=36_500)))
def test_the_words_are_at_most_half_of_their_last_place_off(interval: timedelta) -> None:
    seconds = {
        "min": 60.0,
        "hour": 3600.0,
        "day": 86400.0,
        "month": 365.25 / 12 * 86400,
        "year": 365.25 * 86400,
    }
    count, word = in_words(interval, "en").split()
    unit = word if word in seconds else word.removesuffix("s")
    half_a_place = seconds[unit] * (0.5 if unit in ("min", "hour", "day") else 0.05)
    off = abs(float(count) * seconds[unit] - interval.total_seconds())
    assert off <= half_a_place * 1.001 or interval < timedelta(seconds=30)
