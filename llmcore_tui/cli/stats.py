"""`llmcore stats`: retention, forecast, predictions against numbers, time and streak."""

from __future__ import annotations

import typer

from llmcore_tui.cli import opened, output
from llmcore_tui.cli.options import Decks, Json, Lang

app = typer.Typer()


@app.command()
def show(lang: Lang = None, deck: Decks = None, json: Json = False) -> None:
    """Show retention, forecast, predictions against numbers, and streak."""
    from llmcore_tui.cli.terminal import say, text_width
    from llmcore_tui.study.as_json import statistics_as_json
    from llmcore_tui.study.plain.prose import Page
    from llmcore_tui.study.plain.statistics import statistics_lines
    from llmcore_tui.study.plan_choice import learner_date

    settings = opened.config(lang=lang, decks=deck)
    with opened.desk(settings) as desk:
        now = desk.now()
        found = desk.progress.statistics(now)
        if json:
            output.json(statistics_as_json(found))
            return
        page = Page(settings.language, text_width())
        say(
            statistics_lines(
                found, page, retention=settings.retention, today=learner_date(desk.progress, now)
            )
        )
