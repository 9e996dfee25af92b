"""`llmcore check`: the decks' texts, demos and claims, everything computed anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from llmcore_tui.cli import opened, output
from llmcore_tui.cli.options import Decks, Json
from llmcore_tui.errors import FoundProblems, InputError

if TYPE_CHECKING:
    from llmcore_tui.config import Config
    from llmcore_tui.content.deck import Deck

app = typer.Typer()


@app.command()
def check(
    module: Annotated[
        str | None, typer.Option("--module", "-m", help="Check one module and its demos.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Write numbers.lock.json and ids.lock, then check.")
    ] = False,
    fast: Annotated[bool, typer.Option("--fast", help="Run no demo.")] = False,
    deck: Decks = None,
    json: Json = False,
) -> None:
    """Check the deck: schema, sources, claims, off switches.

    Every demo runs at its defaults, off, and at its anchors; results are kept until a demo changes.
    Ends with 3 where something is wrong.
    """
    from functools import partial

    from llmcore_tui import locations
    from llmcore_tui.cli.progress_line import steps_line
    from llmcore_tui.lab.check import Wanted
    from llmcore_tui.lab.check import check as run_check
    from llmcore_tui.render.formula import problem

    if fast and update:
        raise InputError("--update computes every number, and --fast none.", "Leave one of them out.")
    settings = opened.config(decks=deck)
    wanted = Wanted(
        today=opened.now().date(),
        cache=locations.cache_folder(),
        module=module,
        fast=fast,
        update=update,
        seconds=settings.demo_seconds,
        memory_mb=settings.demo_memory_mb,
    )
    with steps_line() as on_step:
        report = run_check(partial(_open, settings), problem, wanted, on_step)
    if json:
        from llmcore_tui.cli.check_report import as_json

        output.json(as_json(report))
    else:
        from llmcore_tui.cli.check_report import as_text

        for line in as_text(report):
            output.line(line)
    if not report.ok:
        raise typer.Exit(FoundProblems.exit_code)


def _open(settings: Config) -> Deck:
    from llmcore_tui import locations
    from llmcore_tui.content.deck import Deck

    return Deck.open([locations.builtin_deck(), *settings.decks], locations.cache_folder(), strict=False)
