"""Numbers of cards: computed from demos, written in their format, and drawn anew for generated questions."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from llmcore_tui.content.claim import Computed, DemoLink, Quoted, Range, ResultSpec, Setting, Slot, Spread
from llmcore_tui.content.lock import LockedNumber
from llmcore_tui.errors import DemoError
from llmcore_tui.lab.declaration import FlagValue
from llmcore_tui.lab.demo import Demo
from llmcore_tui.lab.proof import point, said, shown, standard_error
from llmcore_tui.lab.run import Runner

FindDemo = Callable[[str], Demo]
MOST_CORNERS = 64

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class NoNumberError(DemoError):
    """A run ended well without the number that was asked for: not reached, or not run under these flags."""


@dataclass(frozen=True, slots=True)
class Computation:
    """A slot's value as the demo gives it now."""

    value: float
    error: float
    """Standard error, carried through a ratio or a difference as if its parts were independent; 0 for exact numbers."""
    demo: Demo
    set: Mapping[str, FlagValue]
    """The settings of the slot that differ from the demo's defaults."""


def compute(slot: Computed, find: FindDemo, runner: Runner) -> Computation:
    """The slot's number: with `set`, or with the idea off; less the number under `minus`, over that under `over`.

    DemoError where the demo refuses the settings, does not reach the number, or would be divided by zero.
    """
    demo = find(slot.demo)
    demo.number(slot.key)
    settings = demo.settings(slot.set)
    main = settings
    if slot.off:
        off = demo.off_settings(settings)
        if off is None:
            raise DemoError(f"{demo.name} has no off switch.", demo.off.why_none)
        main = off
    value, error = _run(demo, slot.key, main, runner)
    if slot.minus is not None:
        less, less_error = _run(demo, slot.key, demo.settings({**settings, **slot.minus}), runner)
        value, error = value - less, math.hypot(error, less_error)
    if slot.over is not None:
        base, base_error = _run(demo, slot.key, demo.settings({**settings, **slot.over}), runner)
        if base == 0:
            raise DemoError(
                f"{demo.name}: {slot.key} is 0 at {shown(slot.over)}, and nothing can be over it."
            )
        error = math.hypot(error / base, value * base_error / base**2)
        value /= base
    return Computation(value, error, demo, demo.changed(settings))


def compute_link(link: DemoLink, find: FindDemo, runner: Runner, *, off: bool) -> Computation:
    """The number that a card's `demo` asks to predict, with the idea on or off."""
    demo = find(link.name)
    if link.predict is None:
        raise DemoError(f"{demo.name}: no number is named to predict.")
    demo.number(link.predict)
    settings = demo.settings(link.set)
    used = (demo.off_settings(settings) or settings) if off else settings
    return Computation(*_run(demo, link.predict, used, runner), demo, demo.changed(settings))


def compute_result(
    result: ResultSpec, drawn: Mapping[str, Setting], find: FindDemo, runner: Runner
) -> Computation:
    """The right answer of a generated question: the demo's number with the drawn values merged over `set`."""
    demo = find(result.demo)
    demo.number(result.key)
    settings = demo.settings({**result.set, **drawn})
    return Computation(*_run(demo, result.key, settings, runner), demo, demo.changed(settings))


def written(value: float, spec: str = "") -> str:
    """The number by a Python format; without one, whole numbers in full and others in four significant digits."""
    if not spec:
        spec = ",.0f" if float(value).is_integer() and abs(value) < 1e15 else ".4g"
    try:
        text = format(value, spec)
    except ValueError:
        # `d` and its like take whole numbers only.
        text = format(round(value), spec)
    mantissa, has_power, power = text.partition("e")
    if not any(digit in mantissa for digit in "123456789"):
        mantissa = mantissa.removeprefix("-")
    return f"{mantissa} × 10{str(int(power)).translate(_SUPERSCRIPTS)}" if has_power else mantissa


def shown_slot(slot: Slot, locked: LockedNumber | None) -> str | None:
    """What stands in the text for a slot; None for a computed one that is not in the lock."""
    if isinstance(slot, Quoted):
        return written(slot.quote, slot.format)
    return None if locked is None else written(locked.value, slot.format)


def shown_result(result: ResultSpec, value: float) -> str:
    """What stands in the text for `{result}`."""
    return written(value, result.format)


def draw(vary: Mapping[str, Spread], seed: int | str) -> dict[str, Setting]:
    """One value of each spread; the same for a seed on every machine, whatever else is varied beside it."""
    return {name: _pick(values(spread), f"{seed}/{name}") for name, spread in vary.items()}


def values(spread: Spread) -> tuple[Setting, ...]:
    """All values that may be drawn."""
    return spread.values() if isinstance(spread, Range) else spread


def corners(vary: Mapping[str, Spread]) -> Iterator[dict[str, Setting]]:
    """Draws at the ends of the ranges and with each value of the lists, in all combinations up to a limit."""
    ends = [_ends(values(spread)) if isinstance(spread, Range) else spread for spread in vary.values()]
    for combination in itertools.islice(itertools.product(*ends), MOST_CORNERS):
        yield dict(zip(vary, combination, strict=True))


def _run(demo: Demo, key: str, settings: Mapping[str, FlagValue], runner: Runner) -> tuple[float, float]:
    value = runner(demo, settings).result.numbers[key]
    number = point(value)
    if number is None:
        raise NoNumberError(f"{demo.name}: {key} at {shown(demo.changed(settings))} is {said(value)}.")
    return number, standard_error(value)


def _pick(choices: tuple[Setting, ...], seed: str) -> Setting:
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")
    return choices[number % len(choices)]


def _ends(choices: tuple[Setting, ...]) -> tuple[Setting, ...]:
    return tuple(dict.fromkeys((choices[0], choices[-1])))
