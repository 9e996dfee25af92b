"""What a command opens: settings, deck and progress, with the flags of the command line applied."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from llmcore_tui import locations
from llmcore_tui.config import Config, load
from llmcore_tui.content.bilingual import Language

if TYPE_CHECKING:
    from llmcore_progress import Progress
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.study.opened import Opened


def now() -> datetime:
    """This moment, aware, in local time; the only clock that commands read."""
    return datetime.now().astimezone()


def config(
    *, lang: Language | None = None, decks: Sequence[Path] | None = None, plain: bool = False
) -> Config:
    """The settings: flag over environment over file over default."""
    settings = load(os.environ)
    return replace(
        settings,
        language=lang or settings.language,
        decks=tuple(decks) if decks else settings.decks,
        plain=plain or settings.plain or not _is_terminal(),
    )


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def deck(settings: Config) -> Deck:
    """The built-in deck with the learner's own beside it."""
    from llmcore_tui.content.deck import Deck

    return Deck.open([locations.builtin_deck(), *settings.decks], locations.cache_folder())


def progress(settings: Config, at: datetime) -> Progress:
    """The learner's progress; use it in a `with`."""
    from llmcore_progress import Progress, Settings

    return Progress.open(
        locations.log_file(),
        settings=Settings(
            retention=settings.retention,
            new_per_day=settings.new_per_day,
            reviews_per_day=settings.reviews_per_day,
            maximum_interval_days=settings.maximum_interval_days,
            load_balancing=settings.load_balancing,
            day_starts_at=settings.day_starts_at,
            leech_lapses=settings.leech_lapses,
            learning_steps=tuple(timedelta(minutes=minutes) for minutes in settings.learning_minutes),
            relearning_steps=tuple(timedelta(minutes=minutes) for minutes in settings.relearning_minutes),
        ),
        learner=settings.learner,
        now=at,
    )


@contextmanager
def desk(settings: Config) -> Iterator[Opened]:
    """Deck, progress and clock together: what studying, a quiz and an interview work on."""
    from llmcore_tui.study.opened import Opened

    with progress(settings, now()) as log:
        yield Opened(settings, deck(settings), log, now)
