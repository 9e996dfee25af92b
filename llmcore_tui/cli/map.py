"""`llmcore map`: the modules, what each requires, and where the learner stands."""

from __future__ import annotations

from typing import Annotated

import typer

from llmcore_tui.cli import opened, output
from llmcore_tui.cli.options import Decks, Json, Lang

app = typer.Typer()


@app.command()
def show(
    module: Annotated[
        str | None, typer.Argument(help="Show the way to this module; all modules when left out.")
    ] = None,
    lang: Lang = None,
    deck: Decks = None,
    json: Json = False,
) -> None:
    """Show the modules, what each requires and where you stand."""
    from llmcore_tui.cli.terminal import say, text_width
    from llmcore_tui.study.as_json import tree_as_json, way_as_json
    from llmcore_tui.study.level import levels
    from llmcore_tui.study.module_tree import tree, way_to
    from llmcore_tui.study.plain.module_tree import tree_lines, way_lines
    from llmcore_tui.study.plain.prose import Page

    settings = opened.config(lang=lang, decks=deck)
    page = Page(settings.language, text_width())
    with opened.desk(settings) as desk:
        cards, progress = desk.deck, desk.progress
        if module is not None:
            way = way_to(cards, progress, module, settings.language)
            output.json(way_as_json(way)) if json else say(way_lines(way, page))
            return
        areas = tree(cards, progress, settings.language)
        gates = levels(cards, progress, settings.language)
        output.json(tree_as_json(areas, gates)) if json else say(tree_lines(areas, gates, page))
