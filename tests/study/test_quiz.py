"""A quiz round: what is chosen, how each kind is marked, what is logged."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from llmcore_progress import Progress
from llmcore_tui.content.deck import Deck
from llmcore_tui.content.quiz import ItemKind
from llmcore_tui.errors import DemoError, InputError, UnknownName
from llmcore_tui.study.quiz import Round
from llmcore_tui.study.quiz_choice import choose, day_of, with_items
from llmcore_tui.study.quiz_marking import Marked
from llmcore_tui.study.quiz_question import QuizQuestion
from llmcore_tui.study.unusable import Unusable
from tests.study.small_deck import Clock, HereRunner, SlowRunner

NewRound = Callable[..., Round]


@pytest.fixture
def new_round(deck: Deck, progress: Progress, clock: Clock) -> Iterator[NewRound]:
    """Makes rounds; the demos run at once."""
    made: list[Round] = []

    def make(*kinds: str, **options: object) -> Round:
        items = [deck.item(f"twice.q.{kind}") for kind in kinds] or choose(deck, ["twice"], seed=1)
        given = {"seed": 1, "runner": HereRunner(), **options}
        made.append(Round(deck, progress, items=items, now=clock, **given))  # type: ignore[arg-type]  # options of a test
        return made[-1]

    yield make
    for round_ in made:
        round_.close()


def ask(round_: Round) -> QuizQuestion:
    question = round_.next()
    assert question is not None
    return question


def marked(round_: Round, answer: str) -> Marked:
    round_.answer(answer)
    mark = round_.marked
    assert mark is not None
    return mark


def number_of(question: QuizQuestion, say: str) -> str:
    return next(str(option.number) for option in question.options if option.say == say)


class TestChoosingItems:
    def test_gives_the_same_items_in_the_same_order_for_a_seed(self, deck: Deck) -> None:
        orders = {tuple(item.id for item in choose(deck, ["twice"], seed=seed)) for seed in range(10)}
        again = {tuple(item.id for item in choose(deck, ["twice"], seed=seed)) for seed in range(10)}
        assert orders == again
        assert len(orders) > 3
        assert all(len(order) == 5 for order in orders)

    def test_keeps_to_the_count_and_the_level(self, deck: Deck) -> None:
        assert len(choose(deck, ["twice"], count=2, seed=3)) == 2
        easy = choose(deck, ["twice"], level=1, seed=3)
        assert {item.id for item in easy} == {"twice.q.choice", "twice.q.typed", "twice.q.order"}

    def test_leaves_out_modules_without_items_as_long_as_one_has_some(self, deck: Deck) -> None:
        assert with_items(deck, ["twice", "thrice", "later", "twice"]) == ["twice"]

    def test_says_clearly_that_a_module_is_planned(self, deck: Deck) -> None:
        with pytest.raises(InputError, match=r"later: planned, not written yet.*There are quizzes of: twice"):
            with_items(deck, ["later"])

    def test_says_clearly_that_a_written_module_has_no_quiz(self, deck: Deck) -> None:
        with pytest.raises(InputError, match="thrice: no quiz item is written yet"):
            with_items(deck, ["thrice"])

    def test_names_the_nearest_for_an_unknown_module(self, deck: Deck) -> None:
        with pytest.raises(UnknownName, match="Did you mean twice"):
            with_items(deck, ["twise"])

    def test_refuses_a_day_that_the_plan_does_not_have(self, deck: Deck) -> None:
        with pytest.raises(InputError, match=r"no day 4.*1 to 3"):
            day_of(deck.plan("14-day"), 4)


class TestAChoice:
    def test_shows_the_options_shuffled_and_marks_the_right_one(self, new_round: NewRound) -> None:
        round_ = new_round("choice")
        question = ask(round_)
        assert sorted(option.say for option in question.options) == ["plus two", "times two", "to the two"]
        mark = marked(round_, number_of(question, "times two"))
        assert (mark.right, mark.why, mark.explain) == (True, "That is doubling.", "Doubling gives 6.0.")

    def test_explains_the_wrong_option_and_what_the_demo_shows(self, new_round: NewRound) -> None:
        round_ = new_round("choice")
        question = ask(round_)
        mark = marked(round_, number_of(question, "to the two"))
        assert (mark.right, mark.why) == (False, "That squares.")
        assert mark.expected == f"{number_of(question, 'times two')}  times two"
        assert (mark.run_says, mark.demo) == ("3 became 6.", "llmcore demo twice --x 3")
        assert [source.text for source in mark.sources] == ["Euclid & Theon 1900, book VII"]


class TestANumber:
    def test_is_held_against_the_run_of_its_draw(self, new_round: NewRound, progress: Progress) -> None:
        round_ = new_round("numeric")
        question = ask(round_)
        x = float(str(question.draw["x"]))
        assert question.ask == f"What comes out for {x:g}?"
        assert (question.unit, question.within) == ("GB", "1%")
        mark = marked(round_, f"{2 * x * 1.009} GB")
        assert (mark.right, mark.explain, mark.expected) == (True, f"It is {2 * x:.0f}.", f"{2 * x:.0f} GB")
        [event] = progress.events(kinds=["quiz"])
        assert event.body["draw"] == {"x": question.draw["x"]}

    def test_outside_its_tolerance_is_wrong(self, new_round: NewRound) -> None:
        round_ = new_round("numeric")
        x = float(str(ask(round_).draw["x"]))
        assert marked(round_, str(2 * x * 1.02)).right is False

    def test_that_is_no_number_is_asked_for_again(self, new_round: NewRound, progress: Progress) -> None:
        round_ = new_round("numeric")
        x = float(str(ask(round_).draw["x"]))
        with pytest.raises(Unusable):
            round_.answer("many")
        assert round_.marked is None
        assert not list(progress.events())
        assert marked(round_, str(2 * x)).right is True

    def test_is_marked_when_the_run_has_arrived(self, new_round: NewRound, progress: Progress) -> None:
        runner = SlowRunner()
        round_ = new_round("numeric", runner=runner)
        x = float(str(ask(round_).draw["x"]))
        round_.answer(str(2 * x))
        assert round_.marked is None
        assert round_.waiting is not None
        assert not list(progress.events())
        runner.finish()
        assert round_.waiting is None
        mark = round_.marked
        assert mark is not None
        assert mark.right is True

    def test_that_cannot_be_computed_does_not_count(self, new_round: NewRound, progress: Progress) -> None:
        runner = SlowRunner()
        round_ = new_round("numeric", runner=runner)
        ask(round_)
        round_.answer("3")
        runner.started[0][2].set_exception(DemoError("twice took too long."))
        mark = round_.marked
        assert mark is not None
        assert (mark.right, mark.why) == (None, "The number could not be computed: twice took too long.")
        summary = round_.finish()
        assert (summary.asked, summary.right, summary.share) == (0, 0, None)
        assert [event.body["right"] for event in progress.events(kinds=["quiz"])] == [None]

    def test_draws_what_was_not_drawn_before(self, new_round: NewRound, clock: Clock) -> None:
        drawn = []
        for seed in range(50):
            round_ = new_round("numeric", seed=seed)
            drawn.append(ask(round_).draw["x"])
            round_.answer("1")
            round_.finish()
            clock.wait(minutes=1)
        assert len(set(drawn)) == 50


class TestWords:
    @pytest.mark.parametrize("typed", ["even", "EVEN", " Even number. ", "偶数", "ｅｖｅｎ", "evennumber"])
    def test_are_taken_without_case_width_spaces_and_final_punctuation(
        self, new_round: NewRound, typed: str
    ) -> None:
        round_ = new_round("typed")
        ask(round_)
        assert marked(round_, typed).right is True

    @pytest.mark.parametrize("typed", ["odd", "evens", "not even", "奇数"])
    def test_that_are_other_words_are_wrong_and_the_right_ones_are_said(
        self, new_round: NewRound, typed: str
    ) -> None:
        round_ = new_round("typed")
        ask(round_)
        mark = marked(round_, typed)
        assert (mark.right, mark.expected) == (False, "even")


class TestAnOrder:
    def right(self, question: QuizQuestion) -> list[str]:
        return [number_of(question, step) for step in ("take", "add", "give")]

    def test_is_never_shown_in_the_right_order(self, new_round: NewRound) -> None:
        for seed in range(20):
            question = ask(new_round("order", seed=seed))
            assert self.right(question) != ["1", "2", "3"]

    @pytest.mark.parametrize("form", ["{} {} {}", "{},{},{}", "{}{}{}", "{} > {} > {}", "{}、{}、{}"])
    def test_is_taken_as_people_type_it(self, new_round: NewRound, form: str) -> None:
        round_ = new_round("order")
        typed = form.format(*self.right(ask(round_)))
        assert marked(round_, typed).right is True

    def test_that_is_wrong_is_told_with_the_steps(self, new_round: NewRound) -> None:
        round_ = new_round("order")
        right = self.right(ask(round_))
        mark = marked(round_, " ".join(reversed(right)))
        assert mark.right is False
        assert mark.expected == f"{' '.join(right)}  (take → add → give)"

    @pytest.mark.parametrize("typed", ["1 2", "1 2 2", "1 2 4", "1 2 3 3", "a b c"])
    def test_that_leaves_a_step_out_is_asked_for_again(self, new_round: NewRound, typed: str) -> None:
        round_ = new_round("order")
        ask(round_)
        with pytest.raises(Unusable, match="each number from 1 to 3 once"):
            round_.answer(typed)


class TestCode:
    def test_is_run_against_the_hidden_cases(self, new_round: NewRound) -> None:
        round_ = new_round("code")
        ask(round_)
        assert marked(round_, "def twice(x):\n    return 2 * x").right is True

    def test_that_fails_is_told_with_the_case_and_the_solution(self, new_round: NewRound) -> None:
        round_ = new_round("code")
        ask(round_)
        mark = marked(round_, "def twice(x):\n    return 2")
        assert mark.right is False
        assert mark.why == "1 of 2 hidden cases fail. First: twice(2.5) gave 2, not 5."
        assert mark.expected == "def twice(x):\n    return 2 * x"


def test_not_knowing_is_wrong_for_every_kind_and_says_the_right_answer(
    new_round: NewRound, progress: Progress
) -> None:
    round_ = new_round()
    while round_.next() is not None:
        mark = marked(round_, "")
        assert mark.right is False
        assert mark.expected
    assert [event.body["given"] for event in progress.events(kinds=["quiz"])] == [""] * 5


def test_a_question_is_answered_once(new_round: NewRound, progress: Progress) -> None:
    round_ = new_round("typed")
    ask(round_)
    marked(round_, "odd")
    with pytest.raises(Unusable):
        round_.answer("even")
    assert round_.marked is not None
    assert len(list(progress.events(kinds=["quiz"]))) == 1


def test_every_answer_and_the_round_are_logged(new_round: NewRound, progress: Progress, clock: Clock) -> None:
    round_ = new_round("typed", "order")
    ask(round_)
    clock.wait(seconds=7)
    marked(round_, "even")
    ask(round_)
    marked(round_, "1 2 3")
    summary = round_.finish()
    round_.finish()
    assert (summary.asked, summary.right, summary.finished, summary.share) == (2, 1, True, 0.5)
    assert [wrong.item for wrong in summary.wrong] == ["twice.q.order"]
    first, second, ended = progress.events()
    assert (first.kind, first.subject) == ("quiz", "twice.q.typed")
    expected = {
        "item": "twice.q.typed",
        "module": "twice",
        "given": "even",
        "right": True,
        "elapsed_ms": 7000,
    }
    assert {key: first.body[key] for key in expected} == expected
    assert second.body["right"] is False
    assert (
        ended.kind,
        ended.body["modules"],
        ended.body["asked"],
        ended.body["right"],
        ended.body["finished"],
    ) == (
        "quiz_round",
        ["twice"],
        2,
        1,
        True,
    )
    assert first.body["round"] == second.body["round"] == ended.body["round"]


def test_a_round_that_is_left_is_not_finished_but_what_was_answered_counts(
    new_round: NewRound, progress: Progress
) -> None:
    round_ = new_round("typed", "order")
    ask(round_)
    marked(round_, "even")
    ask(round_)
    summary = round_.finish()
    assert (summary.asked, summary.right, summary.finished) == (1, 1, False)
    assert [event.body["finished"] for event in progress.events(kinds=["quiz_round"])] == [False]


def test_a_round_without_any_answer_leaves_nothing_in_the_log(
    new_round: NewRound, progress: Progress
) -> None:
    round_ = new_round("typed")
    ask(round_)
    assert round_.finish().finished is False
    assert not list(progress.events())


def test_the_language_can_change_in_the_middle(new_round: NewRound) -> None:
    round_ = new_round("choice")
    ask(round_)
    round_.language = "zh"
    question = round_.question
    assert question is not None
    assert (question.ask, question.kind_name, question.module_title) == ("哪个翻倍？", "选择", "翻倍")
    assert marked(round_, number_of(question, "加二")).why == "那是加。"


def test_every_kind_of_item_is_in_the_round(new_round: NewRound) -> None:
    round_ = new_round()
    kinds = set()
    while (question := round_.next()) is not None:
        kinds.add(question.kind)
    assert kinds == set(ItemKind)
