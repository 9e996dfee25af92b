"""The real app over the small deck, an empty log, a clock that stands still and demos that run at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from llmcore_progress import Progress, Settings
from llmcore_tui.app import LlmcoreApp, Mode
from llmcore_tui.config import Config
from llmcore_tui.content.bilingual import Language
from llmcore_tui.content.deck import Deck
from llmcore_tui.study.opened import Opened, Wishes
from tests.study.scripted_marker import scripted
from tests.study.small_deck import Clock, HereRunner, write_deck


class HereWorkers(HereRunner):
    """Stands in for the workers: nothing to start, nothing to close."""

    def start(self) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


class TestApp(LlmcoreApp):
    """The app with demos that run here."""

    __test__ = False

    def __init__(self, opened: Opened, wishes: Wishes, *, start: Mode) -> None:
        super().__init__(opened, wishes, start=start, runners=HereWorkers())


NewApp = Callable[..., TestApp]


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def progress(tmp_path: Path, clock: Clock) -> Iterator[Progress]:
    """An empty log."""
    with Progress.open(
        tmp_path / "log.sqlite", settings=Settings(zone=UTC, fuzz=False), now=clock()
    ) as opened:
        yield opened


@pytest.fixture
def new_app(
    tmp_path: Path, progress: Progress, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[NewApp]:
    """Makes the app in a language, at a screen, with keys of the learner's own; answers are marked by a script."""
    monkeypatch.setattr(Opened, "markers", lambda _: scripted())
    deck = Deck.open([write_deck(tmp_path / "deck")], tmp_path / "cache")

    def make(language: Language = "en", start: Mode = "study", keys: dict[str, str] | None = None) -> TestApp:
        config = replace(Config(), language=language, keys=keys or {})
        return TestApp(Opened(config, deck, progress, clock), Wishes(seed=1), start=start)

    yield make
    deck.close()
