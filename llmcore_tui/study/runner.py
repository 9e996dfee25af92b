"""Demos that run while the learner is thinking: what a session asks of whatever runs them, and how it follows a run.

A run ends in another thread; nothing here touches the log, so whoever owns the session picks the result up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as TookTooLong
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from llmcore_tui.errors import DemoError, LlmcoreError

if TYPE_CHECKING:
    from llmcore_tui.content.claim import Setting
    from llmcore_tui.content.code_task import CodeTask
    from llmcore_tui.lab.code_answer import CodeVerdict
    from llmcore_tui.lab.demo import Demo
    from llmcore_tui.lab.run import Run

Listener = Callable[[int, int], None]
"""Hears that so many of so many steps are done."""
Result = TypeVar("Result")


class Runner(Protocol):
    """Runs demos and learners' code away from this process."""

    def run(self, demo: Demo, settings: Mapping[str, Setting], on_progress: Listener) -> Future[Run]:
        """Start the demo with the idea on and off, and return at once; LlmcoreError where it may not run."""
        ...

    def run_code(self, task: CodeTask, source: str) -> Future[CodeVerdict]:
        """Start a learner's function on its hidden cases, and return at once."""
        ...


class Live(Generic[Result]):
    """A run that is under way elsewhere, or has ended."""

    def __init__(self, start: Callable[[Listener], Future[Result]]) -> None:
        self.progress: tuple[int, int] | None = None
        """Steps done and steps in all, once the demo has said so."""
        self._future: Future[Result] = Future()
        try:
            self._future = start(self._heard)
        except LlmcoreError as error:
            self._future.set_exception(error)

    @property
    def done(self) -> bool:
        """Whether it has ended, well or badly."""
        return self._future.done()

    @property
    def result(self) -> Result | None:
        """What came of it; None while it runs and when it failed."""
        return None if not self.done or self._error() else self._future.result()

    @property
    def problem(self) -> str:
        """Why it failed, in one line; nothing while it runs and when it did not."""
        error = self._error() if self.done else None
        return str(error) if error else ""

    def add_done(self, callback: Callable[[], None]) -> None:
        """Call back when it has ended: from another thread, or at once if it has already."""
        self._future.add_done_callback(lambda _: callback())

    def wait(self, seconds: float) -> bool:
        """Wait for the end, and say whether it came."""
        try:
            self._future.exception(seconds)
        except CancelledError:
            return True
        except TookTooLong:
            return False
        return True

    def cancel(self) -> None:
        """Stop it: its result is no longer wanted."""
        self._future.cancel()

    def _heard(self, done: int, total: int) -> None:
        self.progress = (done, total)

    def _error(self) -> BaseException | None:
        if self._future.cancelled():
            return DemoError("The run was stopped.")
        return self._future.exception()


class LiveRun(Live["Run"]):
    """A demo on its way."""

    def __init__(self, runner: Runner, demo: Demo, settings: Mapping[str, Setting]) -> None:
        super().__init__(lambda listener: runner.run(demo, settings, listener))
        self.demo = demo.name
        self.set = settings

    @property
    def run(self) -> Run | None:
        """The finished run; None while it runs and when it failed."""
        return self.result


class LiveCode(Live["CodeVerdict"]):
    """A learner's function on its way through the hidden cases."""

    def __init__(self, runner: Runner, task: CodeTask, source: str) -> None:
        super().__init__(lambda _: runner.run_code(task, source))
