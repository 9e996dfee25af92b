"""Sittings on a small deck, with a scripted marker and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llmcore_progress import Progress, Settings
from llmcore_tui.content.deck import Deck
from llmcore_tui.interview import desk as desks
from llmcore_tui.study.marking import Markers
from tests.interview.small import Sittings, write_deck
from tests.study.scripted_marker import SlowMarker, scripted
from tests.study.small_deck import UTC_SETTINGS, Clock


@pytest.fixture
def deck(tmp_path: Path) -> Iterator[Deck]:
    """The small deck with interview questions, open."""
    opened = Deck.open([write_deck(tmp_path / "deck")], tmp_path / "cache")
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def progress(tmp_path: Path, clock: Clock) -> Iterator[Progress]:
    """An empty log."""
    with Progress.open(tmp_path / "log.sqlite", settings=Settings(**UTC_SETTINGS), now=clock()) as opened:
        yield opened


@pytest.fixture
def model() -> SlowMarker:
    """What marks an interview whose marker is a model; it answers when the test says so."""
    return SlowMarker()


@pytest.fixture
def sittings(
    deck: Deck, progress: Progress, clock: Clock, model: SlowMarker, monkeypatch: pytest.MonkeyPatch
) -> Sittings:
    """Interviews whose marker is scripted."""

    def markers(_: object, name: str) -> Markers:
        return scripted(model if name == "llm" else None)

    monkeypatch.setattr(desks, "markers", markers)
    return Sittings(deck, progress, clock)
