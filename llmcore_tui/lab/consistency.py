"""Whether a demo's declaration agrees with itself: flags, off switch, anchors and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from llmcore_tui.errors import LlmcoreError, UnknownName
from llmcore_tui.lab.sentence import placeholders

if TYPE_CHECKING:
    from llmcore_tui.lab.demo import Demo

OPTIONS = frozenset(
    ("deck", "help", "json", "lang", "list", "no_plot", "off", "plot", "save", "source", "sweep", "trust")
)
"""What `llmcore demo` takes itself, so that no demo may."""


def contradictions(demo: Demo) -> Iterator[tuple[int, str]]:
    """Line and message of each contradiction."""
    yield from _flags(demo)
    yield from _off(demo)
    line = demo.lines.get("ANCHORS", 1)
    for anchor in demo.anchors:
        yield from _refused(demo, line, "ANCHORS", anchor.set)
        yield from _unknown_number(demo, line, "ANCHORS", anchor.number)
    yield from _says(demo)


def _flags(demo: Demo) -> Iterator[tuple[int, str]]:
    for flag in demo.flags:
        if flag.name in OPTIONS:
            yield flag.line, f"{flag.option} is an option of `llmcore demo` itself."
        if flag.name in demo.numbers:
            yield flag.line, f"{flag.name} is a flag and a number."
        yield from _refused(demo, flag.line, f"default of {flag.option}", {flag.name: flag.default})
        for name, values in flag.live.items():
            for value in values:
                yield from _refused(demo, flag.line, f"live of {flag.option}", {name: value})


def _off(demo: Demo) -> Iterator[tuple[int, str]]:
    line, off = demo.lines.get("OFF", 1), demo.off
    for key in off.moves:
        yield from _unknown_number(demo, line, "OFF", key)
    if not off.set and not off.why_none:
        yield line, "OFF: empty; write Off.none(why) where there is no idea to remove."
    if off.set and not off.moves:
        yield line, "OFF: no number is said to move; name one in `moves`."
    refusals = list(_refused(demo, line, "OFF", off.set))
    yield from refusals
    if off.set and not refusals and demo.settings(off.set) == demo.settings():
        yield line, "OFF: the defaults are the off switch; choose defaults that show the idea."


def _says(demo: Demo) -> Iterator[tuple[int, str]]:
    line = demo.lines.get("SAYS", 1)
    known = {flag.name for flag in demo.flags} | set(demo.numbers)
    for sentence in demo.says.values():
        for text in (sentence.en, sentence.zh):
            try:
                names = placeholders(text)
            except LlmcoreError as error:
                yield line, f"SAYS: {error}"
            else:
                for name in sorted(names - known):
                    yield line, f"SAYS: {{{name}}} is neither a flag nor a number of {demo.name}."


def _refused(demo: Demo, line: int, where: str, given: Mapping[str, object]) -> Iterator[tuple[int, str]]:
    try:
        demo.settings(given)
    except LlmcoreError as error:
        yield line, f"{where}: {error}"


def _unknown_number(demo: Demo, line: int, where: str, key: str) -> Iterator[tuple[int, str]]:
    try:
        demo.number(key)
    except UnknownName as error:
        yield line, f"{where}: {error}"
