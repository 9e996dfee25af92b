"""Every demo once at its defaults, on and off: a report that says which run and what they gave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from llmcore_tui.errors import LlmcoreError
from llmcore_tui.lab.bench import Bench
from llmcore_tui.lab.library import deck_of
from llmcore_tui.lab.run import Run, run_with_off


@dataclass(frozen=True, slots=True)
class Smoke:
    """How one demo did."""

    name: str
    run: Run | None
    """None where it failed."""
    problem: str = ""


def smoke(bench: Bench, names: Sequence[str], on_step: Callable[[str, int, int], None]) -> Iterator[Smoke]:
    """Run each demo in a child of its own, never out of the cache."""
    for done, name in enumerate(names, start=1):
        try:
            demo = bench.library.demo(name)
            run = run_with_off(demo, runner=bench.worker(deck_of(demo)).outcome)
        except LlmcoreError as error:
            yield Smoke(name, None, str(error))
        else:
            yield Smoke(name, run)
        on_step(name, done, len(names))
