"""Following a run that ends in another thread, well, badly or not at all."""

from __future__ import annotations

import threading
from concurrent.futures import Future

from llmcore_tui.errors import DemoError, UntrustedDeck
from llmcore_tui.study.runner import Listener, Live


def test_a_run_is_not_there_until_it_has_ended() -> None:
    future: Future[int] = Future()
    live = Live[int](lambda _: future)
    assert (live.done, live.result, live.problem, live.progress) == (False, None, "", None)
    assert live.wait(0.01) is False
    future.set_result(7)
    assert (live.done, live.result, live.problem) == (True, 7, "")
    assert live.wait(0.01) is True


def test_a_failed_run_says_why_in_one_line() -> None:
    future: Future[int] = Future()
    live = Live[int](lambda _: future)
    future.set_exception(DemoError("gae failed: ValueError", "Look at line 3."))
    assert (live.done, live.result, live.problem) == (True, None, "gae failed: ValueError Look at line 3.")


def test_a_run_that_may_not_start_is_a_failed_run_not_an_exception() -> None:
    def refuse(_: Listener) -> Future[int]:
        raise UntrustedDeck("The demos of this deck are not trusted.")

    live = Live[int](refuse)
    assert (live.done, live.problem) == (True, "The demos of this deck are not trusted.")


def test_a_cancelled_run_has_ended_without_a_result() -> None:
    live = Live[int](lambda _: Future())
    live.cancel()
    assert (live.done, live.result, live.problem) == (True, None, "The run was stopped.")
    assert live.wait(0.01) is True


def test_the_callback_comes_from_the_other_thread_or_at_once() -> None:
    future: Future[int] = Future()
    live = Live[int](lambda _: future)
    called = threading.Event()
    live.add_done(called.set)
    assert not called.is_set()
    threading.Thread(target=lambda: future.set_result(1)).start()
    assert called.wait(2)
    late: list[int] = []
    live.add_done(lambda: late.append(1))
    assert late == [1]


def test_progress_is_what_was_heard_last() -> None:
    heard: list[Listener] = []

    def start(listener: Listener) -> Future[int]:
        heard.append(listener)
        return Future()

    live = Live[int](start)
    heard[0](3, 10)
    assert live.progress == (3, 10)
