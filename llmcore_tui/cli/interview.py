"""`llmcore interview`: a mock interview marked by points, its list, its reports, and marking it anew."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from llmcore_tui.cli import opened, output, screen
from llmcore_tui.cli.options import Decks, Json, Lang, Plain
from llmcore_tui.errors import InputError

if TYPE_CHECKING:
    from llmcore_tui.config import MarkerName
    from llmcore_tui.content.bilingual import Language
    from llmcore_tui.interview.document import Report
    from llmcore_tui.interview.setup import Setup
    from llmcore_tui.study.opened import Opened

app = typer.Typer()

Marker = Annotated[
    Literal["offline", "llm"] | None,
    typer.Option("--marker", help="Who marks: this program, or the model of the settings."),
]


@app.callback(invoke_without_command=True)
def interview(
    context: typer.Context,
    module: Annotated[
        list[str] | None, typer.Option("--module", "-m", metavar="MODULE", help="On this module; repeatable.")
    ] = None,
    level: Annotated[
        str | None, typer.Option("--level", metavar="N", help="On the modules of this level.")
    ] = None,
    plan_day: Annotated[
        int | None,
        typer.Option(
            "--plan-day", metavar="N", help="On the modules of the plan's day N; today's by default."
        ),
    ] = None,
    questions: Annotated[
        int, typer.Option("--questions", min=1, max=20, metavar="N", help="How many questions.")
    ] = 3,
    mode: Annotated[
        Literal["study", "real"] | None,
        typer.Option(
            "--mode", help="study: the points after each question. real: all at the end, against the clock."
        ),
    ] = None,
    marker: Marker = None,
    story: Annotated[
        bool, typer.Option("--story", help="Ask about your own projects, in place of modules.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="S", help="Draw the same questions again.")
    ] = None,
    plain: Plain = False,
    lang: Lang = None,
    deck: Decks = None,
    json: Json = False,
) -> None:
    """Sit a mock interview: answer, be asked on, see which points you made.

    It is saved after every answer: `llmcore interview resume` goes on after anything. With --json the conversation
    goes to standard error and the report, at the end, to standard output.
    """
    if context.invoked_subcommand is not None:
        return
    from llmcore_tui.interview.setup import Setup, modules_of

    settings = opened.config(lang=lang, decks=deck, plain=plain or json)
    ways = {"--module": module or None, "--level": level, "--plan-day": plan_day, "--story": story or None}
    if len(given := [way for way, value in ways.items() if value is not None]) > 1:
        raise InputError(f"{' and '.join(given)} exclude each other.", "Give one of them.")
    with opened.desk(settings) as desk:
        modules = () if story else modules_of(desk, module or (), level, plan_day)
        chosen = _marker(desk, marker)
        setup = Setup(modules, questions, mode, chosen, story, seed)
        _sit(desk, setup, json=json)


@app.command("resume")
def resume(
    session: Annotated[
        str, typer.Argument(help="Its id, the beginning of one, or last; the newest unfinished if left out.")
    ] = "",
    plain: Plain = False,
    lang: Lang = None,
    deck: Decks = None,
    json: Json = False,
) -> None:
    """Go on with an interview at the turn it was in, with the time already used and what was half typed."""
    from llmcore_tui.interview.desk import found, unfinished
    from llmcore_tui.interview.setup import Setup

    settings = opened.config(lang=lang, decks=deck, plain=plain or json)
    with opened.desk(settings) as desk:
        wanted = found(desk, session) if session else unfinished(desk)
        spoken = replace(settings, language=lang or wanted.language)
        _sit(replace(desk, config=spoken), Setup(mode=wanted.mode, session=wanted.id), json=json)


@app.command("list")
def list_(lang: Lang = None, deck: Decks = None, json: Json = False) -> None:
    """List the interviews, the newest first: id, day, mode, questions, coverage, modules."""
    from llmcore_tui.cli.terminal import say
    from llmcore_tui.interview.as_json import list_as_json
    from llmcore_tui.interview.past import listed
    from llmcore_tui.interview.plain.pages import list_lines
    from llmcore_tui.interview.transcript import of_log
    from llmcore_tui.study.plain.prose import Page

    settings = opened.config(lang=lang, decks=deck)
    with opened.desk(settings) as desk:
        past = listed(of_log(desk.progress), desk.deck)
    if json:
        output.json(list_as_json(past))
    else:
        say(list_lines(past, Page(settings.language)))


@app.command("report")
def report(
    session: Annotated[str, typer.Argument(help="Its id, the beginning of one, or last.")] = "last",
    format_: Annotated[
        Literal["md", "html", "json"], typer.Option("--format", help="Markdown, one HTML file, or JSON.")
    ] = "md",
    to: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to this file, in place of the terminal."),
    ] = None,
    lang: Lang = None,
    deck: Decks = None,
    json: Json = False,
) -> None:
    """Show what an interview came to: coverage, points, what to say instead, trend, cards."""
    from llmcore_tui.interview import export
    from llmcore_tui.interview.as_json import report_as_json

    settings = opened.config(lang=lang, decks=deck)
    with opened.desk(settings) as desk:
        made = _report(desk, session, settings.language)
    if to is not None:
        file = to.expanduser()
        export.export(made, file, format_)
        output.json({"session": made.session, "file": str(file), "format": format_}) if json else output.line(
            str(file)
        )
    elif json or format_ == "json":
        output.json(report_as_json(made))
    else:
        output.line(export.text(made, format_).rstrip("\n"))


@app.command("regrade")
def regrade(
    session: Annotated[str, typer.Argument(help="Its id, the beginning of one, or last.")] = "last",
    marker: Marker = None,
    lang: Lang = None,
    deck: Decks = None,
    json: Json = False,
) -> None:
    """Mark an interview anew: the newest marks count from then on, your own verdicts stay above them."""
    from llmcore_tui.interview.as_json import regraded_as_json
    from llmcore_tui.interview.desk import found, markers
    from llmcore_tui.interview.prompt import Prompts
    from llmcore_tui.interview.regrade import regrade as mark_anew

    settings = opened.config(lang=lang, decks=deck)
    with opened.desk(settings) as desk:
        transcript = found(desk, session)
        chosen = markers(desk, _marker(desk, marker))
        marking = mark_anew(
            transcript,
            Prompts(desk.deck, transcript.language),
            desk.progress,
            chosen.model or chosen.offline,
            desk.now,
        )
        regraded = []
        for each in marking:
            regraded.append(each)
            if not json:
                _say_regraded(
                    each.question, each.follow_up, each.before, each.mark.coverage, settings.language
                )
    if json:
        output.json(regraded_as_json(transcript.id, regraded))


def _sit(desk: Opened, setup: Setup, *, json: bool) -> None:
    """One sitting: on the screen where there is a terminal, line by line elsewhere."""
    if desk.config.plain:
        _sit_plainly(desk, setup, to_stderr=json)
        return
    from llmcore_tui.study.opened import Wishes

    screen.run(desk, Wishes(), start="interview", interview=setup)


def _sit_plainly(desk: Opened, setup: Setup, *, to_stderr: bool) -> None:
    from llmcore_tui.cli.terminal import ask, say
    from llmcore_tui.interview.as_json import report_as_json
    from llmcore_tui.interview.desk import directed
    from llmcore_tui.interview.plain.loop import PlainInterview
    from llmcore_tui.interview.plain.pages import summary_lines
    from llmcore_tui.study.plain.prose import Page

    aside = sys.stderr if to_stderr else None

    def say_here(lines: Iterable[str]) -> None:
        say(lines, file=aside)

    def ask_here(prompt: str) -> str | None:
        return ask(prompt, file=aside)

    page = Page(desk.config.language)
    setup = setup if setup.mode else replace(setup, mode=_ask_mode(desk.config.language))
    with desk.workers() as workers:
        workers.start()
        director = directed(desk, setup, runner=workers)
        try:
            is_over = PlainInterview(director, page, ask=ask_here, say=say_here).run()
        finally:
            director.close()
        made = _report(desk, director.transcript.id, desk.config.language)
    if to_stderr:
        output.json(report_as_json(made))
    elif is_over:
        say(["", *summary_lines(made, page)])


def _ask_mode(language: Language) -> Literal["study", "real"]:
    """Asked in a terminal only; scripts study."""
    from llmcore_tui.cli.terminal import ask
    from llmcore_tui.interview.plain.words import WHICH_MODE

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return "study"
    answer = (ask(WHICH_MODE.of(language)) or "").strip().lower()
    return "real" if answer.startswith("r") or answer in ("2", "实战") else "study"


def _report(desk: Opened, session: str, language: Language) -> Report:
    from llmcore_tui.interview.compose import report as composed
    from llmcore_tui.interview.desk import found
    from llmcore_tui.interview.transcript import of_log

    transcript = found(desk, session)
    return composed(transcript, of_log(desk.progress), desk.deck, language, desk.now())


def _marker(desk: Opened, wanted: MarkerName | None) -> MarkerName:
    """Who marks: the flag, else the setting."""
    return wanted or desk.config.marker


def _say_regraded(
    question: str, follow_up: str, before: float | None, after: float | None, language: Language
) -> None:
    from llmcore_tui.interview.head import covered
    from llmcore_tui.interview.words import UNMARKED

    then, now = (UNMARKED.of(language) if share is None else covered(share) for share in (before, after))
    name = f"{question} / {follow_up}" if follow_up else question
    output.line(f"{name}: {then} -> {now}")
