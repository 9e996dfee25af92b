"""What studying needs open at once: settings, deck, log, and the way to the workers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Language
from llmcore_tui.study.order import use_deck
from llmcore_tui.study.session import Session
from llmcore_tui.study.workers import Workers

if TYPE_CHECKING:
    from llmcore_progress import Progress
    from llmcore_tui.config import Config, MarkerName
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.grading.mark import Marker
    from llmcore_tui.lab.run import Run
    from llmcore_tui.study.marking import Markers
    from llmcore_tui.study.runner import Runner
    from llmcore_tui.study.today import Today


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the learner asked of a session."""

    modules: tuple[str, ...] | None = None
    """None: all of them."""
    new: int | None = None
    """New cards that may be introduced today, in place of the setting."""
    limit: int | None = None
    """Cards in the session."""
    cram: bool = False
    """Ask whether due or not, and leave the schedule alone."""
    seed: int | None = None
    """Of draws and orders; None: another one each time."""

    @property
    def is_open(self) -> bool:
        """Whether the session is simply what is due today."""
        return self.modules is None and self.new is None and self.limit is None and not self.cram


@dataclass(frozen=True, slots=True)
class Opened:
    """An open deck and log, with the scheduler knowing the deck's cards."""

    config: Config
    deck: Deck
    progress: Progress
    now: Callable[[], datetime]

    def __post_init__(self) -> None:
        use_deck(self.progress, self.deck)

    def workers(self) -> Workers:
        """Workers for the demos of the open decks; nothing runs yet."""
        return Workers(self.config)

    def session(self, wishes: Wishes, *, runner: Runner | None = None) -> Session:
        """A session as the learner wants it; UnknownName for a module that is not there."""
        modules = None if wishes.modules is None else [self.deck.module(name).id for name in wishes.modules]
        return Session(
            self.deck,
            self.progress,
            now=self.now,
            seed=self.seed(wishes.seed),
            language=self.config.language,
            modules=modules,
            new=wishes.new,
            limit=wishes.limit,
            cram=wishes.cram,
            runner=runner,
            markers=self.markers(),
        )

    def markers(self) -> Markers:
        """What marks answers in words: offline at once, and a model where one is configured."""
        from llmcore_tui.study.marking import Markers

        model = partial(self._marker, "llm") if self.config.marker == "llm" else None
        return Markers(partial(self._marker, "offline"), model)

    def _marker(self, name: MarkerName) -> Marker:
        from llmcore_tui.grading.choice import marker

        return marker(name, self.config)

    def seed(self, wanted: int | None = None) -> int:
        """The seed that was asked for, or one of this moment."""
        return int(self.now().timestamp() * 1000) if wanted is None else wanted

    def today(self, language: Language | None = None) -> Today:
        """What Today shows."""
        from llmcore_tui.study.today import today

        return today(self.deck, self.progress, self.now(), language or self.config.language)

    def saw(self, run: Run) -> None:
        """Remember that the learner has seen these numbers of a demo: they are not unseen any more."""
        from llmcore_progress import Kind
        from llmcore_tui.study.record import lab_run

        self.progress.record(Kind.DEMO, run.demo.name, lab_run(run), self.now())
