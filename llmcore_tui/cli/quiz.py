"""`llmcore quiz`: a round of questions marked by computation."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from llmcore_tui.cli import opened, output
from llmcore_tui.cli.options import Decks, Json, Lang

if TYPE_CHECKING:
    from llmcore_tui.content.plan import Day
    from llmcore_tui.content.quiz import QuizItem
    from llmcore_tui.study.opened import Opened
    from llmcore_tui.study.quiz import RoundSummary

app = typer.Typer()


@app.command()
def quiz(
    module: Annotated[
        list[str] | None, typer.Option("--module", "-m", metavar="MODULE", help="Of this module; repeatable.")
    ] = None,
    day: Annotated[
        int | None,
        typer.Option("--day", metavar="N", help="Of the modules of the plan's day N; today's by default."),
    ] = None,
    level: Annotated[
        int | None, typer.Option("--level", min=1, max=5, help="Only items of this difficulty.")
    ] = None,
    count: Annotated[
        int | None, typer.Option("--count", min=1, metavar="N", help="How many items; 10 by default.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="S", help="Ask the same items in the same order again.")
    ] = None,
    lang: Lang = None,
    deck: Decks = None,
    json: Json = False,
) -> None:
    """Take a quiz on a module, a day or a level; every answer is computed.

    With --json the questions go to standard error and the marks to standard output.
    """

    settings = opened.config(lang=lang, decks=deck, plain=True)
    with opened.desk(settings) as desk:
        number = desk.seed(seed)
        asked_day = _day(desk, day) if not module else None
        items = _items(desk, module, asked_day, level, count, number)
        summary = _ask(desk, items, number, to_stderr=json)
        if json:
            output.json(_as_json(desk, summary, asked_day))
        else:
            _say_checkpoint(desk, summary, asked_day)


def _day(desk: Opened, number: int | None) -> Day | None:
    from llmcore_tui.study.plan_choice import chosen
    from llmcore_tui.study.quiz_choice import day_of

    choice = chosen(desk.deck, desk.progress, desk.now())
    if choice is None:
        return None
    return choice.day if number is None else day_of(choice.plan, number)


def _items(
    desk: Opened, module: list[str] | None, day: Day | None, level: int | None, count: int | None, seed: int
) -> list[QuizItem]:
    from llmcore_tui.errors import InputError
    from llmcore_tui.study.quiz_choice import choose, modules_of, with_items

    wanted = module or (modules_of(day) if day else tuple(desk.deck.modules()))
    modules = with_items(desk.deck, wanted)
    items = choose(desk.deck, modules, level=level, count=count, seed=seed)
    if not items:
        raise InputError(
            f"{', '.join(modules)}: there is no quiz item of level {level}.", "Leave --level out."
        )
    return items


def _ask(desk: Opened, items: list[QuizItem], seed: int, *, to_stderr: bool) -> RoundSummary:
    from llmcore_tui.cli.terminal import ask, say
    from llmcore_tui.study.plain.prose import Page
    from llmcore_tui.study.plain.quiz import PlainQuiz
    from llmcore_tui.study.quiz import Round

    def say_aside(lines: Iterable[str]) -> None:
        say(lines, file=sys.stderr)

    def ask_aside(prompt: str) -> str | None:
        return ask(prompt, file=sys.stderr)

    with desk.workers() as workers:
        workers.start()
        round_ = Round(
            desk.deck,
            desk.progress,
            items=items,
            now=desk.now,
            seed=seed,
            language=desk.config.language,
            runner=workers,
        )
        page = Page(desk.config.language)
        try:
            if to_stderr:
                return PlainQuiz(round_, page, ask=ask_aside, say=say_aside).run()
            return PlainQuiz(round_, page, ask=ask, say=say).run()
        finally:
            round_.close()


def _of_day(desk: Opened, summary: RoundSummary, day: Day | None) -> Day | None:
    """The day whose checkpoint this round can count for: the one asked for, else the plan's day with these modules."""
    from llmcore_tui.study.plan_choice import chosen
    from llmcore_tui.study.quiz_choice import modules_of

    choice = chosen(desk.deck, desk.progress, desk.now())
    if day is not None or choice is None:
        return day
    return next((each for each in choice.plan.days if set(summary.modules) <= set(modules_of(each))), None)


def _say_checkpoint(desk: Opened, summary: RoundSummary, day: Day | None) -> None:
    from llmcore_tui.cli.terminal import say
    from llmcore_tui.study.checkpoint import checkpoint
    from llmcore_tui.study.plain.checkpoint import checkpoint_lines

    found = _of_day(desk, summary, day)
    state = checkpoint(desk.progress, found, desk.config.language) if found else None
    if state is not None:
        say(checkpoint_lines(state, desk.config.language))


def _as_json(desk: Opened, summary: RoundSummary, day: Day | None) -> dict[str, Any]:
    from llmcore_tui.study.as_json import checkpoint_as_json
    from llmcore_tui.study.checkpoint import checkpoint

    found = _of_day(desk, summary, day)
    state = checkpoint(desk.progress, found, desk.config.language) if found else None
    return {
        "round": summary.round,
        "modules": list(summary.modules),
        "asked": summary.asked,
        "right": summary.right,
        "finished": summary.finished,
        "wrong": [
            {
                "item": each.item,
                "given": each.given,
                "expected": each.expected,
                "why": each.why,
                "demo": each.demo,
            }
            for each in summary.wrong
        ],
        "checkpoint": checkpoint_as_json(state) if state else None,
    }
