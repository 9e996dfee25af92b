"""`llmcore doctor`: what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from llmcore_tui import locations
from llmcore_tui.cli import opened, output
from llmcore_tui.cli.options import Json

app = typer.Typer()
FOUND = 3


@app.command()
def doctor(
    restore: Annotated[
        Path | None,
        typer.Option(
            "--restore",
            metavar="BACKUP",
            show_default=False,
            help="Put this backup in the log's place; the log that is there is kept beside it.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Find what is wrong here, and say how to mend it.

    Looks at Python, packages, PyTorch, settings, folders, the log and its backups, decks and the terminal, and
    changes nothing. Ends with 3 when something is wrong.
    """
    if restore is not None:
        _restore(restore, json)
        return
    from llmcore_tui.doctor import Terminal, examine

    size = shutil.get_terminal_size()
    terminal = Terminal(sys.stdout.isatty(), size.columns, size.lines, sys.stdout.encoding)
    found = []
    for finding in examine(os.environ, terminal, opened.now()):
        found.append(finding)
        if not json:
            output.line(f"{finding.severity:<8} {finding.subject:<14} {finding.message}")
            if finding.hint:
                output.line(f"{'':<23} {finding.hint}")
    wrong = sum(finding.severity == "error" for finding in found)
    if json:
        output.json({"ok": not wrong, "findings": [asdict(finding) for finding in found]})
    else:
        output.line(f"\n{wrong} wrong." if wrong else "\nNothing is wrong.")
    if wrong:
        raise typer.Exit(FOUND)


def _restore(backup: Path, json: bool) -> None:
    from llmcore_progress import restore

    log = locations.log_file()
    kept = restore(log, backup, opened.now())
    if json:
        output.json({"log": str(log), "restored": str(backup), "kept": str(kept) if kept else None})
    else:
        output.line(f"{log} is {backup} again.")
        if kept:
            output.line(f"The log that was there is kept: {kept}")
