"""The workers of all open decks: one server a deck, started ahead of need; nothing here imports torch."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Self

from llmcore_tui import locations
from llmcore_tui.lab.library import deck_of

if TYPE_CHECKING:
    from llmcore_tui.config import Config
    from llmcore_tui.content.claim import Setting
    from llmcore_tui.content.code_task import CodeTask
    from llmcore_tui.lab.code_answer import CodeVerdict
    from llmcore_tui.lab.demo import Demo
    from llmcore_tui.lab.run import Run
    from llmcore_tui.lab.worker import Worker
    from llmcore_tui.study.runner import Listener


class Workers:
    """Runs demos and learners' code; a `Runner`. Close it, or use it in a `with`."""

    def __init__(self, config: Config) -> None:
        self._seconds = config.demo_seconds
        self._memory_mb = config.demo_memory_mb
        self._workers: dict[Path, Worker] = {}

    def start(self) -> None:
        """Begin to import torch elsewhere, for the demos of the built-in deck; returns at once."""
        self._worker(locations.builtin_deck()).start()

    def run(self, demo: Demo, settings: Mapping[str, Setting], on_progress: Listener) -> Future[Run]:
        """Start the demo with the idea on and off; UntrustedDeck where the learner has not agreed to its deck."""
        return self._worker(deck_of(demo)).submit(demo.name, settings, on_progress=on_progress)

    def run_code(self, task: CodeTask, source: str) -> Future[CodeVerdict]:
        """Start a learner's function on its hidden cases."""
        return self._worker(locations.builtin_deck()).submit_code(task, source)

    def close(self) -> None:
        """End the servers and whatever still runs."""
        for worker in self._workers.values():
            worker.close()
        self._workers.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _worker(self, folder: Path) -> Worker:
        if folder not in self._workers:
            from llmcore_tui.lab.worker import Worker

            self._workers[folder] = Worker(folder, seconds=self._seconds, memory_mb=self._memory_mb)
        return self._workers[folder]
