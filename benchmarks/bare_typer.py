"""A Typer app with as many commands as llmcore has, imported lazily by the same means, and nothing else."""

from __future__ import annotations

from typing import Annotated

import typer
from typer.core import TyperCommand
from typer.main import get_group

NAMES = (
    "study",
    "quiz",
    "demo",
    "brief",
    "plan",
    "map",
    "stats",
    "deck",
    "check",
    "smoke",
    "doctor",
    "config",
    "log",
    "completion",
)


def root(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    """A program with many commands."""


def main() -> None:
    """Show the help of the commands in the table."""
    app = typer.Typer(name="bare", add_completion=False, invoke_without_command=True, rich_markup_mode=None)
    app.callback()(root)
    group = get_group(app)
    group.commands.update({name: TyperCommand(name, help=f"The command {name}.") for name in NAMES})
    group.main()


if __name__ == "__main__":
    main()
