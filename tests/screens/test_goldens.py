"""The screens as a learner sees them, at two sizes and in both languages."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from llmcore_tui.content.bilingual import Language
from tests.screens.conftest import NewApp
from tests.screens.picture import matches_golden, picture

SIZES = [(80, 24), (100, 30)]
LANGUAGES: list[Language] = ["en", "zh"]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_card_from_today_to_its_rating(
    new_app: NewApp, language: Language, size: tuple[int, int]
) -> None:
    app = new_app(language, "today")
    name = f"{language}-{size[0]}x{size[1]}"
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        matches_golden(app, f"today-{name}")
        await pilot.press("space")
        await pilot.pause()
        matches_golden(app, f"asked-{name}")
        await pilot.press("t", *"it grows, maybe even", "escape", "5", "enter", "space")
        await pilot.pause()
        matches_golden(app, f"revealed-{name}")
        assert all(cell_len(line) <= size[0] for line in picture(app).splitlines())
        await pilot.press("d")
        await pilot.pause()
        matches_golden(app, f"lab-{name}")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_marked_answer_with_all_that_can_be_said_of_it(
    new_app: NewApp, language: Language, size: tuple[int, int]
) -> None:
    app = new_app(language)
    name = f"{language}-{size[0]}x{size[1]}"
    async with app.run_test(size=size) as pilot:
        await pilot.press("t", *"it squares, maybe grows, not even", "escape", "space", "o", "3", "down")
        await pilot.pause()
        matches_golden(app, f"marked-{name}")
        await pilot.press("o")
        await pilot.pause()
        assert picture(app).splitlines()[-1].startswith(" 1-3 ")
        assert all(cell_len(line) <= size[0] for line in picture(app).splitlines())


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_kind_of_card_and_the_summary(new_app: NewApp, language: Language) -> None:
    app = new_app(language)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for place in range(7):
            matches_golden(app, f"card-{place}-{language}")
            await pilot.press("space", "4")
            await pilot.pause()
        matches_golden(app, f"summary-{language}")
