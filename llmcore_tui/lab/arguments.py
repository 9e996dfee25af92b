"""A demo's flags as they are typed: `--lam 0.95 --no-slippery`, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from llmcore_tui.errors import DemoError, InputError, UnknownName
from llmcore_tui.lab.declaration import FlagValue
from llmcore_tui.lab.demo import Demo
from llmcore_tui.lab.flag import FlagSpec

MOST_STEPS = 10_000
"""More values than a sweep of a demo can sensibly have."""


def parse_flags(demo: Demo, argv: Sequence[str]) -> dict[str, FlagValue]:
    """The flags that were typed, by name, without the defaults; the last one holds where one is given twice.

    Raises UnknownName with the nearest flags, InputError for a missing value, DemoError for one that does not fit.
    """
    given: dict[str, FlagValue] = {}
    words = iter(argv)
    for word in words:
        if not word.startswith("--") or word == "--":
            raise InputError(
                f"{demo.name}: {word!r} is not a flag.", f"`llmcore demo {demo.name} --help` lists them."
            )
        option, equals, text = word.partition("=")
        flag, negated = _flag(demo, option)
        if flag.type == "bool" and not equals:
            given[flag.name] = not negated
            continue
        if not equals:
            following = next(words, None)
            if following is None:
                raise InputError(f"{demo.name}: {option} needs a value, {flag.accepts}.")
            text = following
        given[flag.name] = _parsed(demo, flag, text)
    return given


def parse_values(demo: Demo, flag: FlagSpec, text: str) -> list[FlagValue]:
    """The values of a sweep: `0:1:0.05` with both ends, or `8,16,32`; DemoError where one does not fit."""
    if flag.type in ("int", "float") and text.count(":") == 2:
        return [_parsed(demo, flag, value) for value in _steps(demo, flag, text)]
    separator = ";" if flag.type == "floats" else ","
    return [_parsed(demo, flag, value) for value in text.split(separator)]


def type_flags(demo: Demo, settings: Mapping[str, FlagValue]) -> list[str]:
    """The settings as they would be typed."""
    return [
        word for flag in demo.flags if flag.name in settings for word in flag.arguments(settings[flag.name])
    ]


def _flag(demo: Demo, option: str) -> tuple[FlagSpec, bool]:
    by_option = {flag.option: (flag, False) for flag in demo.flags}
    by_option |= {f"--no-{flag.option[2:]}": (flag, True) for flag in demo.flags if flag.type == "bool"}
    option = option.replace("_", "-")
    if option not in by_option:
        raise UnknownName(f"flag of {demo.name}", option, by_option)
    return by_option[option]


def _parsed(demo: Demo, flag: FlagSpec, text: str) -> FlagValue:
    try:
        return flag.parse(text)
    except DemoError as error:
        raise DemoError(f"{demo.name}: {error.message}", error.hint) from None


def _steps(demo: Demo, flag: FlagSpec, text: str) -> list[str]:
    """Decimal arithmetic, so that `0:1:0.05` holds 0.15 and not 0.15000000000000002."""
    from decimal import Decimal, InvalidOperation

    refusal = InputError(f"{demo.name}: {flag.option}={text} is not LOW:HIGH:STEP, such as 0:1:0.05.")
    try:
        low, high, step = (Decimal(part) for part in text.split(":"))
        count = int((high - low) / step) if step > 0 and high >= low else -1
    except (InvalidOperation, ValueError, OverflowError):
        raise refusal from None
    if not 0 <= count <= MOST_STEPS:
        raise refusal
    return [str(low + index * step) for index in range(count + 1)]
