"""Where a check runs the demos of all decks: out of the cache, else in each deck's own worker, started at first need."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from llmcore_tui.lab.cache import CachedRunner
from llmcore_tui.lab.declaration import FlagValue
from llmcore_tui.lab.demo import Demo
from llmcore_tui.lab.library import Library, deck_of
from llmcore_tui.lab.run import Outcome
from llmcore_tui.lab.worker import Worker


class Bench:
    """Use it in a `with`: leaving it ends the workers."""

    def __init__(
        self, decks: Sequence[Path], cache: Path, *, seconds: float = 60, memory_mb: int = 4096
    ) -> None:
        self.library = Library(decks)
        self.cache = cache
        self.runner = CachedRunner(cache / "runs", self._run)
        self._seconds = seconds
        self._memory_mb = memory_mb
        self._workers: dict[Path, Worker] = {}
        self._lock = threading.Lock()

    def worker(self, deck: Path) -> Worker:
        """The worker of a deck."""
        with self._lock:
            if deck not in self._workers:
                self._workers[deck] = Worker(deck, seconds=self._seconds, memory_mb=self._memory_mb)
            return self._workers[deck]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers.values():
            worker.close()

    def _run(self, demo: Demo, settings: Mapping[str, FlagValue]) -> Outcome:
        return self.worker(deck_of(demo)).outcome(demo, settings)
