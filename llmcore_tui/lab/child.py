"""What a forked child does: run one demo or one learner's function, within its limits, and say how it went."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from llmcore_tui.errors import LlmcoreError
from llmcore_tui.lab.message import Messages

_PROGRESS_INTERVAL_SECONDS = 0.05
_ORPHAN_CHECK_SECONDS = 0.5


def work(messages: Messages, output_fd: int, request: dict[str, Any]) -> int:
    """Do what the request asks and give the exit code of the child."""
    from llmcore_tui.lab.limits import limit

    _point_streams_at(output_fd)
    threading.Thread(target=_die_with, args=(os.getppid(),), daemon=True).start()
    os.nice(5)
    limit(request["seconds"], request["memory_mb"])
    # Byte code that a deck ships beside its sources was never shown to the learner who trusted the sources.
    sys.dont_write_bytecode = True
    sys.pycache_prefix = os.devnull
    messages.send({"started": os.getpid()})
    try:
        if request["kind"] == "demo":
            messages.send(_run_demo(messages, request))
        else:
            from llmcore_tui.lab.code_child import call_cases

            call_cases(messages, request)
    except KeyboardInterrupt:
        messages.send(
            {"error": {"message": f"{request['what']} was interrupted.", "hint": "", "memory": False}}
        )
    except LlmcoreError as error:
        messages.send({"error": {"message": error.message, "hint": error.hint, "memory": _is_memory(error)}})
    return 0


def _run_demo(messages: Messages, request: dict[str, Any]) -> dict[str, Any]:
    from llmcore_tui.lab.demo import read_demo
    from llmcore_tui.lab.progress import listening
    from llmcore_tui.lab.run import outcome_here
    from llmcore_tui.lab.wire import result_as_json

    demo = read_demo(Path(request["file"]))
    with listening(_Throttled(messages)):
        outcome = outcome_here(demo, demo.settings(request["settings"]))
    return {"result": result_as_json(outcome.result), "seconds": outcome.seconds}


class _Throttled:
    """Progress at most twenty times a second, and the last step always."""

    def __init__(self, messages: Messages) -> None:
        self.messages = messages
        self.said = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done < total and now - self.said < _PROGRESS_INTERVAL_SECONDS:
            return
        self.said = now
        self.messages.send({"progress": [int(done), int(total)]})


def _point_streams_at(output_fd: int) -> None:
    """What a demo prints goes to a file that the app reads when the child dies; the terminal is out of its reach."""
    sys.stdout.flush()
    os.dup2(output_fd, 1)
    os.dup2(output_fd, 2)
    os.close(output_fd)
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False, buffering=1)  # noqa: SIM115 - lives as long as the process
    sys.stderr = open(2, "w", encoding="utf-8", errors="replace", closefd=False, buffering=1)  # noqa: SIM115


def _die_with(parent: int) -> None:
    """End this process when its parent has been killed."""
    while os.getppid() == parent:
        time.sleep(_ORPHAN_CHECK_SECONDS)
    os._exit(1)


def _is_memory(error: BaseException) -> bool:
    cause = error.__cause__
    return isinstance(cause, MemoryError) or (
        isinstance(cause, RuntimeError) and "can't allocate memory" in str(cause)
    )
