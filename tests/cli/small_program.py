"""The command line on the small deck, in this process: demos run at once, the clock stands still."""

from __future__ import annotations

import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from llmcore_progress import Event, Progress
from llmcore_tui import locations
from llmcore_tui.cli import opened
from llmcore_tui.cli.main import run
from llmcore_tui.study.opened import Opened
from tests.study.small_deck import START, Clock, HereRunner, write_deck


class Here(HereRunner):
    """What `Opened.workers` gives, without other processes."""

    def start(self) -> None:
        """Nothing has to be loaded."""

    def __enter__(self) -> Here:
        return self

    def __exit__(self, *_: object) -> None:
        return None


class SmallProgram:
    """Runs commands as a learner types them."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        self.clock = Clock(START.astimezone())
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        deck = write_deck(folder)
        monkeypatch.setenv("TZ", "UTC")
        monkeypatch.setattr(locations, "builtin_deck", lambda: deck)
        monkeypatch.setattr(opened, "now", self.now)
        monkeypatch.setattr(Opened, "workers", lambda _: Here())

    def now(self) -> datetime:
        """The moment that every command sees."""
        return self.clock()

    def run(self, *words: str, typed: str = "", code: int = 0) -> str:
        """What a command prints on standard output; its exit code must be `code`."""
        self._monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        ended = run(list(words))
        self.error = ""
        captured = self._capsys.readouterr()
        self.error = captured.err
        assert ended == code, f"exit {ended}: {captured.err}"
        return captured.out

    def json(self, *words: str, typed: str = "") -> Any:
        """The JSON that a command prints."""
        return json.loads(self.run(*words, "--json", typed=typed))

    def events(self, *kinds: str) -> list[Event]:
        """What stands in the log."""
        with Progress.open(locations.log_file(), now=self.clock()) as progress:
            return list(progress.events(kinds=kinds or None))


@pytest.fixture
def program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> SmallProgram:
    """The program on the small deck with an empty home."""
    return SmallProgram(monkeypatch, capsys, tmp_path / "deck")
