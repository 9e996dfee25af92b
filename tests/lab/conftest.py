"""One worker for all tests that run children: starting a server imports torch, which takes two seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llmcore_tui.lab.trust import trust
from llmcore_tui.lab.worker import Worker
from tests.lab.small_demo import LINE, with_body, write_demo

WriteDemo = Callable[[str, str], None]
OK = "    return Result({'y': a * x, 'twice': 2 * a * x}, ran='formula')"


@pytest.fixture(scope="session")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    deck = tmp_path_factory.mktemp("shared")
    write_demo(deck, LINE)
    with Worker(deck, seconds=20, memory_mb=1024) as worker:
        yield worker


@pytest.fixture
def worker(_shared: Worker) -> Worker:
    """A worker whose deck has the demo `line` and is trusted."""
    _shared.seconds, _shared.memory_mb = 20, 1024
    trust(_shared.deck_folder)
    return _shared


@pytest.fixture
def body(worker: Worker) -> Callable[[str], Path]:
    """Writes a demo called `case` with this body into the worker's deck."""

    def write(text: str) -> Path:
        file = write_demo(worker.deck_folder, with_body(f"{text}\n{OK}"), "case")
        trust(worker.deck_folder)
        return file

    return write
