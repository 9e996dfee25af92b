"""`llmcore grade`: mark one answer to an interview question, or many rows of a file."""

from __future__ import annotations

import json as json_format
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from llmcore_tui.cli import opened, output
from llmcore_tui.cli.options import Decks, Json, Lang
from llmcore_tui.errors import InputError

if TYPE_CHECKING:
    from llmcore_tui.config import Config
    from llmcore_tui.content.interview import InterviewQuestion
    from llmcore_tui.grading.mark import Mark
    from llmcore_tui.grading.rubric import Rubric

app = typer.Typer()
BAD_ROWS = 2


@app.command()
def grade(
    module: Annotated[
        str | None, typer.Option("--module", "-m", metavar="MODULE", help="The module of the question.")
    ] = None,
    question: Annotated[
        str | None,
        typer.Option("--question", "-q", metavar="ID", help="The interview question, such as explain."),
    ] = None,
    answer: Annotated[
        Path | None,
        typer.Option("--answer", metavar="FILE", help="The answer; standard input when left out, or -."),
    ] = None,
    batch: Annotated[
        Path | None,
        typer.Option(
            "--batch", metavar="FILE", help="Mark every row of this JSON Lines file; - is standard input."
        ),
    ] = None,
    marker: Annotated[
        Literal["offline", "llm"] | None,
        typer.Option("--marker", help="What marks, in place of the setting."),
    ] = None,
    lang: Lang = None,
    deck: Decks = None,
    json: Json = False,
) -> None:
    """Mark an answer to an interview question point by point.

    With --batch each row of a file ({"id", "question", "points" or "references", "answer"}) gives one line of JSON,
    also without --json; docs/json.md has the format. Exit code 2 where a row could not be marked.
    """
    if (batch is None) == (question is None):
        raise InputError("Say what to mark.", "Either --module M --question ID, or --batch FILE.")
    settings = opened.config(lang=lang, decks=deck)
    if batch is not None:
        if answer is not None or module is not None:
            raise InputError(
                "--batch takes questions and answers from its rows.", "Leave --answer and --module out."
            )
        _mark_rows(batch, marker or settings.marker, settings)
    elif question is not None:
        _mark_one(question, module, answer, marker or settings.marker, settings, json=json)


def _mark_one(
    name: str,
    module: str | None,
    file: Path | None,
    marker: Literal["offline", "llm"],
    settings: Config,
    *,
    json: bool,
) -> None:
    from llmcore_tui.cli.answer_input import answer_from
    from llmcore_tui.grading.choice import marker as the_marker
    from llmcore_tui.study.question_name import question_named
    from llmcore_tui.study.rubric import of_question

    deck = opened.deck(settings)
    question = question_named(deck, name, module)
    marks = the_marker(marker, settings)
    rubric = of_question(deck, question, settings.language)
    found = marks.mark(answer_from(file, settings.language), rubric)
    if json:
        output.json(_as_json(question, rubric, found))
    else:
        _say(question, rubric, found, settings)


def _say(question: InterviewQuestion, rubric: Rubric, found: Mark, settings: Config) -> None:
    from llmcore_tui.cli.terminal import say
    from llmcore_tui.content.bilingual import LANGUAGES
    from llmcore_tui.study.graded import graded_lines
    from llmcore_tui.study.plain.prose import Page

    ask = rubric.question[LANGUAGES.index(settings.language)]
    say(graded_lines(question.id, ask, rubric, found, Page(settings.language)))


def _as_json(question: InterviewQuestion, rubric: Rubric, found: Mark) -> dict[str, Any]:
    from llmcore_tui.study.graded import graded_as_json

    return {"question": question.id, "module": question.module, **graded_as_json(rubric, found)}


def _mark_rows(file: Path, marker: Literal["offline", "llm"], settings: Config) -> None:
    from llmcore_tui.cli.answer_input import is_standard_input, opened_file, standard_input
    from llmcore_tui.grading.batch import marked_rows
    from llmcore_tui.grading.choice import marker as the_marker

    is_piped = is_standard_input(file)
    name = "<stdin>" if is_piped else str(file)
    marks = the_marker(marker, settings)
    with standard_input() if is_piped else opened_file(file) as stream:
        lines = marked_rows(stream, name, marks, settings.language, says_who=marker == "llm")
        rows, bad = _print_each(lines)
    if bad:
        output.line(
            f"llmcore: {bad} of {rows} rows could not be marked; `error` on their lines says why.",
            file=sys.stderr,
        )
        raise typer.Exit(BAD_ROWS)


def _print_each(lines: Iterator[dict[str, Any]]) -> tuple[int, int]:
    """Print a line as soon as it is there; how many there were, and how many of them are errors."""
    rows = bad = 0
    for line in lines:
        rows += 1
        bad += "error" in line
        print(_one_line(line), flush=True)
    return rows, bad


def _one_line(value: dict[str, Any]) -> str:
    """JSON that says what it holds in any encoding, half characters included."""
    text = json_format.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return json_format.dumps(value, allow_nan=False)
    return text
