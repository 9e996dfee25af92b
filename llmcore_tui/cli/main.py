"""The command line: one table of commands, each imported when it is invoked or asked for its own help.

`llmcore --help` reads only the table, so it costs Typer and nothing else.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group, get_install_completion_arguments

from llmcore_tui.cli import output
from llmcore_tui.cli.coercion import convert_only_what_is_given

PROGRAM = "llmcore"
COMPLETE = "_LLMCORE_COMPLETE"
CLOSED_PIPE = 0
"""Exit code when the reader of our output has left: it had what it wanted."""


@dataclass(frozen=True, slots=True)
class Row:
    """One command in the table; `llmcore_tui.cli.<module>` has its `app: typer.Typer`."""

    module: str
    help: str


COMMANDS = {
    "study": Row("study", "Study what is due: answer, predict, run it, rate yourself."),
    "quiz": Row("quiz", "Take a quiz; every number is marked by computing it."),
    "interview": Row("interview", "Sit a mock interview, marked by points, with a report."),
    "grade": Row("grade", "Mark an answer point by point, or a file of answers."),
    "demo": Row("demo", "Run a demo: its numbers, also with the idea off."),
    "brief": Row("brief", "Export interview notes with live numbers."),
    "plan": Row("plan", "Show the days and checkpoints; choose a plan and its start."),
    "map": Row("map", "Show the modules and what each requires."),
    "stats": Row("stats", "Show retention, forecast, predictions and streak."),
    "deck": Row("deck", "List, search, show, make and edit cards."),
    "check": Row("check", "Check the deck: schema, sources, claims, off switches."),
    "smoke": Row("smoke", "Run every demo once and report its numbers."),
    "doctor": Row("doctor", "Find what is wrong here, and say how to mend it."),
    "config": Row("config", "Show and change settings."),
    "log": Row("log", "Export, import and merge what you did."),
    "completion": Row("completion", "Print the completion script of your shell."),
}


class LazyCommand(TyperCommand):
    """Stands for a command by name and one line of help, and becomes the real one when it is entered."""

    def __init__(self, name: str, row: Row) -> None:
        super().__init__(name, help=row.help, short_help=row.help)
        self.row = row

    def make_context(self, info_name: str | None, args: list[str], **extra: Any) -> Any:  # type: ignore[override]  # Typer keeps its Context class to itself
        """The context of the real command, which invokes that command."""
        app: typer.Typer = import_module(f"llmcore_tui.cli.{self.row.module}").app
        app.rich_markup_mode = None
        app._add_completion = False
        command = get_command(app)
        command.name, command.help = self.name, command.help or self.row.help
        if isinstance(command, TyperGroup) and not command.invoke_without_command:
            args = args or ["--help"]
        return command.make_context(info_name, args, **extra)


def _show_version(asked: bool) -> None:
    if asked:
        output.line(f"{PROGRAM} {output.version()}")
        raise typer.Exit


def root(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Flashcards whose numbers you can run: prepare LLM, VLM and RLHF interviews in the terminal.

    Begin with `llmcore study`. `llmcore COMMAND --help` explains a command.
    """
    if context.invoked_subcommand is None:
        output.line(context.get_help())


def program() -> TyperGroup:
    """The whole command line with every command still unimported."""
    convert_only_what_is_given()
    app = typer.Typer(
        name=PROGRAM,
        add_completion=False,
        invoke_without_command=True,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback()(root)
    group = get_group(app)
    group.commands.update({name: LazyCommand(name, row) for name, row in COMMANDS.items()})
    return group


def complete(arguments: Sequence[str]) -> NoReturn:
    """Answer the shell, which asks through the environment: the script, or what a word can become."""
    get_install_completion_arguments()  # registers Typer's shells
    program().main(arguments, prog_name=PROGRAM, complete_var=COMPLETE)
    raise SystemExit(0)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and give its exit code; every error ends as one clear line."""
    output.survive_any_encoding()
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _exit_code(arguments)
    except BrokenPipeError:
        return CLOSED_PIPE
    finally:
        output.flush()


def _exit_code(arguments: list[str]) -> int:
    try:
        if COMPLETE in os.environ:
            complete(arguments)
        with program().make_context(PROGRAM, arguments) as context:
            context.command.invoke(context)
        sys.stdout.flush()
    except typer.Exit as ended:
        return ended.exit_code
    except BrokenPipeError:
        raise
    except (KeyboardInterrupt, EOFError, typer.Abort):
        return output.interrupted()
    except Exception as error:  # noqa: BLE001  the one edge where every error is shown
        return output.error(error, arguments)
    return 0
