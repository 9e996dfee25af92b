"""`llmcore study`: the app where there is a terminal, line by line elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from llmcore_tui.cli import opened, screen
from llmcore_tui.cli.options import Decks, Lang, Plain

if TYPE_CHECKING:
    from llmcore_tui.study.opened import Opened, Wishes

app = typer.Typer()


@app.command()
def study(
    module: Annotated[
        list[str] | None,
        typer.Option("--module", "-m", metavar="MODULE", help="Only this module; repeatable."),
    ] = None,
    new: Annotated[
        int | None,
        typer.Option("--new", min=0, metavar="N", help="New cards today, in place of the setting."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="At most so many cards.")
    ] = None,
    cram: Annotated[
        bool, typer.Option("--cram", help="Every card once, due or not; the schedule stays as it is.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="S", help="Draw the same numbers and orders again.")
    ] = None,
    plain: Plain = False,
    lang: Lang = None,
    deck: Decks = None,
) -> None:
    """Study what is due: answer, predict the number, run it, rate yourself."""
    from llmcore_tui.study.opened import Wishes

    settings = opened.config(lang=lang, decks=deck, plain=plain)
    wishes = Wishes(tuple(module) if module else None, new, limit, cram, seed)
    with opened.desk(settings) as study_desk:
        for name in module or ():
            require_written(study_desk, name)
        if settings.plain:
            study_plainly(study_desk, wishes)
        else:
            screen.run(study_desk, wishes, start="today" if wishes.is_open else "study")


def require_written(desk: Opened, name: str) -> None:
    """Raise with a clear line for a module that has no card yet."""
    from llmcore_tui.errors import InputError

    module = desk.deck.module(name)
    if module.planned:
        raise InputError(
            f"{module.id} is planned: no card of it is written yet.", "`llmcore map` shows what is."
        )


def study_plainly(desk: Opened, wishes: Wishes) -> None:
    """One session on standard input and output; its end says what was done, also when the input ends early."""
    from llmcore_tui.cli.terminal import ask, say
    from llmcore_tui.study.plain.loop import PlainStudy
    from llmcore_tui.study.plain.prose import Page
    from llmcore_tui.study.plain.today import today_lines

    page = Page(desk.config.language)
    if wishes.is_open:
        say(today_lines(desk.today(), page))
    with desk.workers() as workers:
        workers.start()
        session = desk.session(wishes, runner=workers)
        try:
            PlainStudy(session, page, ask=ask, say=say).run()
        finally:
            session.close()
