"""What a demo proves about itself: anchors hold, the off switch moves its numbers, every flag has an effect."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmcore_tui.errors import DemoError, LlmcoreError
from llmcore_tui.lab.declaration import Anchor, Direction, FlagValue
from llmcore_tui.lab.demo import Demo
from llmcore_tui.lab.flag import FlagSpec
from llmcore_tui.lab.result import Estimate, NotReached, NotRun, Value

if TYPE_CHECKING:
    from llmcore_tui.lab.run import Runner

NOISE_ERRORS = 2.0
"""A statistical number has moved when the difference is at least this many standard errors of it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that a demo does not prove."""

    key: str
    """`ANCHORS`, `OFF`, or the flag."""
    line: int
    message: str


def point(value: Value) -> float | None:
    """The number without its error; None where it was not reached or not run."""
    if isinstance(value, Estimate):
        return value.value
    return value if isinstance(value, float) else None


def standard_error(value: Value) -> float:
    """The standard error of an estimate, 0 for every other number."""
    return value.error if isinstance(value, Estimate) else 0.0


def failures(demo: Demo, runner: Runner) -> Iterator[Failure]:
    """All that a demo does not prove; each message says what was expected and what came."""
    for anchor in demo.anchors:
        if message := anchor_failure(demo, anchor, runner):
            yield Failure("ANCHORS", demo.lines.get("ANCHORS", 1), message)
    for message in off_failures(demo, runner):
        yield Failure("OFF", demo.lines.get("OFF", 1), message)
    for flag in demo.flags:
        if message := flag_failure(demo, flag, runner):
            yield Failure(flag.name, flag.line, message)


def anchor_failure(demo: Demo, anchor: Anchor, runner: Runner) -> str:
    """Why the demo does not reproduce a published value, or nothing."""
    try:
        value = runner(demo, demo.settings(anchor.set)).result.numbers[anchor.number]
    except LlmcoreError as error:
        return f"{anchor.number} at {shown(anchor.set)}: {error}"
    number = point(value)
    if number is not None and abs(number - anchor.value) <= anchor.within:
        return ""
    return f"{anchor.number} at {shown(anchor.set)} is {said(value)}, not {anchor.value:g} ± {anchor.within:g} ({anchor.source})."


def off_failures(demo: Demo, runner: Runner) -> Iterator[str]:
    """Each number that the off switch does not move the declared way at the defaults."""
    on_set = demo.settings()
    off_set = demo.off_settings(on_set)
    if off_set is None:
        return
    try:
        on, off = (runner(demo, settings).result.numbers for settings in (on_set, off_set))
    except LlmcoreError as error:
        yield str(error)
        return
    for key, direction in demo.off.moves.items():
        if not has_moved(on[key], off[key], direction):
            yield f"{key} should move {direction}, but is {said(on[key])} on and {said(off[key])} off."


def has_moved(on: Value, off: Value, direction: Direction) -> bool:
    """Whether a number moved the declared way, by more than its noise; one no longer reached has moved up."""
    before, after = point(on), point(off)
    if before is None or after is None:
        return before is not None and isinstance(off, NotReached) and direction != "down"
    noise = NOISE_ERRORS * math.hypot(standard_error(on), standard_error(off))
    least = max(noise, 1e-9 * max(abs(before), abs(after)))
    difference = after - before
    return {"up": difference > least, "down": -difference > least, "changes": abs(difference) > least}[
        direction
    ]


def flag_failure(demo: Demo, flag: FlagSpec, runner: Runner) -> str:
    """Why a flag seems to have no effect on any number in the settings where it is live, or nothing."""
    refusals: list[str] = []
    tried: list[str] = []
    for base in live_settings(demo, flag):
        for value in neighbours(demo, flag, base[flag.name]):
            try:
                before = runner(demo, base).result.numbers
                after = runner(demo, {**base, flag.name: value}).result.numbers
            except DemoError as error:
                refusals.append(str(error))
                continue
            tried.append(str(value))
            if before != after:
                return ""
    if tried:
        return f"{flag.option} changes no number (tried {', '.join(tried)}); name in `live` the settings where it does."
    return f"{flag.option} could not be moved: {refusals[0] if refusals else 'no second value is known'}"


def live_settings(demo: Demo, flag: FlagSpec) -> Iterator[dict[str, FlagValue]]:
    """The defaults, where the flag is live there; else the defaults moved to where it is."""
    defaults = demo.settings()
    if flag.is_live(defaults):
        yield defaults
        return
    for values in itertools.islice(itertools.product(*flag.live.values()), 8):
        yield demo.settings(dict(zip(flag.live, values, strict=True)))


def neighbours(demo: Demo, flag: FlagSpec, value: FlagValue) -> list[FlagValue]:
    """Other values of a flag to try, the cheap and near ones first."""
    candidates: list[object] = []
    match flag.type:
        case "bool":
            candidates = [not value]
        case "int" | "float" if isinstance(value, int | float):
            candidates = [value / 2, value + 1, value - 1, value * 2, flag.low, flag.high]
            if flag.type == "int":
                candidates = [math.floor(number) for number in candidates if isinstance(number, int | float)]
        case "int" | "float":
            candidates = [1, 2, flag.low, flag.high]
        case "floats" if isinstance(value, tuple):
            candidates = [
                (value[0] / 2, *value[1:]),
                (value[0] + 1, *value[1:]),
                value[:-1],
                (*value, value[-1]),
            ]
    candidates += [*flag.choices, *known_values(demo, flag)]
    found: list[FlagValue] = []
    for candidate in candidates:
        try:
            fitting = flag.value(candidate)
        except DemoError:
            continue
        if fitting != value and fitting not in found:
            found.append(fitting)
    return found


def known_values(demo: Demo, flag: FlagSpec) -> list[FlagValue]:
    """Values of a flag that the demo itself names, in its off switch and its anchors."""
    settings: list[Mapping[str, FlagValue]] = [demo.off.set, *(anchor.set for anchor in demo.anchors)]
    return [named[flag.name] for named in settings if flag.name in named]


def shown(settings: Mapping[str, FlagValue]) -> str:
    """Settings in a few words: `lam=0, gamma=0.9`."""
    return ", ".join(f"{name}={value}" for name, value in settings.items()) or "the defaults"


def said(value: Value) -> str:
    """A number in a message."""
    match value:
        case Estimate():
            return f"{value.value:.10g} ± {value.error:.2g}"
        case NotReached():
            return f"not reached ({value.budget})"
        case NotRun():
            return f"not run ({value.why})"
    return f"{value:.10g}"
