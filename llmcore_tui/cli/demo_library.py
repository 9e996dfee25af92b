"""The demos that `llmcore demo` can find: by name, or by the module that lists them; and where each may run."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from llmcore_tui import locations
from llmcore_tui.errors import InputError, UnknownName

if TYPE_CHECKING:
    from llmcore_tui.config import Config
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.lab.declaration import FlagValue
    from llmcore_tui.lab.demo import Demo
    from llmcore_tui.lab.run import Outcome, Runner


class DemoLibrary:
    """The learner's own decks go before the built-in one."""

    def __init__(self, settings: Config) -> None:
        from llmcore_tui.lab.library import Library

        self.settings = settings
        for folder in settings.decks:
            if not (folder / "demos").is_dir():
                raise InputError(f"There are no demos in {folder}: it has no folder demos.")
        self.demos = Library([*settings.decks, locations.builtin_deck()])

    @cached_property
    def deck(self) -> Deck:
        """The content of the decks; a demo can be shown whatever is wrong with the cards."""
        from llmcore_tui.content.deck import Deck

        folders = [locations.builtin_deck(), *self.settings.decks]
        with_cards = [folder for folder in folders if (folder / "cards").is_dir()]
        return Deck.open(with_cards, locations.cache_folder(), strict=False)

    def modules_of(self, name: str) -> list[str]:
        """The modules that list a demo."""
        return [str(module.id) for module in self.deck.modules().values() if name in module.demos]

    def resolve(self, name: str) -> tuple[Demo, list[str]]:
        """The demo that a demo's or a module's name means, and the module's other demos."""
        name = name.replace("-", "_")
        if name in self.demos.names():
            return self.demos.demo(name), []
        modules = {str(module.id): module for module in self.deck.modules().values()}
        if name not in modules:
            raise UnknownName("demo or module", name, sorted({*self.demos.names(), *modules}))
        written = [demo for demo in modules[name].demos if demo in self.demos.names()]
        if not written:
            raise InputError(
                f"The module {name} has no demo yet.", "`llmcore demo --list` shows those there are."
            )
        return self.demos.demo(written[0]), written[1:]

    def trust(self) -> list[Path]:
        """Let the demos of the learner's decks run from now on."""
        from llmcore_tui.lab.trust import trust

        if not self.settings.decks:
            raise InputError("There is no deck to trust.", "Name it: --trust --deck DIR.")
        for folder in self.settings.decks:
            trust(folder)
        return list(self.settings.decks)

    def ask_for_trust(self, demo: Demo) -> None:
        """Ask on a terminal whether a stranger's demo may run; elsewhere raise UntrustedDeck."""
        from llmcore_tui.lab.library import deck_of
        from llmcore_tui.lab.trust import is_trusted, require_trust, trust

        folder = deck_of(demo)
        if is_trusted(folder):
            return
        if sys.stdin.isatty() and sys.stderr.isatty():
            import typer

            question = f"The demos in {folder / 'demos'} are programs that are not part of llmcore. Run them?"
            if typer.confirm(question, default=False, err=True):
                trust(folder)
                return
        require_trust(folder)

    @contextlib.contextmanager
    def runner(self, demo: Demo) -> Iterator[Runner]:
        """Where the demo runs: here if it is our own, in a worker of its own if it is a stranger's."""
        from llmcore_tui.cli.progress_line import progress_line
        from llmcore_tui.lab.library import deck_of
        from llmcore_tui.lab.progress import listening
        from llmcore_tui.lab.trust import is_builtin

        with progress_line(demo.name) as on_progress:
            if is_builtin(deck_of(demo)):
                with listening(on_progress):
                    yield _quietly_here
                return
            from functools import partial

            from llmcore_tui.lab.worker import Worker

            seconds, memory_mb = self.settings.demo_seconds, self.settings.demo_memory_mb
            with Worker(deck_of(demo), seconds=seconds, memory_mb=memory_mb) as worker:
                yield partial(worker.outcome, on_progress=on_progress)


def _quietly_here(demo: Demo, settings: Mapping[str, FlagValue]) -> Outcome:
    """What a demo prints goes to standard error, so that `--json` stays JSON."""
    from llmcore_tui.lab.run import outcome_here

    with contextlib.redirect_stdout(sys.stderr):
        return outcome_here(demo, settings)
