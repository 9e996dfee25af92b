"""A small deck, an empty log and a clock, for tests of studying."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llmcore_progress import Progress, Settings
from llmcore_tui.content.deck import Deck
from llmcore_tui.study.order import use_deck
from llmcore_tui.study.session import Session
from tests.study.small_deck import UTC_SETTINGS, Clock, HereRunner, write_deck

NewSession = Callable[..., Session]


@pytest.fixture
def deck(tmp_path: Path) -> Iterator[Deck]:
    """The small deck, open."""
    opened = Deck.open([write_deck(tmp_path / "deck")], tmp_path / "cache")
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def progress(tmp_path: Path, deck: Deck, clock: Clock) -> Iterator[Progress]:
    """An empty log that knows the deck."""
    with Progress.open(tmp_path / "log.sqlite", settings=Settings(**UTC_SETTINGS), now=clock()) as opened:
        use_deck(opened, deck)
        yield opened


@pytest.fixture
def new_session(deck: Deck, progress: Progress, clock: Clock) -> Iterator[NewSession]:
    """Makes sessions on the small deck whose demos run at once."""
    made: list[Session] = []

    def make(**options: object) -> Session:
        given = {"seed": 1, "runner": HereRunner(), **options}
        made.append(Session(deck, progress, now=clock, **given))  # type: ignore[arg-type]  # options of a test
        return made[-1]

    yield make
    for session in made:
        session.close()
