"""Running a demo over many values of one flag, and the curves that come of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from llmcore_tui.errors import DemoError
from llmcore_tui.lab.declaration import FlagValue
from llmcore_tui.lab.demo import Demo
from llmcore_tui.lab.flag import FlagSpec
from llmcore_tui.lab.proof import point
from llmcore_tui.lab.result import Series, Value
from llmcore_tui.lab.run import Runner


@dataclass(frozen=True, slots=True)
class Swept:
    """The numbers at one value of the flag."""

    value: FlagValue
    numbers: Mapping[str, Value]
    seconds: float = 0.0
    problem: str = ""
    """Why there are no numbers, where the demo refused this value."""


def sweep(
    demo: Demo, settings: Mapping[str, FlagValue], flag: FlagSpec, values: Sequence[FlagValue], runner: Runner
) -> Iterator[Swept]:
    """A row for each value; one that the demo refuses is a row with its reason."""
    for value in values:
        try:
            outcome = runner(demo, {**settings, flag.name: value})
        except DemoError as error:
            yield Swept(value, {}, problem=error.message)
        else:
            yield Swept(value, outcome.result.numbers, outcome.seconds)


def curves(demo: Demo, flag: FlagSpec, rows: Sequence[Swept]) -> list[Series]:
    """One curve for each number that moves with the flag, the ones that the off switch moves first.

    Only numbers can be drawn: for a flag of words there is no curve.
    """
    order = [*demo.off.moves, *(key for key in demo.numbers if key not in demo.off.moves)]
    found = [_curve(demo, flag, key, rows) for key in order]
    return [series for series in found if len(series.x) > 1 and len(set(series.y)) > 1]


def _curve(demo: Demo, flag: FlagSpec, key: str, rows: Sequence[Swept]) -> Series:
    points = [
        (float(row.value), number)
        for row in rows
        if isinstance(row.value, int | float) and not isinstance(row.value, bool)
        if key in row.numbers and (number := point(row.numbers[key])) is not None
    ]
    name = demo.numbers[key]
    unit = f" ({name.unit})" if name.unit else ""
    return Series(name.en, name.zh, [x for x, _ in points], [y for _, y in points], flag.name, f"{key}{unit}")
