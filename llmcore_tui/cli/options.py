"""The options that several commands share, so that they are named and explained once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from llmcore_tui.content.bilingual import Language

Json = Annotated[bool, typer.Option("--json", help="Print JSON (docs/json.md) in place of text.")]
Lang = Annotated[Language | None, typer.Option("--lang", help="Language of cards and texts.")]
Decks = Annotated[
    list[Path] | None,
    typer.Option("--deck", metavar="DIR", help="A deck of your own beside the built-in one; repeatable."),
]
Plain = Annotated[bool, typer.Option("--plain", help="Line by line, for screen readers and scripts.")]
