"""`llmcore stats`: retention, forecast, predictions against numbers, time and streak."""

from __future__ import annotations

import typer

from llmcore_tui.cli import opened, output
from llmcore_tui.cli.options import Decks, Json, Lang

app = typer.Typer()


@app.command()
def show(lang: Lang = None, deck: Decks = None, json: Json = False) -> None:
    """Show retention, forecast, predictions against numbers, and streak."""
    from llmcore_tui.cli.terminal import say
    from llmcore_tui.study.as_json import statistics_as_json
    from llmcore_tui.study.opened import Opened
    from llmcore_tui.study.plain.prose import Page
    from llmcore_tui.study.plain.statistics import statistics_lines

    settings = opened.config(lang=lang, decks=deck)
    with opened.progress(settings, opened.now()) as progress:
        desk = Opened(settings, opened.deck(settings), progress, opened.now)
        found = progress.statistics(desk.now())
        if json:
            output.json(statistics_as_json(found))
        else:
            say(statistics_lines(found, Page(settings.language), retention=settings.retention))
