"""Today: the day, its checkpoint, what is due, what is weak."""

from __future__ import annotations

from datetime import date

from llmcore_progress import Json, Kind, Progress, Rating
from llmcore_tui.content.deck import Deck
from llmcore_tui.study.checkpoint import checkpoint
from llmcore_tui.study.plan_choice import start_plan
from llmcore_tui.study.today import today
from llmcore_tui.study.weak import weak_points
from tests.study.conftest import NewSession
from tests.study.small_deck import START, Clock


def test_a_new_learner_sees_day_one_with_everything_to_do(deck: Deck, progress: Progress) -> None:
    found = today(deck, progress, START, "en")
    assert (found.plan, found.day, found.days, found.title) == ("14-day", 1, 3, "Doubling")
    assert (found.must_say, found.is_review, found.open_days) == ("Twice means two.", False, ())
    assert (found.due, found.learning, found.new, found.streak, found.weak) == (0, 0, 7, 0, ())
    assert found.minutes == 7
    assert len(found.forecast) == 10
    assert found.checkpoint is not None
    assert [(part.name, part.have, part.need, part.met) for part in found.checkpoint.parts] == [
        ("quiz", 0.0, 0.8, False),
        ("predictions", 0, 1, False),
        ("cards", 0, 2, False),
        ("timed", 0, 1, False),
    ]


def test_what_is_missing_is_said_in_words(deck: Deck, progress: Progress) -> None:
    day = deck.plan("14-day").days[0]
    english, chinese = checkpoint(progress, day, "en"), checkpoint(progress, day, "zh")
    assert english is not None
    assert chinese is not None
    assert english.missing == (
        "a quiz of the day with 80% right in a round of five or more (best so far 0%): llmcore quiz --day 1",
        "1 more prediction within tolerance",
        "2 more cards rated good or easy",
        "1 more timed three-minute answer: llmcore interview --plan-day 1 --mode real",
    )
    assert chinese.missing == (
        "当天的测验，一轮至少五题、答对 80%（目前最好 0%）：llmcore quiz --day 1",
        "1 次容差内的预测",
        "2 张评为“良好”或“轻松”的卡片",
        "1 次三分钟限时回答：llmcore interview --plan-day 1 --mode real",
    )


def test_predicting_and_rating_in_a_session_fills_the_checkpoint(
    deck: Deck, progress: Progress, new_session: NewSession
) -> None:
    session = new_session(limit=2)
    while (question := session.next()) is not None:
        if question.prediction:
            session.predict("6")
        session.reveal()
        session.rate(3)
    found = checkpoint(progress, deck.plan("14-day").days[0], "en")
    assert found is not None
    assert [(part.name, part.met) for part in found.parts] == [
        ("quiz", False),
        ("predictions", True),
        ("cards", True),
        ("timed", False),
    ]


def test_a_round_of_five_with_enough_right_meets_the_quiz_part(deck: Deck, progress: Progress) -> None:
    body: dict[str, Json] = {"round": "r", "modules": ["twice"], "asked": 5, "right": 4, "finished": True}
    progress.record(Kind.QUIZ_ROUND, "r", body, START)
    found = checkpoint(progress, deck.plan("14-day").days[0], "en")
    assert found is not None
    assert (found.parts[0].met, found.parts[0].have_text, found.parts[0].need_text) == (True, "80%", "80%")


def test_earlier_days_stay_open_until_all_but_the_interview_is_met(deck: Deck, progress: Progress) -> None:
    start_plan(progress, date(2026, 11, 20), START)
    assert today(deck, progress, START, "en").open_days == (1, 2)
    progress.review("thrice.explain", Rating.GOOD, START, elapsed_ms=1)
    assert today(deck, progress, START, "en").open_days == (1,)


def test_a_planned_day_says_so(deck: Deck, progress: Progress) -> None:
    start_plan(progress, date(2026, 11, 20), START)
    found = today(deck, progress, START, "zh")
    assert [(module.title, module.planned) for module in found.modules] == [("待写", True)]
    assert found.checkpoint is None


def test_weak_points_are_what_was_not_known_the_last_time(
    deck: Deck, progress: Progress, clock: Clock
) -> None:
    for card, rating in (("twice.explain", 1), ("twice.choice", 1), ("twice.spot", 1), ("thrice.explain", 3)):
        progress.review(card, Rating(rating), clock(), elapsed_ms=1)
        clock.wait(minutes=1)
    progress.review("twice.choice", Rating.GOOD, clock(), elapsed_ms=1)
    clock.wait(minutes=1)
    progress.record(Kind.QUIZ, "twice.q.typed", {"item": "twice.q.typed", "right": False}, clock())
    points = weak_points(deck, progress, "en")
    assert [(point.kind, point.id, point.text) for point in points] == [
        ("quiz", "twice.q.typed", "What is a doubled whole number?"),
        ("card", "twice.spot", "Mend the sentence."),
        ("card", "twice.explain", "Why does 6.0 come out?"),
    ]


def test_a_rating_that_was_taken_back_is_no_weak_point(deck: Deck, progress: Progress, clock: Clock) -> None:
    progress.review("twice.explain", Rating.AGAIN, clock(), elapsed_ms=1)
    progress.undo(clock())
    assert weak_points(deck, progress, "en") == ()


def test_the_drawn_values_stand_in_a_weak_point(deck: Deck, progress: Progress) -> None:
    progress.review("twice.calculate", Rating.AGAIN, START, elapsed_ms=1, detail={"draw": {"x": 3}})
    assert [point.text for point in weak_points(deck, progress, "en")] == ["What comes out for 3?"]


def test_cards_that_the_deck_no_longer_has_are_passed_over(deck: Deck, progress: Progress) -> None:
    progress.review("twice.gone", Rating.AGAIN, START, elapsed_ms=1)
    progress.record(Kind.QUIZ, "gone.q.item", {"item": "gone.q.item", "right": False}, START)
    assert weak_points(deck, progress, "en") == ()
