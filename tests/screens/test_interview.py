"""The Interview screen: a sitting from the set-up to its end, left and gone on with, in both languages and by keys alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from llmcore_progress import Progress
from llmcore_tui.config import Config
from llmcore_tui.content.bilingual import Language
from llmcore_tui.content.deck import Deck
from llmcore_tui.interview import desk as desks
from llmcore_tui.interview.setup import Setup
from llmcore_tui.screens.interview import InterviewScreen
from llmcore_tui.study.opened import Opened, Wishes
from tests.interview.small import write_deck
from tests.screens.conftest import HereWorkers, TestApp
from tests.screens.picture import matches_golden, picture
from tests.study.scripted_marker import scripted
from tests.study.small_deck import Clock

NewInterview = Callable[..., TestApp]


@pytest.fixture
def new_interview(
    tmp_path: Path, progress: Progress, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[NewInterview]:
    """Makes the app at the Interview screen, on the small deck with interview questions and a scripted marker."""
    monkeypatch.setattr(desks, "markers", lambda _, __: scripted())
    deck = Deck.open([write_deck(tmp_path / "deck")], tmp_path / "cache")

    def make(
        language: Language = "en", mode: str | None = None, *, module: str = "", seed: int = 1
    ) -> TestApp:
        opened = Opened(replace(Config(), language=language), deck, progress, clock)
        modules = tuple(each for each in deck.modules() if deck.question_ids(each))
        setup = Setup((module,) if module else modules, questions=2, mode=mode, seed=seed)  # type: ignore[arg-type]  # a word of the test
        app = TestApp(opened, Wishes(seed=1), start="interview")
        app.interview = setup
        assert isinstance(app.runners, HereWorkers)
        return app

    yield make
    deck.close()


def screen(app: TestApp) -> InterviewScreen:
    """The screen that is shown."""
    assert isinstance(app.screen, InterviewScreen)
    return app.screen


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_sitting_by_keys_alone_from_the_set_up_to_its_end(
    new_interview: NewInterview, progress: Progress, language: Language
) -> None:
    app = new_interview(language)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert ("study" if language == "en" else "学习模式") in picture(app)
        await pilot.press("s")
        await pilot.pause()
        director = screen(app).director
        assert director is not None
        for _ in range(12):
            await pilot.pause()
            if director.stage.name == "ASKED":
                await pilot.press(*"it grows", "escape", "enter")
            elif director.stage.name == "SHOWN":
                assert all(cell_len(line) <= 80 for line in picture(app).splitlines())
                await pilot.press("space")
            else:
                break
        assert director.stage.name == "OVER"
        assert "llmcore interview report" in picture(app)
        await pilot.press("q")
        await pilot.pause()
        assert app.current_mode == "today"
    kinds = [event.kind for event in progress.events()]
    assert kinds.count("interview_session") == 2
    assert kinds.count("interview") >= 2


async def test_what_is_half_typed_is_there_again_after_leaving(new_interview: NewInterview) -> None:
    app = new_interview(mode="study")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press(*"half an answer", "escape", "q")
        await pilot.pause()
        await pilot.press("i")
        await pilot.pause()
        await pilot.press("g")
        await pilot.pause()
        assert screen(app).page.field.text == "half an answer"


async def test_the_clock_runs_and_nudges_and_cuts_nothing_off(
    new_interview: NewInterview, clock: Clock
) -> None:
    app = new_interview(mode="real")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "0:00 of about" in picture(app)
        clock.wait(minutes=9)
        screen(app).show(keep=True)
        await pilot.pause()
        assert "time to come to an end" in picture(app)
        await pilot.press(*"it grows")
        assert screen(app).page.field.text == "it grows"


async def test_an_empty_answer_is_asked_about_before_it_is_sent(
    new_interview: NewInterview, progress: Progress
) -> None:
    app = new_interview(mode="study")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("escape", "enter")
        await pilot.pause()
        assert "interview" not in [event.kind for event in progress.events()]
        await pilot.press("enter")
        await pilot.pause()
        assert "interview" in [event.kind for event in progress.events()]


async def test_a_point_is_overruled_by_its_digit_and_logged(
    new_interview: NewInterview, progress: Progress
) -> None:
    app = new_interview(mode="study")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        director = screen(app).director
        assert director is not None
        for _ in range(6):
            if director.stage.name != "ASKED":
                break
            await pilot.press(*"nothing of it", "escape", "enter")
            await pilot.pause()
        before = director.shown.main.marked.points[0].verdict  # type: ignore[union-attr]  # it is shown
        await pilot.press("o", "1")
        await pilot.pause()
        after = director.shown.main.marked.points[0].verdict  # type: ignore[union-attr]  # it is shown
        assert before != after
    assert [event.body["point"] for event in progress.events(kinds=["overrule"])]


@pytest.mark.parametrize("size", [(80, 24), (100, 30)], ids=["80x24", "100x30"])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_sitting_as_a_learner_sees_it(
    new_interview: NewInterview, clock: Clock, language: Language, size: tuple[int, int]
) -> None:
    app = new_interview(language, module="twice", seed=5)
    name = f"{language}-{size[0]}x{size[1]}"
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        matches_golden(app, f"interview-set-up-{name}")
        await pilot.press("s")
        await pilot.pause()
        await pilot.press(*"it grows, maybe even. it squares")
        clock.wait(minutes=1)
        screen(app).show(keep=True)
        await pilot.pause()
        matches_golden(app, f"interview-asked-{name}")
        director = screen(app).director
        assert director is not None
        while director.stage.name == "ASKED":
            await pilot.press("escape", "enter")
            await pilot.pause()
            matches_golden(
                app, f"interview-{'follow-up' if director.stage.name == 'ASKED' else 'points'}-{name}"
            )
            if director.stage.name == "ASKED":
                await pilot.press(*"by itself")
        assert all(cell_len(line) <= size[0] for line in picture(app).splitlines())
