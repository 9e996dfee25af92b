"""The same script through the screen and line by line leaves the same events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from llmcore_progress import Progress, Settings
from llmcore_tui.content.deck import Deck
from llmcore_tui.study.order import use_deck
from llmcore_tui.study.plain.loop import PlainStudy
from llmcore_tui.study.plain.prose import Page
from llmcore_tui.study.session import Session
from tests.screens.conftest import NewApp
from tests.screens.told import told
from tests.study.scripted_marker import scripted
from tests.study.small_deck import Clock, HereRunner, write_deck

SCRIPTS: Mapping[str, tuple[list[str], list[str]]] = {
    "predict, answer, rate": (
        ["t", *"pairs", "escape", "6", "enter", "space", "3"],
        ["t", "pairs", ".", "p", "6", "", "3", "q"],
    ),
    "rate two and take both back": (
        ["space", "3", "space", "1", "u", "u"],
        ["", "3", "", "1", "u", "u", "q"],
    ),
    "put off, suspend": (["b", "s"], ["b", "s", "q"]),
    "overrule two points and rate": (
        ["t", *"it grows", "escape", "space", "o", "2", "o", "1", "o", "9", "o", "escape", "2"],
        ["it grows", "", "o 2", "o", "1", "o 9", "o", "", "2", "q"],
    ),
    "a typed answer left without a rating": (
        ["t", *"it grows", "escape", "space", "o", "3", "b", "s", "q"],
        ["it grows", "", "o3", "b", "s", "q"],
    ),
    "an answer taken back": (
        [
            "t",
            "a",
            "escape",
            "t",
            "backspace",
            "escape",
            "6",
            "enter",
            "p",
            "backspace",
            "enter",
            "space",
            "3",
        ],
        ["t a", "t", "", "6", "p", "", "", "3", "q"],
    ),
    "a wrong option": (
        ["space", "4", "space", "4", "1", "space", "1"],
        ["", "4", "", "4", "1", "", "1", "q"],
    ),
}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda name: name.replace(" ", "-"))
async def test_the_same_script_leaves_the_same_events(
    script: str, new_app: NewApp, progress: Progress, tmp_path: Path
) -> None:
    keys, lines = SCRIPTS[script]
    app = new_app()
    async with app.run_test() as pilot:
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
    on_screen = told(progress)
    plain = told_plainly(lines, tmp_path)
    assert on_screen == plain
    assert on_screen, "the script does something"


def told_plainly(lines: list[str], folder: Path) -> list[tuple[str, str, dict[str, Any]]]:
    """The events of the same small deck, line by line."""
    clock = Clock()
    deck = Deck.open([write_deck(folder / "plain-deck")], folder / "plain-cache")
    settings = Settings(zone=UTC, fuzz=False)
    with Progress.open(folder / "plain.sqlite", settings=settings, now=clock()) as progress:
        use_deck(progress, deck)
        session = Session(deck, progress, now=clock, seed=1, runner=HereRunner(), markers=scripted())
        rest = iter(lines)

        def ask(_: str) -> str | None:
            return next(rest, None)

        try:
            PlainStudy(session, Page("en", 80), ask=ask, say=lambda _: None).run()
        finally:
            session.close()
        events = told(progress)
    deck.close()
    return events
