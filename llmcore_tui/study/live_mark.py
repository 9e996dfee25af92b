"""A mark that takes seconds, on its way in a thread of its own, so that no key waits for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

from llmcore_tui.study.runner import Live

if TYPE_CHECKING:
    from llmcore_tui.grading.mark import Mark, Marker
    from llmcore_tui.grading.rubric import Rubric


class LiveMark(Live["Mark"]):
    """An answer that a marker is reading; the marker is made in the thread too, since a model's is slow to import."""

    def __init__(self, new_marker: Callable[[], Marker], answer: str, rubric: Rubric) -> None:
        super().__init__(lambda _: _in_thread(lambda: new_marker().mark(answer, rubric)))


def _in_thread(work: Callable[[], Mark]) -> Future[Mark]:
    """Begin the work and return at once. Nobody waits for the thread at the end of the program."""
    future: Future[Mark] = Future()

    def run() -> None:
        try:
            mark = work()
        except Exception as error:  # noqa: BLE001  around a stranger's server: the future says it
            with suppress(InvalidStateError):  # cancelled meanwhile: no longer wanted
                future.set_exception(error)
        else:
            with suppress(InvalidStateError):
                future.set_result(mark)

    Thread(target=run, name="llmcore-marker", daemon=True).start()
    return future
