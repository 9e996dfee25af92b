"""`llmcore log`: take what you did to another computer, and back."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from llmcore_tui.cli import opened, output
from llmcore_tui.cli.options import Json
from llmcore_tui.errors import InputError

if TYPE_CHECKING:
    from llmcore_progress import Merged

app = typer.Typer(no_args_is_help=True)
FOUND = 3
SHOWN = 20
"""Lines with a problem that are named without --json."""

Future = Annotated[bool, typer.Option("--future", help="Take events that lie more than a day ahead, too.")]


@app.command()
def export(
    file: Annotated[
        Path | None, typer.Argument(help="Where to; standard output when left out.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    json: Json = False,
) -> None:
    """Write every event as JSON lines, of all devices and learners."""
    if file is not None and file.exists() and not force:
        raise InputError(f"{file} is there already.", "Take another name, or --force to write over it.")
    now = opened.now()
    with opened.progress(opened.config(), now) as progress:
        if file is None or str(file) == "-":
            # bytes: an event must not lose a character to the terminal's encoding
            stream = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n")
            try:
                progress.export(stream)
            finally:
                stream.detach()
            return
        number = progress.export(file)
    if json:
        output.json({"file": str(file), "events": number})
    else:
        output.line(f"{number} events in {file}.")


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="JSON lines as `log export` writes them; - is standard input.")
    ],
    future: Future = False,
    json: Json = False,
) -> None:
    """Add events from JSON lines; what is here already is not added twice.

    A line that cannot be used is named and left out, and the rest is taken; the exit code is 3 then.
    """
    _take_in(file, json, future=future)


@app.command()
def merge(
    file: Annotated[
        Path, typer.Argument(help="Another computer's log.sqlite, or JSON lines; - is standard input.")
    ],
    future: Future = False,
    json: Json = False,
) -> None:
    """Join another log with this one: both end with the same events, in any order, however often.

    A card reviewed on both is due by the memory of all its reviews. The other log is only read.
    """
    _take_in(file, json, future=future)


def _take_in(file: Path, json: bool, *, future: bool) -> None:
    now = opened.now()
    source = sys.stdin.buffer if str(file) == "-" else file
    with opened.progress(opened.config(), now) as progress:
        found = progress.merge(source, now, accept_future=future)
    if json:
        output.json(_as_json(found))
    else:
        _say(found)
    if found.bad or found.differing:
        raise typer.Exit(FOUND)


def _say(found: Merged) -> None:
    output.line(f"{found.added} events added, {found.known} were here already.")
    for problem in found.problems[:SHOWN]:
        output.line(f"line {problem.line}: {problem.reason}", file=sys.stderr)
    more = found.bad + found.differing - min(len(found.problems), SHOWN)
    if more:
        output.line(f"… and {more} more; --json names up to a thousand.", file=sys.stderr)
    if found.bad:
        output.line(f"{found.bad} lines were left out.", file=sys.stderr)
    if found.differing:
        output.line(f"{found.differing} events are here with other content, which stayed.", file=sys.stderr)


def _as_json(found: Merged) -> dict[str, object]:
    return {
        "read": found.read,
        "added": found.added,
        "known": found.known,
        "differing": found.differing,
        "bad": found.bad,
        "problems": [{"line": problem.line, "reason": problem.reason} for problem in found.problems],
    }
