"""The same interview by keys on the screen and line by line leaves the same events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from llmcore_progress import Progress, Settings
from llmcore_tui.config import Config
from llmcore_tui.content.deck import Deck
from llmcore_tui.interview import desk as desks
from llmcore_tui.interview.plain.loop import PlainInterview
from llmcore_tui.interview.setup import Mode, Setup
from llmcore_tui.study.opened import Opened, Wishes
from llmcore_tui.study.plain.prose import Page
from tests.interview.small import write_deck
from tests.screens.conftest import TestApp
from tests.screens.told import told
from tests.study.scripted_marker import scripted
from tests.study.small_deck import Clock, HereRunner

SEND = ("escape", "enter")
SCRIPTS: Mapping[str, tuple[Mode, list[str], list[str]]] = {
    "study: a missed point asked about, overruled twice, demo": (
        "study",
        [*"it grows, even", *SEND, *"itself", *SEND, "o", "3", "o", "1", "d", "q", "space"],
        ["it grows, even", ".", "itself", ".", "o 3", "o1", "d", ""],
    ),
    "study: nothing typed, sent all the same": (
        "study",
        [*SEND, "enter", *"up", *SEND, *"x", *SEND, "space"],
        [".", ".", "up", ".", "x", ".", ""],
    ),
    "study: left in the middle of an answer": (
        "study",
        [*"it grow", "escape", "q"],
        ["it grow", "q"],
    ),
    "real: everything at the end": (
        "real",
        [*"it grows, even, exact", *SEND, "o", "2", "space"],
        ["it grows, even, exact", ".", "o 2", ""],
    ),
}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda name: name.replace(" ", "-"))
async def test_the_same_interview_leaves_the_same_events(
    script: str, progress: Progress, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "markers", lambda _, __: scripted())
    mode, keys, lines = SCRIPTS[script]
    deck = Deck.open([write_deck(tmp_path / "deck")], tmp_path / "cache")
    setup = Setup(("twice",), questions=1, mode=mode, seed=5)

    app = TestApp(Opened(Config(), deck, progress, clock), Wishes(seed=1), start="interview")
    app.interview = setup
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
    on_screen = told(progress)

    at = Clock()
    settings = Settings(zone=UTC, fuzz=False)
    with Progress.open(tmp_path / "plain.sqlite", settings=settings, now=at()) as log:
        opened = Opened(replace(Config(), plain=True), deck, log, at)
        director = desks.directed(opened, setup, runner=HereRunner())
        rest = iter(lines)
        PlainInterview(director, Page("en"), ask=lambda _: next(rest, None), say=lambda _: None).run()
        director.close()
        assert on_screen == told(log)
    deck.close()
    assert next(rest, None) is None, "every line was read"
    assert {kind for kind, _, _ in on_screen} >= {"interview_session"}
