"""`llmcore completion`: the script that lets a shell complete commands and options."""

from __future__ import annotations

import os
from typing import Annotated, Literal

import typer

app = typer.Typer()


@app.command()
def completion(
    shell: Annotated[Literal["bash", "zsh", "fish"], typer.Argument(help="Your shell.", show_default=False)],
) -> None:
    """Print the completion script of a shell.

    bash: put  eval "$(llmcore completion bash)"  into ~/.bashrc

    zsh: put  eval "$(llmcore completion zsh)"  into ~/.zshrc, after compinit

    fish: llmcore completion fish > ~/.config/fish/completions/llmcore.fish
    """
    from llmcore_tui.cli.main import COMPLETE, complete

    os.environ[COMPLETE] = f"source_{shell}"
    complete([])
