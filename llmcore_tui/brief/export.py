"""Writing briefs to files: whole or not at all, and never over a file that is not a brief."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from llmcore_tui.brief.document import Brief
from llmcore_tui.brief.html import html
from llmcore_tui.brief.markdown import MARKER, markdown
from llmcore_tui.content.bilingual import Language
from llmcore_tui.errors import EnvironmentProblem, InputError
from llmcore_tui.render.whole_file import write_whole

Format = Literal["md", "html"]
_MOST_IN_A_NAME = 3


def file_name(modules: Sequence[str], language: Language, form: Format) -> str:
    """`llmcore-brief-en.html`; with the modules in it where they were named one by one."""
    chosen = ["and-more", *modules] if len(modules) > _MOST_IN_A_NAME else list(modules)
    if len(chosen) > _MOST_IN_A_NAME:
        chosen = [*modules[:_MOST_IN_A_NAME], "and-more"]
    return "-".join(["llmcore-brief", *chosen, language]) + f".{form}"


def check_target(file: Path) -> None:
    """Before anything is run: raise where the file cannot or must not be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists() and not _is_brief(file):
            raise InputError(
                f"{file} is there and is no brief of llmcore's.", "Choose another folder with --out."
            )
        probe = file.with_name(f".{file.name}.probe")
        probe.touch()
        probe.unlink()
    except OSError as problem:
        raise EnvironmentProblem(
            f"{file.parent} cannot be written to: {problem.strerror}.", "Choose another folder with --out."
        ) from problem


def export(brief: Brief, file: Path, form: Format) -> None:
    """Write the brief; what was there before is kept if that fails."""
    write_whole(file, html(brief) if form == "html" else markdown(brief))


def _is_brief(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open(encoding="utf-8", errors="replace") as opened:
        return opened.readline(len(MARKER) + 1).rstrip("\n") == MARKER
