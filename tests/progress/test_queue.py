"""Which card comes next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from llmcore_progress import Entry, Progress, Queued, Rating, Settings
from tests.progress.given import DAY, MINUTE, NOW, SETTINGS, deck, generous, opened, stock


@pytest.fixture
def progress(tmp_path: Path) -> Iterator[Progress]:
    with opened(tmp_path) as log:
        yield log


def shown(progress: Progress, now: datetime, most: int = 50, **asked: object) -> list[tuple[str, str]]:
    """Card and reason of what comes, each answered at once with easy."""
    found: list[tuple[str, str]] = []
    while len(found) < most and (queued := progress.next_card(now, **asked)):  # type: ignore[arg-type]  # as next_card has them
        found.append((queued.card, queued.why))
        progress.review(queued.card, Rating.EASY, now, elapsed_ms=1_000)
    return found


def due_today(progress: Progress, cards: list[str], since: int = 20) -> None:
    """Make cards fall due before NOW, in the order given."""
    for nth, card in enumerate(cards):
        at = NOW - timedelta(days=since - nth)
        progress.review(card, Rating.EASY, at, elapsed_ms=1_000)


def test_an_empty_deck_has_no_card(progress: Progress) -> None:
    assert progress.next_card(NOW) is None
    assert progress.counts(NOW).total == 0


def test_new_cards_come_in_the_decks_order_up_to_the_days_limit(progress: Progress) -> None:
    stock(progress, deck(12)[::-1])
    assert [card for card, _ in shown(progress, NOW)] == [f"m0.c{n}" for n in range(8)]
    assert shown(progress, NOW + 3 * 60 * MINUTE) == []
    assert progress.counts(NOW).new == progress.counts(NOW, new_limit=2).new == 0
    assert [card for card, _ in shown(progress, NOW + DAY)] == [f"m0.c{n}" for n in range(8, 12)]


def test_the_limit_of_new_cards_can_be_another_for_once(progress: Progress) -> None:
    stock(progress, deck(12))
    assert len(shown(progress, NOW, new_limit=2)) == 2
    assert progress.counts(NOW, new_limit=3).new == 1
    assert len(shown(progress, NOW, new_limit=3)) == 1
    assert progress.counts(NOW).new == 5


def test_learning_cards_that_are_due_come_before_everything(progress: Progress) -> None:
    stock(progress, deck(3))
    progress.review("m0.c0", Rating.GOOD, NOW, elapsed_ms=1_000)
    assert progress.next_card(NOW + 9 * MINUTE) == Queued("m0.c1", "new", None)
    assert progress.next_card(NOW + 10 * MINUTE) == Queued("m0.c0", "learning", NOW + 10 * MINUTE)


def test_when_nothing_else_is_left_learning_cards_of_the_next_minutes_are_shown(progress: Progress) -> None:
    stock(progress, deck(1))
    progress.review("m0.c0", Rating.GOOD, NOW, elapsed_ms=1_000)
    assert progress.next_card(NOW) == Queued("m0.c0", "learning", NOW + 10 * MINUTE)


def test_a_learning_card_of_later_today_waits_and_is_counted(tmp_path: Path) -> None:
    with opened(tmp_path, settings=replace(SETTINGS, learning_steps=(timedelta(hours=1),))) as progress:
        stock(progress, deck(1))
        progress.review("m0.c0", Rating.AGAIN, NOW, elapsed_ms=1_000)
        assert progress.next_card(NOW) is None
        assert progress.counts(NOW).learning == 1
        assert progress.next_card(NOW + 40 * MINUTE) is not None


def test_the_longest_due_review_comes_first(progress: Progress) -> None:
    stock(progress, deck(3))
    due_today(progress, ["m0.c2", "m0.c0", "m0.c1"])
    assert [card for card, why in shown(progress, NOW) if why == "review"] == ["m0.c2", "m0.c0", "m0.c1"]


def test_cards_due_on_one_day_are_mixed(progress: Progress) -> None:
    stock(progress, deck(30))
    for number in range(30):
        progress.review(f"m0.c{number}", Rating.EASY, NOW - 20 * DAY, elapsed_ms=1_000)
    order = [card for card, _ in shown(progress, NOW)]
    in_order = [f"m0.c{n}" for n in range(30)]
    assert sorted(order) == sorted(in_order)
    assert order != in_order


def test_reviews_stop_at_the_days_limit(tmp_path: Path) -> None:
    with opened(tmp_path, settings=replace(SETTINGS, reviews_per_day=3, new_per_day=0)) as progress:
        stock(progress, deck(6))
        due_today(progress, [f"m0.c{n}" for n in range(6)])
        assert progress.counts(NOW).due == 3
        assert len(shown(progress, NOW)) == 3
        assert progress.counts(NOW).due == 0
        assert len(shown(progress, NOW + DAY)) == 3


def test_new_cards_are_spread_among_the_reviews(tmp_path: Path) -> None:
    with opened(tmp_path, settings=replace(SETTINGS, new_per_day=4)) as progress:
        stock(progress, deck(24))
        due_today(progress, [f"m0.c{n}" for n in range(20)], since=40)
        why = [why for _, why in shown(progress, NOW)]
        assert why.count("review") == 20
        assert why.count("new") == 4
        places = [place for place, each in enumerate(why) if each == "new"]
        assert places[0] >= 3
        assert all(later - earlier >= 2 for earlier, later in pairwise(places))
        assert 15 < places[-1] < 23


def test_only_the_modules_asked_for_are_shown(progress: Progress) -> None:
    stock(progress, deck(12, modules=3))
    due_today(progress, ["m0.c0", "m1.c1", "m2.c2"])
    assert progress.counts(NOW, {"m1", "m2"}) == replace(
        progress.counts(NOW), due=2, new=6, seconds_estimate=8
    )
    assert {card[:2] for card, _ in shown(progress, NOW, modules={"m1", "m2"})} == {"m1", "m2"}
    assert progress.next_card(NOW, modules=set()) is None
    assert progress.next_card(NOW, modules={"no such"}) is None


def test_the_first_review_of_several_modules_is_the_longest_due(progress: Progress) -> None:
    stock(progress, deck(6, modules=3))
    due_today(progress, ["m2.c2", "m1.c1", "m0.c0"])
    found = progress.next_card(NOW, modules={"m0", "m1"}, new_limit=0)
    assert found is not None
    assert found.card == "m1.c1"


def test_a_card_of_the_same_family_waits_for_the_next_day(progress: Progress) -> None:
    stock(progress, deck(6, family=2))
    assert [card for card, _ in shown(progress, NOW)] == ["m0.c0", "m0.c2", "m0.c4"]
    assert [card for card, _ in shown(progress, NOW + DAY)] == ["m0.c1", "m0.c3", "m0.c5"]


def test_a_due_review_of_the_same_family_waits_too(progress: Progress) -> None:
    stock(progress, deck(2, family=2))
    due_today(progress, ["m0.c0", "m0.c1"])
    assert progress.counts(NOW).due == 1
    assert [card for card, _ in shown(progress, NOW)] == ["m0.c0"]
    assert progress.counts(NOW).due == 0
    assert [card for card, _ in shown(progress, NOW + DAY)] == ["m0.c1"]


def test_a_card_in_its_steps_is_shown_whatever_its_family_does(progress: Progress) -> None:
    stock(progress, deck(2, family=2))
    progress.review("m0.c0", Rating.AGAIN, NOW, elapsed_ms=1_000)
    progress.review("m0.c1", Rating.AGAIN, NOW, elapsed_ms=1_000)
    assert progress.next_card(NOW + 2 * MINUTE) is not None


def test_a_buried_card_comes_back_on_the_next_day(progress: Progress) -> None:
    stock(progress, deck(1))
    progress.bury("m0.c0", NOW)
    assert progress.next_card(NOW) is None
    assert progress.counts(NOW).new == 0
    before_four = datetime(2026, 11, 23, 3, 59, tzinfo=NOW.tzinfo)
    assert progress.next_card(before_four) is None
    assert progress.next_card(before_four + MINUTE) is not None


def test_a_suspended_card_stays_away_until_it_is_wanted_again(progress: Progress) -> None:
    stock(progress, deck(1))
    progress.suspend("m0.c0", NOW)
    assert progress.next_card(NOW + 100 * DAY) is None
    progress.unsuspend("m0.c0", NOW)
    assert progress.next_card(NOW) is not None


def test_a_skipped_card_is_passed_over(progress: Progress) -> None:
    stock(progress, deck(3))
    queued = progress.next_card(NOW, skip=["m0.c0", "m0.c1"])
    assert queued is not None
    assert queued.card == "m0.c2"
    assert progress.next_card(NOW, skip=[f"m0.c{n}" for n in range(3)]) is None


def test_a_card_that_left_the_deck_is_not_shown_and_not_forgotten(progress: Progress) -> None:
    stock(progress, deck(2))
    due_today(progress, ["m0.c0", "m0.c1"])
    stock(progress, deck(1))
    assert [card for card, _ in shown(progress, NOW)] == ["m0.c0"]
    stock(progress, deck(2))
    assert progress.state("m0.c1").reviews == 1
    assert [card for card, _ in shown(progress, NOW)] == ["m0.c1"]


def test_the_deck_is_read_only_when_its_fingerprint_changed(tmp_path: Path) -> None:
    calls: list[str] = []

    def entries(name: str) -> list[Entry]:
        calls.append(name)
        return deck(2)

    for name in ("one", "one", "two", "two", "one"):
        with opened(tmp_path) as progress:
            progress.set_catalogue(name, lambda name=name: entries(name))  # type: ignore[misc]  # bound now
            progress.next_card(NOW)
    assert calls == ["one", "two", "one"]


def test_two_programs_with_different_decks_see_each_their_own(tmp_path: Path) -> None:
    with opened(tmp_path) as one, opened(tmp_path) as two:
        stock(one, [Entry("a", "m", 0)])
        stock(two, [Entry("b", "m", 0)])
        assert [shown(one, NOW), shown(two, NOW)] == [[("a", "new")], [("b", "new")]]


def test_cram_shows_what_was_seen_the_longest_ago_and_leaves_the_schedule_alone(progress: Progress) -> None:
    stock(progress, deck(6, modules=2))
    due_today(progress, ["m0.c2", "m0.c0"], since=2)
    before = progress.state("m0.c2").due
    order = []
    for nth in range(4):
        queued = progress.next_card(NOW + nth * MINUTE, modules={"m0"}, cram=True)
        assert queued is not None
        order.append(queued)
        progress.review(queued.card, Rating.AGAIN, NOW + nth * MINUTE, elapsed_ms=1_000, cram=True)
    assert [each.card for each in order] == ["m0.c4", "m0.c2", "m0.c0", "m0.c4"]
    assert {each.why for each in order} == {"cram"}
    assert progress.state("m0.c2").due == before
    assert progress.state("m0.c4").reviews == 0
    assert progress.next_card(NOW, cram=True, skip=[f"m{n % 2}.c{n}" for n in range(6)]) is None


def test_counts_estimate_the_time_by_the_learners_own_pace(progress: Progress) -> None:
    stock(progress, deck(4))
    assert progress.counts(NOW).seconds_estimate == 4 * 60
    for number, seconds in enumerate((10, 30, 900)):
        progress.review(f"m0.c{number}", Rating.EASY, NOW, elapsed_ms=seconds * 1_000)
    assert progress.counts(NOW).seconds_estimate == 30


def test_the_forecast_puts_what_is_overdue_into_today(progress: Progress) -> None:
    stock(progress, deck(4))
    due_today(progress, ["m0.c0", "m0.c1"])
    easy = progress.preview("m0.c2", NOW)[Rating.EASY].days
    progress.review("m0.c2", Rating.EASY, NOW, elapsed_ms=1_000)
    assert progress.forecast(NOW, 10) == tuple(2 if day == 0 else int(day == easy) for day in range(10))
    progress.suspend("m0.c2", NOW)
    assert sum(progress.forecast(NOW, 10)) == 2


@pytest.mark.parametrize(
    ("zone", "moment", "shown_at_once"),
    [
        # reviewed in Shanghai at 23:00 on the 22nd, due on the 24th there
        ("Asia/Shanghai", "2026-11-24T03:59+08:00", False),
        ("Asia/Shanghai", "2026-11-24T04:00+08:00", True),
        # in New York the 24th starts 13 hours later, and the schedule goes with the learner's day
        ("America/New_York", "2026-11-24T04:00+08:00", False),
        ("America/New_York", "2026-11-24T03:59-05:00", False),
        ("America/New_York", "2026-11-24T04:00-05:00", True),
        ("Pacific/Auckland", "2026-11-24T04:00+13:00", True),
    ],
)
def test_a_review_is_due_on_its_day_wherever_the_learner_is_by_then(
    tmp_path: Path, zone: str, moment: str, shown_at_once: bool
) -> None:
    home = replace(SETTINGS, zone=ZoneInfo("Asia/Shanghai"), learning_steps=())
    with opened(tmp_path, settings=home) as progress:
        stock(progress, deck(1))
        progress.review(
            "m0.c0", Rating.GOOD, datetime.fromisoformat("2026-11-22T23:00+08:00"), elapsed_ms=1_000
        )
        assert progress.state("m0.c0").due == datetime.fromisoformat("2026-11-24T04:00+08:00")
    with opened(tmp_path, settings=replace(home, zone=ZoneInfo(zone))) as progress:
        assert (progress.next_card(datetime.fromisoformat(moment)) is not None) is shown_at_once


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2026-03-28T22:00+01:00", "2026-03-30T04:00+02:00"),  # two learner's days, 23 and 24 hours
        ("2026-10-24T22:00+02:00", "2026-10-26T04:00+01:00"),
        ("2028-02-28T22:00+01:00", "2028-03-01T04:00+01:00"),  # over a leap day
        ("2027-02-27T22:00+01:00", "2027-03-01T04:00+01:00"),  # over none
    ],
)
def test_an_interval_of_two_days_spans_a_change_of_the_clocks_and_a_leap_day(
    tmp_path: Path, before: str, after: str
) -> None:
    with opened(
        tmp_path, settings=replace(SETTINGS, zone=ZoneInfo("Europe/Berlin"), learning_steps=())
    ) as progress:
        stock(progress, deck(1))
        progress.review("m0.c0", Rating.GOOD, datetime.fromisoformat(before), elapsed_ms=1_000)
        due = datetime.fromisoformat(after)
        assert progress.next_card(due - MINUTE) is None
        assert progress.next_card(due) == Queued("m0.c0", "review", due)


def test_a_step_over_the_change_of_the_clocks_waits_its_real_minutes(tmp_path: Path) -> None:
    before = datetime.fromisoformat("2026-03-29T01:55+01:00")  # in five minutes it is 03:00
    with opened(tmp_path, settings=replace(SETTINGS, zone=ZoneInfo("Europe/Berlin"))) as progress:
        progress.review("m0.c0", Rating.GOOD, before, elapsed_ms=1_000)
        assert progress.state("m0.c0").due == datetime.fromisoformat("2026-03-29T03:05+02:00")


def test_a_hundred_thousand_introduced_cards_do_not_stand_before_a_new_one(tmp_path: Path) -> None:
    """No query of the queue may read the table: SQLite's own plan says which index each uses."""
    seen: list[str] = []
    with opened(tmp_path, settings=generous()) as progress:
        stock(progress, deck(50, modules=2, family=5))
        due_today(progress, ["m0.c0", "m1.c7"])
        progress._log._connection.set_trace_callback(seen.append)
        for modules in (None, {"m0", "m1"}):
            progress.next_card(NOW, modules=modules)
            progress.counts(NOW, modules)
        progress.next_card(NOW, modules={"m0"}, cram=True)
        progress._log._connection.set_trace_callback(None)
        asked = [sql for sql in seen if sql.lstrip().startswith("SELECT") and "FROM" in sql]
        assert len(asked) > 10
        for sql in asked:
            plan = [row[3] for row in progress._log.query(f"EXPLAIN QUERY PLAN {sql}")]
            scans = [
                step
                for step in plan
                if step.startswith("SCAN") and not any(word in step for word in _HARMLESS)
            ]
            assert not scans, (sql, plan)


_HARMLESS = (
    "json_each",
    "chosen",
    "(subquery",
    "CONSTANT ROW",
    "USING INDEX card_new",
    "USING COVERING INDEX card_new",
)


def test_settings_of_a_longer_day_reach_the_queue(tmp_path: Path) -> None:
    late: Settings = replace(SETTINGS, day_starts_at=0)
    with opened(tmp_path, settings=late) as progress:
        stock(progress, deck(1))
        progress.bury("m0.c0", NOW)
        assert progress.next_card(datetime(2026, 11, 23, 0, 0, tzinfo=NOW.tzinfo)) is not None
