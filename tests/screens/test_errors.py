"""What the log refuses is said on the screen, and the program goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NoReturn

import pytest

from llmcore_progress import Progress, ProgressError
from llmcore_tui.errors import UnknownName
from tests.screens.conftest import NewApp, TestApp
from tests.screens.picture import picture


async def test_a_rating_that_a_full_disk_refuses_can_be_given_again(
    new_app: NewApp, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise ProgressError("The disk is full.", "Free some space.")

    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press("space")
        with monkeypatch.context() as patch:
            patch.setattr(Progress, "review", refuse)
            await pilot.press("3")
            await pilot.pause()
        assert [note.message for note in app._notifications] == ["The disk is full. Free some space."]
        assert "1 of 7" in picture(app)
        await pilot.press("3")
        await pilot.pause()
        assert "2 of 7" in picture(app)
    assert len(list(progress.events(kinds=["review"]))) == 1


def test_a_theme_that_does_not_exist_is_named(new_app: NewApp) -> None:
    made = new_app()
    config = replace(made.opened.config, theme="llmcor")
    with pytest.raises(UnknownName, match="Did you mean llmcore"):
        TestApp(replace(made.opened, config=config), made.wishes, start="study")
