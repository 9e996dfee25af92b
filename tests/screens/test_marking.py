"""A typed answer on the Study screen: its points, the learner's own verdicts, and the model's mark when it arrives."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest

from llmcore_progress import Progress, ProgressError
from llmcore_tui.screens.study import StudyScreen
from llmcore_tui.study.opened import Opened
from llmcore_tui.widgets.key_line import KeyLine
from tests.screens.conftest import NewApp
from tests.screens.picture import picture
from tests.screens.test_study import SlowWorkers, kinds
from tests.study.scripted_marker import SlowMarker, scripted

ANSWER = ("t", *"it grows", "escape", "space")


async def test_the_points_are_shown_before_the_rating_is_chosen_and_a_rating_is_suggested(
    new_app: NewApp, progress: Progress
) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press(*ANSWER)
        await pilot.pause()
        shown = picture(app)
        for said in (
            "1 of 3 points · marked offline",
            "✓ met: It grows.",
            "“grows”",
            "✗ you did not say: It is even.",
        ):
            assert said in shown
        starred = [name for _, name in app.screen.query_one(KeyLine).entries if name.endswith("*")]
        assert starred == ["again 1 min*"]
        assert "review" not in kinds(progress)


async def test_the_digit_after_o_names_a_point_and_rates_nothing(new_app: NewApp, progress: Progress) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press(*ANSWER, "o", "2", "o", "3")
        await pilot.pause()
        assert "3 of 3 points" in picture(app)
        assert [event.body["point"] for event in progress.events(kinds=["overrule"])] == ["b", "c"]
        assert "review" not in kinds(progress)
        await pilot.press("3")
        await pilot.pause()
        assert [event.body["rating"] for event in progress.events(kinds=["review"])] == [3]


async def test_a_run_that_arrives_between_o_and_its_digit_does_not_make_it_a_rating(
    new_app: NewApp, progress: Progress
) -> None:
    workers = SlowWorkers()
    app = new_app()
    app.runners = workers
    async with app.run_test() as pilot:
        await pilot.press(*ANSWER, "o")
        workers.waiting[0]()
        await pilot.pause()
        assert "run just now" in picture(app)
        await pilot.press("2")
        await pilot.pause()
        assert "2 of 3 points" in picture(app)
        assert "review" not in kinds(progress)


async def test_escape_and_other_keys_end_the_waiting_for_a_digit(new_app: NewApp, progress: Progress) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press(*ANSWER, "o", "escape", "o", "x", "2")
        await pilot.pause()
        assert app.language == "zh", "the key that ended it did what it does"
        assert [event.body["rating"] for event in progress.events(kinds=["review"])] == [2]
        assert "overrule" not in kinds(progress)


async def test_o_does_nothing_where_nothing_was_marked(new_app: NewApp, progress: Progress) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press("space", "o", "2")
        await pilot.pause()
        assert [event.body["rating"] for event in progress.events(kinds=["review"])] == [2]


async def test_a_point_that_is_not_there_is_said(new_app: NewApp, progress: Progress) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press(*ANSWER, "o", "7")
        await pilot.pause()
        assert [note.message for note in app._notifications] == ["Type the number of a point, 1 to 3."]
        assert not {"overrule", "review"}.intersection(kinds(progress))


async def test_a_verdict_that_a_full_disk_refuses_is_said_and_can_be_given_again(
    new_app: NewApp, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise ProgressError("The disk is full.", "Free some space.")

    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press(*ANSWER)
        with monkeypatch.context() as patch:
            patch.setattr(Progress, "record", refuse)
            await pilot.press("o", "2")
            await pilot.pause()
        assert [note.message for note in app._notifications] == ["The disk is full. Free some space."]
        assert "1 of 3 points" in picture(app)
        await pilot.press("o", "2")
        await pilot.pause()
        assert "2 of 3 points" in picture(app)


async def test_the_key_can_be_remapped(new_app: NewApp, progress: Progress) -> None:
    app = new_app(keys={"study.overrule": "z"})
    async with app.run_test() as pilot:
        await pilot.press(*ANSWER, "z", "2")
        await pilot.pause()
        assert kinds(progress).count("overrule") == 1
        assert ("z", "overrule") in app.screen.query_one(KeyLine).entries


async def test_a_models_mark_takes_the_place_of_the_offline_one_without_blocking_a_key(
    new_app: NewApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = SlowMarker()
    monkeypatch.setattr(Opened, "markers", lambda _: scripted(model))
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press(*ANSWER, "o", "1", "x", "x")
        await pilot.pause()
        assert "marked offline; the model is still reading" in picture(app)
        model.may_answer.set()
        for _ in range(100):
            await pilot.pause(0.02)
            if "marked by test-model" in picture(app):
                break
        assert "2 of 3 points · marked by test-model" in picture(app)


async def test_a_models_mark_after_the_rating_changes_nothing(
    new_app: NewApp, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = SlowMarker()
    monkeypatch.setattr(Opened, "markers", lambda _: scripted(model))
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press(*ANSWER, "2")
        model.may_answer.set()
        await pilot.pause(0.2)
        assert "2 of 7" in picture(app)
        detail: Any = next(iter(progress.events(kinds=["review"]))).body["detail"]
        assert detail["mark"]["by"] == "offline"


async def test_leaving_the_program_keeps_what_was_typed_and_what_is_half_typed(
    new_app: NewApp, progress: Progress
) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press(*ANSWER, "b")
        await pilot.pause()
        await pilot.press("b", "b", "b", "t", *"def tw", "ctrl+q")
        await pilot.pause()
    answers = {event.subject: event.body["answer"] for event in progress.events(kinds=["answer"])}
    assert answers["twice.explain"] == "it grows"
    assert "def tw" in str(answers["twice.code"])


async def test_what_was_half_typed_belongs_to_its_card(new_app: NewApp) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press("t", *"half")
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, StudyScreen)
        assert screen.half_typed == "half"
        screen.show()
        assert screen.half_typed == ""


async def test_an_emptied_field_takes_the_answer_back(new_app: NewApp, progress: Progress) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press("t", "a", "escape", "t", "backspace", "escape", "space", "3")
        await pilot.pause()
        [review] = progress.events(kinds=["review"])
        assert "detail" not in review.body
