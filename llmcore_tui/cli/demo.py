"""`llmcore demo`: run a demo and show its numbers, also with the idea off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from llmcore_tui.cli import opened, output
from llmcore_tui.cli.options import Decks, Json, Lang
from llmcore_tui.errors import InputError

if TYPE_CHECKING:
    from llmcore_tui.cli.demo_run import Asked

app = typer.Typer()
_FREE_FLAGS = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@app.command(context_settings=_FREE_FLAGS)
def demo(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME] [FLAGS]", help="A demo or a module, then the demo's flags."),
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="Run with the idea off only.")] = False,
    sweep: Annotated[
        str | None,
        typer.Option("--sweep", metavar="FLAG=VALUES", help="Run over lam=0:1:0.05 or lam=0,0.5,1."),
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="Write the curves to FILE.svg or FILE.png.")
    ] = None,
    plot: Annotated[
        bool | None, typer.Option("--plot/--no-plot", help="Draw the curves (where there is a terminal).")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the demos without running any.")] = False,
    source: Annotated[bool, typer.Option("--source", help="Print the demo's source.")] = False,
    trust: Annotated[bool, typer.Option("--trust", help="Let the demos of --deck DIR run.")] = False,
    lang: Lang = None,
    deck: Decks = None,
    json: Json = False,
    help_: Annotated[
        bool, typer.Option("--help", "-h", help="Explain this; after a NAME, the demo's own flags.")
    ] = False,
) -> None:
    """Run a demo: its numbers, also with the idea off.

    `llmcore demo gae --lam 0.5` runs one, `llmcore demo gae --help` explains its flags.
    """
    if help_ and name is None:
        output.line(context.get_help())
        return
    from llmcore_tui.cli.demo_run import Asked, Demos

    settings = opened.config(lang=lang, decks=deck)
    asked = Asked(tuple(context.args), off=off, sweep=sweep, save=save, plot=plot, json=json)
    demos = Demos(settings, asked)
    if trust:
        demos.trust()
    if list_ or name is None:
        _refuse_more(name, asked)
        demos.show_list()
    elif name.startswith("-"):
        raise InputError(
            f"Name the demo before its flags, not {name!r}.", "`llmcore demo --list` shows the demos."
        )
    elif help_:
        demos.explain(name)
    elif source:
        demos.source(name)
    else:
        demos.run(name)


def _refuse_more(name: str | None, asked: Asked) -> None:
    words = [word for word in (name, *asked.words) if word]
    if words:
        raise InputError(f"--list takes no more words, such as {words[0]!r}.")
