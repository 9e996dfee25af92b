"""What the keys of the Study screen do, seen in the log and on the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future

import pytest

from llmcore_progress import Progress
from llmcore_tui.content.claim import Setting
from llmcore_tui.lab.demo import Demo
from llmcore_tui.lab.run import Run
from llmcore_tui.study.runner import Listener
from llmcore_tui.study.session import Session, Stage
from llmcore_tui.widgets.answer_field import AnswerField
from llmcore_tui.widgets.key_line import KeyLine
from llmcore_tui.widgets.study_page import StudyPage
from tests.screens.conftest import HereWorkers, NewApp, TestApp
from tests.screens.picture import picture
from tests.study.small_deck import Clock


def kinds(progress: Progress) -> list[str]:
    """The kinds of the events, oldest first."""
    return [event.kind for event in progress.events() if event.kind != "setting"]


async def test_a_digit_before_the_answer_begins_a_prediction_and_rates_nothing(
    new_app: NewApp, progress: Progress
) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press("6")
        await pilot.pause()
        assert app.screen.query_one(StudyPage).predicted.value == "6"
        await pilot.press("enter")
        await pilot.pause()
        assert kinds(progress) == []


async def test_the_prediction_is_logged_before_the_number_is_shown_and_judged(
    new_app: NewApp, progress: Progress
) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press("6", "enter", "space")
        await pilot.pause()
        prediction = next(iter(progress.events(kinds=["prediction"])))
        assert (prediction.body["predicted"], prediction.body["holds"]) == (6.0, True)
        assert "✓" in picture(app)


async def test_a_rating_counts_only_after_the_answer_was_shown(new_app: NewApp, progress: Progress) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press("space", "3")
        await pilot.pause()
        assert kinds(progress).count("review") == 1
        await pilot.press("3")
        await pilot.pause()
        assert kinds(progress).count("review") == 1


async def test_undo_goes_back_several_cards_and_shows_the_answer_again(
    new_app: NewApp, progress: Progress
) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press("space", "3", "space", "3")
        await pilot.pause()
        await pilot.press("u", "u")
        await pilot.pause()
        assert kinds(progress).count("undo") == 2
        assert "1 of 7" in picture(app)
        assert "Everything counts twice." in picture(app)


async def test_letters_typed_in_the_answer_are_text_and_esc_then_enter_reveals(new_app: NewApp) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press("t", *"undo q 3?")
        await pilot.pause()
        assert app.screen.query_one(AnswerField).text == "undo q 3?"
        await pilot.press("escape", "enter")
        await pilot.pause()
        assert "undo q 3?" in picture(app)
        assert "Everything counts twice." in picture(app)


async def test_a_chosen_option_is_checked_and_a_rating_suggested_but_not_set(
    new_app: NewApp, progress: Progress
) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press("space", "4", "space", "4")
        await pilot.pause()
        await pilot.press("1", "space")
        await pilot.pause()
        assert "not right" in picture(app)
        assert any(name.endswith("*") for _, name in app.screen.query_one(KeyLine).entries)
        assert kinds(progress).count("review") == 2


async def test_a_prediction_that_is_no_number_is_asked_for_again(new_app: NewApp) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press("p", *"many", "enter")
        await pilot.pause()
        assert app.screen.query_one(StudyPage).predicted.has_focus
        assert len(app._notifications) == 1


async def test_escape_sequences_bidi_and_markup_in_an_answer_show_as_text(new_app: NewApp) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press("t")
        app.screen.query_one(AnswerField).text = "[red]a[/] \x1b[31mb \u202ec [/nonsense"
        await pilot.press("escape", "space")
        await pilot.pause()
        shown = picture(app)
        assert "[red]a[/]" in shown
        assert "[/nonsense" in shown
        assert "\x1b" not in shown
        assert "\u202e" not in shown


async def test_a_key_can_be_remapped_and_is_shown_as_it_is_typed(new_app: NewApp) -> None:
    app = new_app(keys={"study.hint": "z"})
    async with app.run_test() as pilot:
        await pilot.press("z")
        await pilot.pause()
        assert "Think of pairs." in picture(app)
        assert ("z", "hint") in app.screen.query_one(KeyLine).entries


async def test_the_language_switches_in_the_middle_of_a_card(new_app: NewApp) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press("space", "x")
        await pilot.pause()
        assert "每个都算两次。" in picture(app)
        await pilot.press("x")
        await pilot.pause()
        assert "Everything counts twice." in picture(app)


async def test_bury_suspend_flag_and_note_are_logged(new_app: NewApp, progress: Progress) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press("e", *"typo", "enter")
        await pilot.press("n", *"mine", "enter")
        await pilot.press("b", "s")
        await pilot.pause()
        assert kinds(progress) == ["flag", "note", "bury", "suspend"]


async def test_help_lists_the_keys_of_the_stage(new_app: NewApp) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        assert "Predict the number before you see it." in picture(app)
        await pilot.press("escape", "space", "question_mark")
        await pilot.pause()
        assert "Show or hide the curve of the run." in picture(app)


class SlowWorkers(HereWorkers):
    """Runs end when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def run(self, demo: Demo, settings: Mapping[str, Setting], on_progress: Listener) -> Future[Run]:
        """Take the work and say nothing yet."""
        future: Future[Run] = Future()
        done = super().run(demo, settings, on_progress)
        self.waiting.append(lambda: future.set_result(done.result()))
        return future


async def test_the_screen_answers_while_a_run_is_under_way_and_shows_it_when_it_arrives(
    new_app: NewApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = SlowWorkers()
    app: TestApp = new_app()
    app.runners = workers
    async with app.run_test() as pilot:
        await pilot.press("space")
        await pilot.pause()
        assert "running" in picture(app)
        await pilot.press("x", "x")
        workers.waiting[0]()
        await pilot.pause()
        assert "run just now" in picture(app)


async def test_a_finished_session_begins_anew_when_the_learner_comes_back(
    new_app: NewApp, clock: Clock
) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        for _ in range(7):
            await pilot.press("space", "4")
        await pilot.pause()
        session: Session = app.screen.session  # type: ignore[attr-defined]  # the Study screen's
        assert session.stage is Stage.OVER
        await pilot.press("space")
        clock.wait(days=30)
        await pilot.press("space")
        await pilot.pause()
        assert "1 of 7" in picture(app)
