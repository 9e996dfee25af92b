"""Which plan is followed, when it began, and the day it is."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from llmcore_progress import Json, Kind, Progress, Rating
from llmcore_tui.content.deck import Deck
from llmcore_tui.errors import UnknownName
from llmcore_tui.study.checkpoint import is_open
from llmcore_tui.study.order import use_deck
from llmcore_tui.study.plain.checkpoint import checkpoint_lines
from llmcore_tui.study.plan_choice import chosen, start_plan, use_plan
from llmcore_tui.study.plan_days import plan_days
from tests.study.small_deck import START, Clock, write_deck

TODAY = date(2026, 11, 22)


def test_the_default_plan_begins_today_until_something_is_studied(deck: Deck, progress: Progress) -> None:
    choice = chosen(deck, progress, START)
    assert choice is not None
    assert (choice.plan.name, choice.start, choice.has_begun, choice.day.day) == ("14-day", TODAY, False, 1)


def test_the_plan_begins_with_the_first_card(deck: Deck, progress: Progress, clock: Clock) -> None:
    progress.review("twice.explain", Rating.GOOD, clock(), elapsed_ms=1)
    clock.wait(days=1)
    choice = chosen(deck, progress, clock())
    assert choice is not None
    assert (choice.start, choice.has_begun, choice.day.day) == (TODAY, True, 2)


def test_a_day_begins_at_four_in_the_morning(deck: Deck, progress: Progress, clock: Clock) -> None:
    start_plan(progress, TODAY, clock())
    for hour, day in ((3, 1), (4, 2)):
        choice = chosen(deck, progress, datetime(2026, 11, 23, hour, 30, tzinfo=UTC))
        assert choice is not None
        assert choice.day.day == day


def test_a_start_that_was_set_wins_over_the_first_card_and_the_last_one_set_counts(
    deck: Deck, progress: Progress, clock: Clock
) -> None:
    progress.review("twice.explain", Rating.GOOD, clock(), elapsed_ms=1)
    start_plan(progress, date(2026, 11, 1), clock())
    start_plan(progress, date(2026, 11, 21), clock())
    choice = chosen(deck, progress, clock())
    assert choice is not None
    assert (choice.start, choice.day.day, choice.end) == (date(2026, 11, 21), 2, date(2026, 11, 23))
    assert [event.body for event in progress.events(kinds=["setting"])][-1]["value"] == "2026-11-21"


@pytest.mark.parametrize(("start", "day", "since"), [(date(2026, 12, 1), 1, -9), (date(2026, 1, 1), 3, 325)])
def test_before_and_after_the_plan_its_first_and_last_day_are_shown(
    deck: Deck, progress: Progress, start: date, day: int, since: int
) -> None:
    start_plan(progress, start, START)
    choice = chosen(deck, progress, START)
    assert choice is not None
    assert (choice.day.day, choice.days_since) == (day, since)


def test_another_plan_changes_the_order_in_which_new_cards_come(
    deck: Deck, progress: Progress, clock: Clock
) -> None:
    folder = deck.folders[0]
    other = "plan: backwards\ntitle: {en: Backwards, zh: 倒序}\norder: given\ndays:\n"
    for day, module in ((1, "thrice"), (2, "twice")):
        other += f"  - {{day: {day}, modules: [{module}], must_say: {{en: Say it., zh: 说。}}}}\n"
    (folder / "quizzes/plans/backwards.yaml").write_text(other, encoding="utf-8")
    again = Deck.open([folder], folder.parent / "cache2")
    use_deck(progress, again)
    first = progress.next_card(clock())
    assert first is not None
    assert first.card == "twice.explain"
    use_plan(again, progress, "backwards", clock())
    use_deck(progress, again)
    first = progress.next_card(clock())
    assert first is not None
    assert first.card == "thrice.explain"
    again.close()


def test_an_unknown_plan_is_refused_and_nothing_is_logged(deck: Deck, progress: Progress) -> None:
    with pytest.raises(UnknownName, match="Did you mean 14-day"):
        use_plan(deck, progress, "14day", START)
    assert not list(progress.events())


def test_a_plan_that_the_deck_no_longer_has_gives_way_to_the_default(deck: Deck, progress: Progress) -> None:
    progress.record(Kind.SETTING, "plan", {"name": "plan", "value": "gone"}, START)
    choice = chosen(deck, progress, START)
    assert choice is not None
    assert choice.plan.name == "14-day"


def test_the_days_have_dates_and_say_where_the_learner_stands(
    deck: Deck, progress: Progress, clock: Clock
) -> None:
    start_plan(progress, date(2026, 11, 21), clock())
    choice = chosen(deck, progress, clock())
    assert choice is not None
    days = plan_days(deck, progress, choice, "zh")
    assert [(day.day, day.date.day, day.state, day.title) for day in days] == [
        (1, 21, "open", "翻倍"),
        (2, 22, "today", "三倍"),
        (3, 23, "planned", "待写"),
    ]
    progress.review("thrice.explain", Rating.GOOD, clock(), elapsed_ms=1)
    assert plan_days(deck, progress, choice, "en")[1].state == "met"


def test_a_day_that_only_the_interview_keeps_open_is_open_and_says_the_command(
    deck: Deck, progress: Progress, clock: Clock
) -> None:
    choice = chosen(deck, progress, clock())
    assert choice is not None
    assert plan_days(deck, progress, choice, "en")[0].state == "today"
    for card in ("twice.explain", "twice.spot"):
        progress.review(card, Rating.GOOD, clock(), elapsed_ms=1)
    held: dict[str, Json] = {
        "card": "twice.explain",
        "module": "twice",
        "demo": "twice",
        "set": {},
        "holds": True,
    }
    progress.record(Kind.PREDICTION, "twice.explain", held, clock())
    round_: dict[str, Json] = {"modules": ["twice"], "asked": 5, "right": 5, "finished": True}
    progress.record(Kind.QUIZ_ROUND, "r", round_, clock())
    day = plan_days(deck, progress, choice, "zh")[0]
    assert day.state == "today"
    assert is_open(progress, deck.plan("14-day").days[0])
    assert day.checkpoint is not None
    assert checkpoint_lines(day.checkpoint, "zh")[1:] == [
        "还缺：1 次三分钟限时回答：llmcore interview --plan-day 1 --mode real。",
    ]
    answer: dict[str, Json] = {"session": "s", "module": "twice", "timed": True, "met": []}
    progress.record(Kind.INTERVIEW, "twice.i.why", answer, clock())
    assert plan_days(deck, progress, choice, "zh")[0].state == "met"
    assert not is_open(progress, deck.plan("14-day").days[0])


def test_a_deck_without_plans_has_no_plan(progress: Progress, deck: Deck) -> None:
    folder = write_deck(deck.folders[0].parent / "bare")
    (folder / "quizzes/plans/14-day.yaml").unlink()
    bare = Deck.open([folder], folder.parent / "cache3")
    assert chosen(bare, progress, START) is None
    bare.close()
