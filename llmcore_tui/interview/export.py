"""Writing a report to a file: whole or not at all, and never over a file that is not a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from llmcore_tui.errors import EnvironmentProblem, InputError
from llmcore_tui.interview.as_json import report_as_json
from llmcore_tui.interview.document import Report
from llmcore_tui.interview.html import html
from llmcore_tui.interview.markdown import MARKER, markdown
from llmcore_tui.render.whole_file import write_whole

Format = Literal["md", "html", "json"]
_JSON_BEGINS = '{"session": '


def text(report: Report, form: Format) -> str:
    """The report in one form, with a newline at its end."""
    if form == "json":
        return json.dumps(report_as_json(report), ensure_ascii=False, allow_nan=False) + "\n"
    return html(report) if form == "html" else markdown(report)


def export(report: Report, file: Path, form: Format) -> None:
    """Write the report; what was there before is kept if that fails."""
    check_target(file)
    write_whole(file, text(report, form))


def check_target(file: Path) -> None:
    """Raise where the file must not be written over, or its folder cannot be made."""
    if file.is_dir():
        raise InputError(f"{file} is a folder.", "Name a file with --output.")
    try:
        if file.exists() and not _is_report(file):
            raise InputError(
                f"{file} is there and is no report of an interview.", "Name another file with --output."
            )
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise EnvironmentProblem(
            f"{file} cannot be written: {problem.strerror or problem}.", "Name another file with --output."
        ) from problem


def _is_report(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open(encoding="utf-8", errors="replace") as opened:
        begins = opened.read(len(MARKER))
    return not begins or begins == MARKER or begins.startswith(_JSON_BEGINS)
