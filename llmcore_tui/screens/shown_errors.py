"""The edge at which a screen shows an error: one line that says what to do, and the learner goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from llmcore_progress import ProgressError
from llmcore_tui.errors import LlmcoreError

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import Screen

SECONDS = 15.0


@contextmanager
def shown_errors(place: App[None] | Screen[None]) -> Iterator[None]:
    """Show what the log or the core refuses inside the block, a full disk among it, and leave the block."""
    try:
        yield
    except (LlmcoreError, ProgressError) as error:
        text = f"{error.message} {error.hint}".rstrip()
        place.notify(text, severity="error", timeout=SECONDS, markup=False)
