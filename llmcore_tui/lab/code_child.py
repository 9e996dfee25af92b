"""Calling a learner's function in a child; what it should give stays in the app, out of the function's reach."""

from __future__ import annotations

import traceback
from typing import Any

from llmcore_tui.lab.message import Messages

_FILE = "<your code>"


def call_cases(messages: Messages, request: dict[str, Any]) -> None:
    """Define the function and send what it gives, or raises, for each case."""
    namespace: dict[str, Any] = {"__name__": "answer"}
    try:
        exec(compile(request["source"], _FILE, "exec"), namespace)  # noqa: S102 - the learner's own code, in its own process
        function = namespace.get(request["function"])
    except BaseException as error:  # noqa: BLE001 - it may raise anything, SystemExit included
        messages.send({"unusable": _said(error)})
        return
    if not callable(function):
        messages.send({"unusable": f"There is no function {request['function']} in it."})
        return
    for index, args in enumerate(request["cases"]):
        messages.send({"case": index, "calling": True})
        try:
            gave = {"gave": plain(function(*args))}
        except BaseException as error:  # noqa: BLE001 - as above
            gave = {"raised": _said(error)}
        messages.send({"case": index, **gave})
    messages.send({"done": True})


def plain(value: Any) -> Any:
    """Numbers, texts, lists and dictionaries for what numpy, torch and tuples hold; a text for anything else."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if hasattr(value, "tolist"):
        return plain(value.detach().tolist() if hasattr(value, "detach") else value.tolist())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return f"<{type(value).__name__}>"


def _said(error: BaseException) -> str:
    """The error in one line, with the line of the learner's code."""
    line = error.lineno if isinstance(error, SyntaxError) else None
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == _FILE:
            line = number
    text = error.msg if isinstance(error, SyntaxError) else " ".join(str(error).split())
    return f"{type(error).__name__}{f' in line {line}' if line else ''}{': ' + text if text else ''}"
