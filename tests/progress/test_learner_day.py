"""The learner's day begins at 04:00 on the learner's own wall clock, whatever clocks and calendars do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_progress.learner_day import LearnerClock, day_text, read_day

BERLIN = LearnerClock(ZoneInfo("Europe/Berlin"))
SHANGHAI = LearnerClock(ZoneInfo("Asia/Shanghai"))


def day(clock: LearnerClock, text: str) -> str:
    return day_text(clock.day(datetime.fromisoformat(text)))


def test_the_small_hours_belong_to_the_day_before() -> None:
    assert day(SHANGHAI, "2026-11-22T03:59:59+08:00") == "2026-11-21"
    assert day(SHANGHAI, "2026-11-22T04:00:00+08:00") == "2026-11-22"


def test_the_zone_of_the_clock_counts_not_that_of_the_moment() -> None:
    assert day(SHANGHAI, "2026-11-21T20:30:00+00:00") == "2026-11-22"


def test_a_day_may_start_at_midnight() -> None:
    assert day(LearnerClock(UTC, 0), "2026-11-22T00:00:00+00:00") == "2026-11-22"


@pytest.mark.parametrize(
    ("before", "hours"),
    [
        ("2026-03-28", 23),  # clocks go forward at 02:00 on 29 March
        ("2026-10-24", 25),  # and back at 03:00 on 25 October
        ("2026-06-01", 24),
    ],
)
def test_a_learners_day_is_as_long_as_the_wall_clock_makes_it(before: str, hours: int) -> None:
    start = date.fromisoformat(before).toordinal()
    assert BERLIN.start(start + 1) - BERLIN.start(start) == timedelta(hours=hours)


def test_the_repeated_hour_of_autumn_belongs_to_the_day_before_both_times() -> None:
    first = datetime.fromisoformat("2026-10-25T02:30:00+02:00")
    second = datetime.fromisoformat("2026-10-25T02:30:00+01:00")
    assert second - first == timedelta(hours=1)
    assert day_text(BERLIN.day(first)) == day_text(BERLIN.day(second)) == "2026-10-24"


def test_a_leap_day_is_a_day() -> None:
    clock = LearnerClock(UTC)
    days = [day(clock, f"{text}T12:00:00+00:00") for text in ("2028-02-28", "2028-02-29", "2028-03-01")]
    assert days == ["2028-02-28", "2028-02-29", "2028-03-01"]
    assert clock.start(clock.day(datetime(2028, 2, 28, 12, tzinfo=UTC)) + 1) == datetime(
        2028, 2, 29, 4, tzinfo=UTC
    )
    assert read_day("2028-02-29") == date(2028, 2, 29).toordinal()
    assert read_day("2027-02-29") is None


@given(
    moment=st.integers(40_000_000, 4_100_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    zone=st.sampled_from(
        ["UTC", "Asia/Shanghai", "America/St_Johns", "Europe/Berlin", "Pacific/Apia", "Asia/Kathmandu"]
    ),
    hour=st.integers(0, 23),
)
def test_every_moment_lies_in_its_day(moment: datetime, zone: str, hour: int) -> None:
    clock = LearnerClock(ZoneInfo(zone), hour)
    today = clock.day(moment)
    # an hour's slack: where clocks go back over the hour the day starts at, that hour comes twice
    assert clock.start(today) - timedelta(hours=1) <= moment < clock.start(today + 1) + timedelta(hours=1)


def test_without_a_zone_the_computers_own_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        clock = LearnerClock()
        assert day(clock, "2026-11-21T20:30:00+00:00") == "2026-11-22"
        assert clock.start(clock.day(datetime(2026, 11, 22, 12, tzinfo=UTC))) == datetime(
            2026, 11, 21, 20, tzinfo=UTC
        )
        assert clock.offset_minutes(datetime(2026, 11, 22, tzinfo=UTC)) == 480
    finally:
        monkeypatch.undo()
        time.tzset()


@given(st.integers(1, date.max.toordinal() - 1))
def test_days_are_read_as_they_are_written(number: int) -> None:
    assert read_day(day_text(number)) == number


@pytest.mark.parametrize(
    "text", [None, 7, "", "2026-13-01", "2026-11-22T10:00", "20261122", "9999-99-99", ["2026-11-22"]]
)
def test_what_is_no_day_reads_as_none(text: object) -> None:
    assert read_day(text) is None
