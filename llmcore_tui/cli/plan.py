"""`llmcore plan`: the plan's days and checkpoints, which plan is followed, and when it began."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from llmcore_tui.cli import opened, output
from llmcore_tui.cli.options import Decks, Json, Lang
from llmcore_tui.errors import InputError

if TYPE_CHECKING:
    from llmcore_tui.study.opened import Opened

app = typer.Typer()


@app.callback(invoke_without_command=True)
def plan(context: typer.Context, lang: Lang = None, deck: Decks = None, json: Json = False) -> None:
    """Show the plan's days and checkpoints, or choose a plan and its start."""
    if context.invoked_subcommand is None:
        show(lang=lang, deck=deck, json=json)


@app.command("show")
def show(lang: Lang = None, deck: Decks = None, json: Json = False) -> None:
    """Show every day: its modules, what you must be able to say, its checkpoint and what is missing."""

    settings = opened.config(lang=lang, decks=deck)
    with opened.desk(settings) as desk:
        _show(desk, json=json)


@app.command("use")
def use(
    name: Annotated[str, typer.Argument(help="The plan to follow, such as 14-day.")],
    lang: Lang = None,
    deck: Decks = None,
    json: Json = False,
) -> None:
    """Follow another plan; new cards come in its order from now on."""
    from llmcore_tui.study.order import use_deck
    from llmcore_tui.study.plan_choice import use_plan

    settings = opened.config(lang=lang, decks=deck)
    with opened.desk(settings) as desk:
        use_plan(desk.deck, desk.progress, name, desk.now())
        use_deck(desk.progress, desk.deck)
        _show(desk, json=json)


@app.command("start")
def start(
    day: Annotated[str, typer.Argument(metavar="DATE", help="YYYY-MM-DD, today, tomorrow or yesterday.")],
    lang: Lang = None,
    deck: Decks = None,
    json: Json = False,
) -> None:
    """Say on which day the plan began or will begin."""
    from llmcore_tui.study.plan_choice import learner_date, start_plan

    settings = opened.config(lang=lang, decks=deck)
    with opened.desk(settings) as desk:
        start_plan(desk.progress, read_date(day, learner_date(desk.progress, desk.now())), desk.now())
        _show(desk, json=json)


def read_date(text: str, today: date) -> date:
    """A date as it is typed; InputError says how."""
    near = {"yesterday": -1, "today": 0, "tomorrow": 1, "昨天": -1, "今天": 0, "明天": 1}
    if (days := near.get(text.strip().lower())) is not None:
        return today + timedelta(days=days)
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InputError(f"{text!r} is not a date.", f"Write it as {today.isoformat()}, or today.") from None


def _show(desk: Opened, *, json: bool) -> None:
    from llmcore_tui.cli.terminal import say
    from llmcore_tui.study.as_json import plan_as_json
    from llmcore_tui.study.plain.plan import plan_lines
    from llmcore_tui.study.plain.prose import Page
    from llmcore_tui.study.plan_choice import chosen
    from llmcore_tui.study.plan_days import plan_days

    choice = chosen(desk.deck, desk.progress, desk.now())
    if choice is None:
        raise InputError("These decks have no plan.", "Plans are files in a deck's quizzes/plans.")
    language = desk.config.language
    days = plan_days(desk.deck, desk.progress, choice, language)
    others = [plan.name for plan in desk.deck.plans() if plan.name != choice.plan.name]
    if json:
        output.json(plan_as_json(choice, days, others))
    else:
        say(plan_lines(choice, days, others, Page(language)))
