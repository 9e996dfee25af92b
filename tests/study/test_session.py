"""A session without a terminal: what it asks, reveals, checks, logs and takes back."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

import pytest

from llmcore_progress import Event, Progress
from llmcore_tui.content.claim import Setting
from llmcore_tui.errors import InputError, UntrustedDeck
from llmcore_tui.lab.demo import Demo
from llmcore_tui.lab.run import Run
from llmcore_tui.study.runner import Listener
from llmcore_tui.study.session import Session, Stage
from llmcore_tui.study.unusable import Unusable, said
from tests.study.conftest import NewSession
from tests.study.small_deck import Clock, SlowRunner


def events(progress: Progress, *kinds: str) -> list[Event]:
    return list(progress.events(kinds=kinds or None))


def go_to(session: Session, card: str) -> None:
    """Bury cards until this one is asked."""
    while (question := session.next()) is not None and question.card.id != card:
        session.bury()
    assert question is not None, f"{card} never came"


def body(event: Event, *keys: str) -> dict[str, Any]:
    return {key: event.body[key] for key in keys}


def test_the_first_question_comes_with_its_slots_filled_and_its_place(new_session: NewSession) -> None:
    question = new_session().next()
    assert question is not None
    assert (question.card.id, question.ask) == ("twice.explain", "Why does 6.0 come out?")
    assert (question.position, question.total, question.why) == (1, 7, "new")
    assert (question.module_title, question.kind_name, question.hint) == (
        "Doubling",
        "explain",
        "Think of pairs.",
    )


def test_the_same_question_is_asked_in_the_other_language_when_the_language_changes(
    new_session: NewSession,
) -> None:
    session = new_session()
    session.next()
    session.language = "zh"
    question = session.question
    assert question is not None
    assert (question.ask, question.module_title, question.kind_name) == ("为什么得到 6.0？", "翻倍", "解释")
    assert question.prediction is not None
    assert question.prediction.text == "输出（取 x = 3，单位 GB）？"


def test_the_prediction_asks_for_the_demos_number_with_its_unit_and_flags(new_session: NewSession) -> None:
    question = new_session().next()
    assert question is not None
    assert question.prediction is not None
    assert question.prediction.text == "What comes out, in GB, at x = 3?"
    assert (question.prediction.unit, question.prediction.within) == ("GB", "10%")


def test_a_prediction_is_in_the_log_with_its_number_before_the_number_is_given_out(
    new_session: NewSession, progress: Progress
) -> None:
    session = new_session(runner=None)
    session.next()
    session.predict("5.8 GB")
    assert not events(progress)
    revealed = session.reveal()
    [event] = events(progress, "prediction")
    assert event.subject == "twice.explain"
    assert body(event, "demo", "set", "key", "given", "predicted", "value", "within", "holds", "unseen") == {
        "demo": "twice",
        "set": {"x": 3.0},
        "key": "doubled",
        "given": "5.8 GB",
        "predicted": 5.8,
        "value": 6.0,
        "within": "10%",
        "holds": True,
        "unseen": True,
    }
    assert revealed.judged is not None
    assert revealed.judged.holds
    assert (revealed.judged.prediction.shown, revealed.judged.computed) == ("5.8 GB", 6.0)


def test_a_prediction_that_is_far_off_does_not_hold(new_session: NewSession, progress: Progress) -> None:
    session = new_session()
    session.next()
    session.predict("60")
    session.reveal()
    assert events(progress, "prediction")[0].body["holds"] is False


def test_a_prediction_in_another_unit_is_converted(new_session: NewSession, progress: Progress) -> None:
    session = new_session()
    session.next()
    session.predict("6000 MB")
    session.reveal()
    assert body(events(progress, "prediction")[0], "predicted", "holds") == {"predicted": 6.0, "holds": True}


def test_what_is_no_number_is_refused_in_the_learners_language_and_can_be_typed_again(
    new_session: NewSession,
) -> None:
    session = new_session(language="zh")
    session.next()
    with pytest.raises(Unusable) as refused:
        session.predict("很多")
    assert said(refused.value, "zh") == "“很多” 不是数：请输入如 3.5、3.5e-2、1/3、12%、2.5 GB 的数。"
    session.predict("6")
    revealed = session.reveal()
    assert revealed.judged is not None
    assert revealed.judged.holds


def test_revealing_shows_the_locked_number_and_its_off_twin_at_once_without_any_run(
    new_session: NewSession,
) -> None:
    session = new_session(runner=None)
    session.next()
    revealed = session.reveal()
    assert revealed.computed is not None
    assert revealed.off is not None
    assert (revealed.computed.text, revealed.computed.set_text, revealed.computed.live) == (
        "6 GB",
        "x = 3",
        False,
    )
    assert (revealed.off.text, revealed.off.set_text, revealed.off.live) == ("3 GB", "double = no", False)
    assert (revealed.run_state, revealed.pending) == ("none", False)
    assert [point.say for point in revealed.points] == ["It grows.", "It is even.", "It is exact."]
    assert [(said.says, said.fix) for said in revealed.misconceptions] == [("It squares.", "It doubles.")]
    assert revealed.neighbours == ("Tripling",)
    assert (revealed.sources[0].text, revealed.sources[0].read) == (
        "Euclid & Theon 1900, book VII",
        "2026-11-22",
    )


def test_the_run_is_started_while_the_learner_is_predicting_and_arrives_later(
    new_session: NewSession,
) -> None:
    runner = SlowRunner()
    session = new_session(runner=runner)
    session.next()
    [(demo, settings, _)] = runner.started
    assert (demo.name, dict(settings)) == ("twice", {"x": 3.0})
    assert session.reveal().run_state == "running"
    arrived: list[bool] = []
    run = session.run()
    assert run is not None
    run.add_done(lambda: arrived.append(True))
    runner.finish()
    assert arrived == [True]
    revealed = session.revealed
    assert revealed is not None
    assert (revealed.run_state, revealed.run_says) == ("done", "3 became 6.")
    assert revealed.computed is not None
    assert revealed.computed.live
    assert len(runner.started) == 1


def test_a_run_that_fails_says_why_and_the_locked_number_stays(new_session: NewSession) -> None:
    runner = SlowRunner()
    session = new_session(runner=runner)
    session.next()
    from llmcore_tui.errors import DemoError

    runner.started[0][2].set_exception(DemoError("twice ran out of memory."))
    revealed = session.reveal()
    assert (revealed.run_state, revealed.run_problem) == ("failed", "twice ran out of memory.")
    assert revealed.computed is not None
    assert revealed.computed.text == "6 GB"


def test_leaving_a_card_cancels_the_run_that_nobody_waits_for(new_session: NewSession) -> None:
    runner = SlowRunner()
    session = new_session(runner=runner)
    session.next()
    session.bury()
    session.next()
    assert runner.started[0][2].cancelled()


def test_a_number_that_was_seen_by_running_the_demo_cannot_be_predicted_any_more(
    new_session: NewSession, progress: Progress
) -> None:
    session = new_session()
    session.next()
    run = session.run()
    assert run is not None
    assert run.run is not None
    with pytest.raises(InputError, match="already seen"):
        session.predict("6")
    session.reveal()
    assert not events(progress, "prediction")
    [shown] = events(progress, "demo")
    assert (shown.subject, shown.body["set"], shown.body["numbers"]) == (
        "twice",
        {"x": 3.0},
        {"doubled": 6.0},
    )


def test_a_demo_that_may_not_run_shows_nothing_so_the_number_can_still_be_predicted(
    new_session: NewSession, progress: Progress
) -> None:
    class Refusing(SlowRunner):
        def run(self, demo: Demo, settings: Mapping[str, Setting], on_progress: Listener) -> Future[Run]:
            raise UntrustedDeck("The demos of this deck are not trusted.")

    session = new_session(runner=Refusing(), modules=["twice"])
    go_to(session, "twice.calculate")
    run = session.run()
    assert run is not None
    assert run.problem == "The demos of this deck are not trusted."
    session.answer("4")
    revealed = session.reveal()
    assert revealed.check is not None
    assert revealed.check.says == "Not checked: The demos of this deck are not trusted."
    assert not events(progress, "demo", "prediction")
    session.rate(3)
    assert [event.body["holds"] for event in events(progress, "prediction")] == [None]
    summary = session.summary()
    assert (summary.predictions, summary.within) == (0, 0)


def test_running_the_demo_first_puts_an_earlier_prediction_into_the_log(
    new_session: NewSession, progress: Progress
) -> None:
    session = new_session()
    session.next()
    session.predict("5")
    session.run()
    assert [event.body["predicted"] for event in events(progress, "prediction")] == [5.0]
    session.reveal()
    session.rate(3)
    assert len(events(progress, "prediction")) == 1


def test_a_demo_that_asks_for_no_prediction_is_run_with_the_answer_and_counts_as_seen_once(
    new_session: NewSession, progress: Progress, clock: Clock
) -> None:
    for _ in range(2):
        session = new_session(cram=True, modules=["thrice"])
        question = session.next()
        assert question is not None
        assert (question.has_demo, question.prediction) == (True, None)
        revealed = session.reveal()
        assert (revealed.run_says, revealed.computed) == ("4 became 8.", None)
        session.rate(3)
        clock.wait(minutes=1)
    [shown] = events(progress, "demo")
    assert (shown.subject, shown.body["set"], shown.body["numbers"]) == ("twice", {"x": 4.0}, {})


def test_a_number_is_not_predicted_again_minutes_after_it_was_shown(
    new_session: NewSession, clock: Clock
) -> None:
    session = new_session(limit=1)
    session.next()
    session.reveal()
    session.rate(1)
    clock.wait(minutes=2)
    question = session.next()
    assert question is not None
    assert (question.card.id, question.why, question.prediction) == ("twice.explain", "learning", None)
    assert (question.position, question.total) == (1, 1)


def test_rating_logs_the_typed_answer_and_the_time_taken(
    new_session: NewSession, progress: Progress, clock: Clock
) -> None:
    session = new_session()
    session.next()
    session.answer("  It is twice as much.  ")
    clock.wait(seconds=42)
    assert session.reveal().typed == "It is twice as much."
    session.rate(4)
    [review] = events(progress, "review")
    assert body(review, "rating", "elapsed_ms", "detail") == {
        "rating": 4,
        "elapsed_ms": 42_000,
        "detail": {"answer": "It is twice as much."},
    }


def test_time_away_counts_as_ten_minutes_and_a_clock_set_back_as_nothing(
    new_session: NewSession, progress: Progress, clock: Clock
) -> None:
    session = new_session()
    session.next()
    clock.wait(hours=5)
    session.reveal()
    session.rate(3)
    session.next()
    clock.wait(hours=-2)
    session.reveal()
    session.rate(3)
    assert [event.body["elapsed_ms"] for event in events(progress, "review")] == [600_000, 0]


def test_the_hint_is_remembered_with_the_review(new_session: NewSession, progress: Progress) -> None:
    session = new_session()
    session.next()
    assert session.show_hint() == "Think of pairs."
    session.reveal()
    session.rate(2)
    assert events(progress, "review")[0].body["detail"] == {"hint": True}


def test_half_a_character_from_a_terminal_does_not_lose_the_answer(
    new_session: NewSession, progress: Progress
) -> None:
    session = new_session()
    session.next()
    session.answer("half \udce4 a character")
    session.reveal()
    session.rate(3)
    assert events(progress, "review")[0].body["detail"] == {"answer": "half ? a character"}


def test_a_rating_needs_the_answer_to_have_been_seen(new_session: NewSession, progress: Progress) -> None:
    session = new_session()
    session.next()
    with pytest.raises(InputError, match="Look at the answer first"):
        session.rate(3)
    assert not events(progress)


def test_the_previews_are_what_the_ratings_then_do(new_session: NewSession, progress: Progress) -> None:
    session = new_session()
    session.next()
    session.reveal()
    assert dict(session.previews) == {1: "1 min", 2: "6 min", 3: "10 min", 4: "8 days"}
    session.language = "zh"
    assert dict(session.previews) == {1: "1 分钟", 2: "6 分钟", 3: "10 分钟", 4: "8 天"}
    session.rate(4)
    assert events(progress, "review")[0].body["interval_days"] == 8


class TestAChoice:
    def test_is_shuffled_by_the_seed_and_stays_as_it_is(self, new_session: NewSession) -> None:
        orders = set()
        for seed in range(12):
            session = new_session(seed=seed)
            while (question := session.next()) is not None and question.takes != "option":
                pass
            assert question is not None
            shown = tuple(option.say for option in question.options)
            assert session.question is not None
            assert tuple(option.say for option in session.question.options) == shown
            assert sorted(shown) == ["plus two", "times two", "to the two"]
            orders.add(shown)
        assert len(orders) > 2

    def test_suggests_good_for_the_right_option(self, new_session: NewSession) -> None:
        session = new_session()
        go_to(session, "twice.choice")
        session.answer(_number_of(session, "times two"))
        check = session.reveal().check
        assert check is not None
        assert (check.right, check.suggested) == (True, 3)

    def test_gives_the_reason_of_the_wrong_option_and_never_rates_by_itself(
        self, new_session: NewSession, progress: Progress
    ) -> None:
        session = new_session()
        go_to(session, "twice.choice")
        session.answer(_number_of(session, "to the two"))
        check = session.reveal().check
        assert check is not None
        assert (check.right, check.suggested) == (False, 1)
        assert check.says == "Squaring is not doubling. The right one: times two"
        assert not events(progress, "review")
        session.rate(2)
        review = events(progress, "review")[0]
        assert review.body["rating"] == 2
        assert review.body["detail"] == {
            "answer": _number_of(session, "to the two"),
            "option": 2,
            "right": False,
        }

    @pytest.mark.parametrize("typed", ["0", "4", "1.5", "a", "-1", "1e99", "times two"])
    def test_refuses_an_option_that_is_not_there(self, new_session: NewSession, typed: str) -> None:
        session = new_session()
        go_to(session, "twice.choice")
        with pytest.raises(InputError, match="1 to 3"):
            session.answer(typed)

    @pytest.mark.parametrize("typed", ["2", " 2 ", "２", "2.", "2)"])
    def test_takes_the_number_as_people_type_it(self, new_session: NewSession, typed: str) -> None:
        session = new_session()
        go_to(session, "twice.choice")
        session.answer(typed)
        assert session.reveal().check is not None


class TestACloze:
    @pytest.mark.parametrize("typed", ["even", " EVEN. ", "an even number", "偶数。", "ｅｖｅｎ"])
    def test_takes_every_accepted_wording_in_both_languages(
        self, new_session: NewSession, typed: str
    ) -> None:
        session = new_session()
        go_to(session, "twice.cloze")
        question = session.question
        assert question is not None
        assert question.gap == "A doubled whole number is ____."
        session.answer(typed)
        check = session.reveal().check
        assert check is not None
        assert check.right is True

    def test_says_what_belongs_in_the_gap(self, new_session: NewSession) -> None:
        session = new_session()
        go_to(session, "twice.cloze")
        session.answer("odd")
        check = session.reveal().check
        assert check is not None
        assert (check.right, check.says) == (False, "In the gap: even")


class TestACalculation:
    def test_is_checked_against_the_run_of_its_draw_and_logged_as_a_prediction(
        self, new_session: NewSession, progress: Progress
    ) -> None:
        session = new_session()
        go_to(session, "twice.calculate")
        question = session.question
        assert question is not None
        x = question.draw["x"]
        assert isinstance(x, int)
        assert (question.ask, question.takes, question.unit) == (f"What comes out for {x}?", "number", "GB")
        assert question.prediction is None
        session.answer(f"{2 * x} GB")
        revealed = session.reveal()
        assert revealed.answer == f"It is {2 * x}.0 GB."
        assert revealed.check is not None
        assert (revealed.check.right, revealed.check.suggested) == (True, 3)
        [event] = events(progress, "prediction")
        assert body(event, "set", "draw", "value", "holds", "unseen") == {
            "set": {} if x == 2 else {"x": float(x)},
            "draw": {"x": x},
            "value": 2.0 * x,
            "holds": True,
            "unseen": True,
        }

    def test_waits_for_a_run_that_has_not_arrived(self, new_session: NewSession, progress: Progress) -> None:
        runner = SlowRunner()
        session = new_session(runner=runner)
        go_to(session, "twice.calculate")
        assert session.question is not None
        session.answer("1000")
        revealed = session.reveal()
        assert revealed.pending
        assert revealed.answer == "It is (not computed yet) GB."
        assert revealed.check is not None
        assert (revealed.check.right, revealed.check.suggested) == (None, None)
        assert not events(progress, "prediction")
        runner.finish()
        arrived = session.revealed
        assert arrived is not None
        assert arrived.check is not None
        assert (arrived.pending, arrived.check.right) == (False, False)
        assert [event.body["holds"] for event in events(progress, "prediction")] == [False]

    def test_keeps_the_answer_even_when_it_is_rated_before_the_run_arrives(
        self, new_session: NewSession, progress: Progress
    ) -> None:
        session = new_session(runner=SlowRunner())
        go_to(session, "twice.calculate")
        session.answer("4")
        session.reveal()
        session.rate(3)
        [event] = events(progress, "prediction")
        assert body(event, "predicted", "value", "holds") == {"predicted": 4.0, "value": None, "holds": None}
        assert events(progress, "review")[0].body["detail"]["answer"] == "4"  # type: ignore[index,call-overload]  # JSON

    def test_draws_values_that_this_learner_has_not_met(
        self, new_session: NewSession, progress: Progress, clock: Clock
    ) -> None:
        drawn = []
        for seed in range(3):
            session = new_session(seed=seed, modules=["twice"], cram=True)
            go_to_in_cram(session, "twice.calculate")
            assert session.question is not None
            drawn.append(session.question.draw["x"])
            session.reveal()
            session.rate(3)
            clock.wait(days=1)
        assert sorted(drawn) == [1, 2, 3]

    def test_draws_again_from_all_when_everything_was_met(
        self, new_session: NewSession, progress: Progress, clock: Clock
    ) -> None:
        for seed in range(4):
            session = new_session(seed=seed, modules=["twice"], cram=True)
            go_to_in_cram(session, "twice.calculate")
            assert session.question is not None
            session.answer(str(2 * float(str(session.question.draw["x"]))))
            session.reveal()
            session.rate(3)
            clock.wait(days=1)
        unseen = [event.body["unseen"] for event in events(progress, "prediction")]
        assert unseen == [True, True, True, False]


class TestCode:
    def test_runs_against_the_hidden_cases_and_shows_the_first_that_fails(
        self, new_session: NewSession
    ) -> None:
        session = new_session()
        go_to(session, "twice.code")
        session.answer("def twice(x):\n    return x + 1\n")
        check = session.reveal().check
        assert check is not None
        assert check.right is False
        assert check.says == "1 of 2 hidden cases fail. First: twice(2.5) gave 3.5, not 5."

    def test_that_passes_suggests_good(self, new_session: NewSession) -> None:
        session = new_session()
        go_to(session, "twice.code")
        session.answer("def twice(x):\n    return x + x\n")
        check = session.reveal().check
        assert check is not None
        assert (check.right, check.suggested) == (True, 3)

    def test_that_cannot_be_tried_says_why(self, new_session: NewSession) -> None:
        session = new_session()
        go_to(session, "twice.code")
        session.answer("def twice(x) return x")
        check = session.reveal().check
        assert check is not None
        assert check.right is False
        assert "SyntaxError" in check.says


class TestUndo:
    def test_brings_the_card_back_with_its_answer_and_prediction_to_be_rated_anew(
        self, new_session: NewSession, progress: Progress
    ) -> None:
        session = new_session()
        session.next()
        session.answer("twice")
        session.predict("6")
        session.reveal()
        session.rate(1)
        following = session.next()
        assert following is not None
        question = session.undo()
        assert question is not None
        assert (question.card.id, question.position, session.stage) == ("twice.explain", 1, Stage.REVEALED)
        assert session.last_undone == "Taken back: the rating “again”."
        assert progress.state("twice.explain").reviews == 0
        revealed = session.revealed
        assert revealed is not None
        assert (revealed.typed, revealed.judged and revealed.judged.prediction.given) == ("twice", "6")
        session.rate(3)
        back = session.next()
        assert back is not None
        assert back.card.id == following.card.id
        assert [event.kind for event in events(progress)] == ["prediction", "review", "undo", "review"]

    def test_goes_back_many_steps_and_then_says_that_there_is_nothing(
        self, new_session: NewSession, progress: Progress
    ) -> None:
        session = new_session()
        session.next()
        session.note("mine")
        session.reveal()
        session.rate(3)
        session.next()
        session.suspend()
        session.next()
        session.flag("wrong")
        undone = []
        while (question := session.undo()) is not None:
            undone.append((question.card.id, session.last_undone))
        assert [card for card, _ in undone] == [
            "twice.choice",
            "twice.calculate",
            "twice.explain",
            "twice.explain",
        ]
        assert session.stage is Stage.REVEALED
        for card in ("twice.explain", "twice.calculate", "twice.choice"):
            state = progress.state(card)
            assert (state.reviews, state.suspended, state.flagged, state.note) == (0, False, None, "")
        order = ["twice.explain"]
        while (following := session.next()) is not None and len(order) < 3:
            order.append(following.card.id)
        assert order == ["twice.explain", "twice.calculate", "twice.choice"]

    def test_reaches_from_the_end_of_the_session_back_into_it(self, new_session: NewSession) -> None:
        session = new_session(limit=1)
        session.next()
        session.reveal()
        session.rate(3)
        assert session.next() is None
        assert session.stage is Stage.OVER
        question = session.undo()
        assert question is not None
        assert (question.card.id, session.stage) == ("twice.explain", Stage.REVEALED)
        assert session.summary().answered == 0

    def test_does_not_reach_into_an_earlier_session(
        self, new_session: NewSession, progress: Progress
    ) -> None:
        earlier = new_session()
        earlier.next()
        earlier.reveal()
        earlier.rate(3)
        session = new_session()
        session.next()
        assert session.undo() is None
        assert progress.state("twice.explain").reviews == 1

    def test_starts_the_run_again_that_leaving_had_cancelled(self, new_session: NewSession) -> None:
        runner = SlowRunner()
        session = new_session(runner=runner)
        session.next()
        session.reveal()
        session.rate(3)
        session.next()
        session.undo()
        revealed = session.revealed
        assert revealed is not None
        assert revealed.run_state == "running"
        runner.finish()
        again = session.revealed
        assert again is not None
        assert again.run_state == "done"


def test_suspended_and_buried_cards_leave_the_session(new_session: NewSession, progress: Progress) -> None:
    session = new_session()
    session.next()
    session.suspend()
    session.next()
    session.bury()
    question = session.next()
    assert question is not None
    assert question.card.id == "twice.choice"
    assert progress.state("twice.explain").suspended
    assert progress.state("twice.calculate").buried_until is not None


def test_a_flag_and_a_note_stay_with_the_card(new_session: NewSession, progress: Progress) -> None:
    session = new_session()
    session.next()
    session.flag(" the number is old ")
    session.note("ask at work")
    question = session.question
    assert question is not None
    assert (question.flagged, question.note) == ("the number is old", "ask at work")
    session.flag("")
    session.note("")
    assert session.question is not None
    assert (session.question.flagged, session.question.note) == ("", "")
    assert session.stage is Stage.ASKED


def test_the_limit_counts_cards_and_lets_those_come_back_that_were_not_known(
    new_session: NewSession, clock: Clock
) -> None:
    session = new_session(limit=2)
    asked: list[str] = []
    while (question := session.next()) is not None and len(asked) < 10:
        asked.append(question.card.id)
        session.reveal()
        session.rate(1 if len(asked) == 1 else 4)
        clock.wait(seconds=40)
    assert asked == ["twice.explain", "twice.calculate", "twice.explain"]


def test_only_the_chosen_modules_are_asked(new_session: NewSession) -> None:
    session = new_session(modules=["thrice"])
    question = session.next()
    assert question is not None
    assert (question.module, question.total) == ("thrice", 1)


def test_no_new_cards_when_none_are_wanted(new_session: NewSession) -> None:
    session = new_session(new=0)
    assert session.next() is None
    assert session.stage is Stage.OVER
    assert session.summary().answered == 0


def test_cramming_asks_each_card_once_and_leaves_the_schedule_alone(
    new_session: NewSession, progress: Progress
) -> None:
    session = new_session(modules=["twice"], cram=True)
    asked = []
    while (question := session.next()) is not None:
        asked.append((question.card.id, question.why))
        assert set(session.previews.values()) == {""}
        session.reveal()
        session.rate(3)
    assert len(asked) == len(set(asked)) == 6
    assert {why for _, why in asked} == {"cram"}
    assert progress.state("twice.explain").due is None


def test_the_summary_counts_what_stands_and_says_what_comes_next(
    new_session: NewSession, clock: Clock
) -> None:
    session = new_session(limit=3)
    for rating, prediction in ((1, "6"), (3, ""), (4, "")):
        assert session.next() is not None
        if prediction:
            session.predict(prediction)
        session.reveal()
        clock.wait(seconds=30)
        session.rate(rating)
    summary = session.summary()
    assert (summary.answered, summary.cards, summary.new, summary.minutes) == (3, 3, 3, 1.5)
    assert (summary.predictions, summary.within) == (1, 1)
    assert [(card.card, card.ask) for card in summary.again] == [("twice.explain", "Why does 6.0 come out?")]
    assert summary.next_due_text == "now"
    assert summary.left_today == 6
    clock.wait(minutes=-1)
    assert session.summary().next_due_text == "in 1 min"


def test_closing_keeps_a_prediction_that_was_never_revealed(
    new_session: NewSession, progress: Progress
) -> None:
    session = new_session()
    session.next()
    session.predict("6")
    session.close()
    assert [event.body["predicted"] for event in events(progress, "prediction")] == [6.0]


def test_a_card_whose_demo_is_missing_can_still_be_studied(new_session: NewSession, deck: Any) -> None:
    (deck.folders[0] / "demos" / "twice.py").unlink()
    session = new_session()
    question = session.next()
    assert question is not None
    assert (question.has_demo, question.prediction) == (False, None)
    assert session.run() is None
    revealed = session.reveal()
    assert "There is no demo called 'twice'" in revealed.run_problem
    session.rate(3)


def _number_of(session: Session, say: str) -> str:
    question = session.question
    assert question is not None
    return next(str(option.number) for option in question.options if option.say == say)


def go_to_in_cram(session: Session, card: str) -> None:
    """Skip cards until this one is asked."""
    while (question := session.next()) is not None and question.card.id != card:
        pass
    assert question is not None, f"{card} never came"
