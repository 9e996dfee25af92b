"""Running a deck's demos, and learners' code, outside this process: killable, limited, started ahead of need.

One server a deck has torch imported; each run is a child of it. Nothing here imports torch.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Future, InvalidStateError
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

from llmcore_tui.content.code_task import CodeTask
from llmcore_tui.errors import DemoError, LlmcoreError, UnknownName
from llmcore_tui.lab.child_run import Cancellation, messages_of
from llmcore_tui.lab.code_answer import CodeVerdict, judge
from llmcore_tui.lab.declaration import FlagValue
from llmcore_tui.lab.demo import Demo, demos_in, read_demo
from llmcore_tui.lab.normal import normal_result
from llmcore_tui.lab.progress import Listener
from llmcore_tui.lab.run import Outcome, Run, run_with_off
from llmcore_tui.lab.server_process import Ready, ServerProcess
from llmcore_tui.lab.trust import require_trust
from llmcore_tui.lab.wire import result_from_json, settings_as_json

CODE_SECONDS = 10.0
T = TypeVar("T")


class Worker:
    """Runs one deck's demos. `submit` and `start` return at once; cancelling what `submit` gave kills the run."""

    def __init__(self, deck_folder: Path, *, seconds: float = 60, memory_mb: int = 4096) -> None:
        self.deck_folder = deck_folder
        self.seconds = seconds
        self.memory_mb = memory_mb
        self._server = ServerProcess()

    def start(self) -> None:
        """Begin to import torch elsewhere, while the learner is thinking."""
        self._server.start()

    def wait_until_ready(self) -> Ready:
        """What the server has imported, once it has."""
        return self._server.wait_until_ready()

    def submit(
        self,
        name: str,
        settings: Mapping[str, object] | None = None,
        *,
        off: bool = True,
        on_progress: Listener | None = None,
    ) -> Future[Run]:
        """Run a demo with the idea on and off; a wrong name, flag or value is raised here, a failure by the future.

        `on_progress` is called in another thread.
        """
        require_trust(self.deck_folder)
        demo = self.demo(name)
        complete = demo.settings(settings)
        return self._in_thread(partial(self._run, demo, complete, off, on_progress))

    def submit_code(self, task: CodeTask, source: str) -> Future[CodeVerdict]:
        """Call a learner's function with the hidden cases."""
        return self._in_thread(partial(self._call, task, source))

    def outcome(
        self, demo: Demo, settings: Mapping[str, FlagValue], *, on_progress: Listener | None = None
    ) -> Outcome:
        """Run a demo once under complete settings and wait for it: a `Runner`."""
        require_trust(self.deck_folder)
        return self._outcome(demo, settings, on_progress, Cancellation())

    def demo(self, name: str) -> Demo:
        """The declaration of one of the deck's demos."""
        files = demos_in(self.deck_folder / "demos")
        if name not in files:
            raise UnknownName("demo", name, files)
        return read_demo(files[name])

    def close(self) -> None:
        """End the server and whatever still runs."""
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _in_thread(self, work: Callable[[Cancellation], T]) -> Future[T]:
        """A pending future can be cancelled at any time, so it stays pending until there is a result."""
        future: Future[T] = Future()
        cancellation = Cancellation()
        future.add_done_callback(lambda done: cancellation.request() if done.cancelled() else None)

        def body() -> None:
            with contextlib.suppress(InvalidStateError):
                try:
                    future.set_result(work(cancellation))
                except LlmcoreError as error:
                    future.set_exception(error)

        threading.Thread(target=body, daemon=True, name="demo").start()
        return future

    def _run(
        self,
        demo: Demo,
        settings: Mapping[str, FlagValue],
        off: bool,
        on_progress: Listener | None,
        cancellation: Cancellation,
    ) -> Run:
        both = off and demo.off_settings(settings) not in (None, settings)
        listeners = iter(_halves(on_progress) if both else (on_progress,))

        def runner(demo: Demo, settings: Mapping[str, FlagValue]) -> Outcome:
            return self._outcome(demo, settings, next(listeners), cancellation)

        return run_with_off(demo, settings, off=off, runner=runner)

    def _outcome(
        self,
        demo: Demo,
        settings: Mapping[str, FlagValue],
        on_progress: Listener | None,
        cancellation: Cancellation,
    ) -> Outcome:
        request = {"kind": "demo", "file": str(demo.file), "settings": settings_as_json(settings)}
        with contextlib.closing(self._messages(request, demo.name, self.seconds, cancellation)) as messages:
            for message in messages:
                match message:
                    case {"progress": [int(done), int(total)]} if on_progress is not None:
                        on_progress(done, total)
                    case {"result": result, "seconds": float(seconds)}:
                        # The child has nothing left to say, and its end is not worth waiting for.
                        return Outcome(normal_result(demo, result_from_json(result)), seconds)
        raise DemoError(f"{demo.name} ended without a result.")

    def _call(self, task: CodeTask, source: str, cancellation: Cancellation) -> CodeVerdict:
        request = {
            "kind": "code",
            "source": source,
            "function": task.function,
            "cases": [list(case.args) for case in task.cases],
        }
        with contextlib.closing(self._messages(request, "Your code", CODE_SECONDS, cancellation)) as messages:
            return judge(task, messages)

    def _messages(
        self, request: dict[str, Any], what: str, seconds: float, cancellation: Cancellation
    ) -> Generator[dict[str, Any], None, None]:
        return messages_of(
            self._server,
            request,
            what=what,
            seconds=seconds,
            memory_mb=self.memory_mb,
            cancellation=cancellation,
        )


def _halves(on_progress: Listener | None) -> tuple[Listener | None, Listener | None]:
    """Two runs as one piece of work: the first is its first half."""
    if on_progress is None:
        return None, None
    return (
        lambda done, total: on_progress(done, 2 * total),
        lambda done, total: on_progress(total + done, 2 * total),
    )
