"""What the numbers say about the learner's memory, predictions and habits. Reads the tallies, not the events, where it can."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from llmcore_progress.event import Event, Kind
from llmcore_progress.learner_day import LAST_DAY
from llmcore_progress.log import Log, Row

RECENT_DAYS = 30
_MS_A_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """0 to 1; None of nothing."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Retention:
    """Reviews that were recalled (rated hard, good or easy), of those at an interval of a day or more."""

    young: Share
    """At intervals of 1 to 20 days."""
    mature: Share
    """Of 21 days and more."""
    all: Share
    predicted: float | None
    """The mean recall, 0 to 1, that FSRS had predicted for these reviews."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How the learner's predictions compare with the computed numbers."""

    made: int
    within: Share
    """Within tolerance, of those whose number was computed."""
    median_ratio: float | None
    """Predicted over computed, where both are above zero: above 1 the learner guesses too high."""
    median_factor: float | None
    """By which factor a prediction is typically off, in either direction: 1 is perfect."""


@dataclass(frozen=True, slots=True)
class DayOfStudy:
    """What was done on one learner's day."""

    day: date
    reviews: int
    minutes: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """All of it, as of one moment."""

    cards: int
    """In the deck in use."""
    new: int
    young: int
    """In the review phase, due less than 21 days after the last review."""
    mature: int
    learning: int
    suspended: int
    leeches: int
    reviews: int
    """Ratings ever given, crams included, undone ones not."""
    ratings: tuple[int, int, int, int]
    """Again, hard, good, easy; without crams."""
    retention: Retention
    """Of the last 30 days."""
    retention_ever: Retention
    calibration: Calibration
    forecast: tuple[int, ...]
    """Reviews due on each of the next 30 days, today first."""
    streak: int
    """Days in a row with something studied, up to today or yesterday."""
    longest_streak: int
    minutes: float
    """Ever; `days` has them day by day."""
    minutes_today: float
    days: tuple[DayOfStudy, ...]
    """Every day with something studied, oldest first."""


def statistics(
    log: Log, learner: str, today: int, leech_lapses: int, forecast: tuple[int, ...]
) -> Statistics:
    """The statistics at a learner's day; a few hundred rows are read whatever the length of the log."""
    with log.reading():
        rows = log.query(
            "SELECT day, kind, events, elapsed_ms, again, hard, good, easy, young, young_recalled, mature, "
            "mature_recalled, expected_ppm FROM tally WHERE events > 0 ORDER BY day"
        )
        cards = log.one(_CARDS, (leech_lapses,)) or (0,) * 6
        calibration = _calibration(log.events(kinds=[Kind.PREDICTION], learner=learner))
    reviews = [row for row in rows if row[1] == Kind.REVIEW]
    days = _days(rows)
    studied = [one.day.toordinal() for one in days]
    again, hard, good, easy = (sum(row[column] for row in reviews) for column in range(4, 8))
    total, new, learning, mature, suspended, leeches = cards
    return Statistics(
        cards=total,
        new=new,
        young=total - new - learning - mature,
        mature=mature,
        learning=learning,
        suspended=suspended,
        leeches=leeches,
        reviews=sum(row[2] for row in reviews),
        ratings=(again, hard, good, easy),
        retention=_retention(row for row in reviews if today - RECENT_DAYS < row[0] <= today),
        retention_ever=_retention(reviews),
        calibration=calibration,
        forecast=forecast,
        streak=_streak(studied, today),
        longest_streak=_longest(studied),
        minutes=sum(one.minutes for one in days),
        minutes_today=sum(one.minutes for one in days if one.day.toordinal() == today),
        days=days,
    )


def streak(log: Log, today: int) -> int:
    """Days in a row with something studied, up to today, or to yesterday while today has nothing yet."""
    return _streak(
        [row[0] for row in log.query("SELECT DISTINCT day FROM tally WHERE events > 0 ORDER BY day")], today
    )


_CARDS = """
    SELECT count(*), count(*) FILTER (WHERE phase = 0), count(*) FILTER (WHERE phase IN (1, 3)),
        count(*) FILTER (WHERE phase = 2 AND due_day - last_day >= 21), count(*) FILTER (WHERE suspended = 1),
        count(*) FILTER (WHERE lapses >= ?)
    FROM card WHERE position IS NOT NULL
"""


def _streak(studied: list[int], today: int) -> int:
    days = set(studied)
    last = today if today in days else today - 1
    length = 0
    while last - length in days:
        length += 1
    return length


def _longest(studied: list[int]) -> int:
    longest = length = 0
    for index, day in enumerate(studied):
        length = length + 1 if index and studied[index - 1] == day - 1 else 1
        longest = max(longest, length)
    return longest


def _retention(rows: Iterable[Row]) -> Retention:
    young, young_recalled, mature, mature_recalled, expected = (
        sum(column) for column in zip((0,) * 5, *(row[8:13] for row in rows), strict=True)
    )
    whole = young + mature
    return Retention(
        Share(young_recalled, young),
        Share(mature_recalled, mature),
        Share(young_recalled + mature_recalled, whole),
        expected / 1_000_000 / whole if whole else None,
    )


def _days(rows: list[Row]) -> tuple[DayOfStudy, ...]:
    by_day: dict[int, tuple[int, int]] = {}
    for day, kind, events, elapsed_ms, *_ in rows:
        reviews, elapsed = by_day.get(day, (0, 0))
        by_day[day] = reviews + (events if kind == Kind.REVIEW else 0), elapsed + elapsed_ms
    return tuple(
        DayOfStudy(date.fromordinal(min(day, LAST_DAY)), reviews, elapsed / _MS_A_MINUTE)
        for day, (reviews, elapsed) in by_day.items()
    )


def _calibration(predictions: Iterable[Event]) -> Calibration:
    made = held = judged = 0
    ratios: list[float] = []
    for event in predictions:
        made += 1
        holds, predicted, value = (event.body.get(key) for key in ("holds", "predicted", "value"))
        if isinstance(holds, bool):
            judged += 1
            held += holds
        ratio = _ratio(predicted, value)
        if ratio:
            ratios.append(ratio)
    return Calibration(
        made, Share(held, judged), _median(ratios), _median([max(each, 1 / each) for each in ratios])
    )


def _ratio(predicted: object, value: object) -> float | None:
    """Predicted over computed where both are numbers above zero."""
    if type(predicted) not in (int, float) or type(value) not in (int, float):
        return None
    above, below = float(predicted), float(value)  # type: ignore[arg-type]  # numbers, as just seen
    return above / below if above > 0 and below > 0 else None


def _median(values: list[float]) -> float | None:
    ordered = sorted(values)
    return (ordered[len(ordered) // 2] + ordered[~(len(ordered) // 2)]) / 2 if ordered else None
