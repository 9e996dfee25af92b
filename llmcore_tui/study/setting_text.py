"""A demo's settings in a line: `lam = 0.95, slippery = yes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual, Language

if TYPE_CHECKING:
    from llmcore_tui.content.claim import Setting
    from llmcore_tui.lab.demo import Demo

_DEFAULTS = Bilingual("at the demo's defaults", "取演示的默认参数")
_AT = Bilingual("at {set}", "取 {set}")
_LARGE = 10_000
_YES, _NO = Bilingual("yes", "是"), Bilingual("no", "否")


def setting_text(settings: Mapping[str, Setting], language: Language) -> str:
    """The settings as the end of a sentence: `at lam = 0.95`, or that they are the demo's own."""
    if not settings:
        return _DEFAULTS.of(language)
    return _AT.of(language).format(set=listed(settings, language))


def listed(settings: Mapping[str, Setting], language: Language) -> str:
    """The settings one after the other: `lam = 0.95, gamma = 1`."""
    return ", ".join(f"{name} = {value_text(value, language)}" for name, value in settings.items())


def value_text(value: Setting, language: Language) -> str:
    """One value as a reader sees it, and as `llmcore demo` would take it where it is a number or a word."""
    match value:
        case bool():
            return (_YES if value else _NO).of(language)
        case float():
            return f"{value:.12g}"
        case tuple():
            return ",".join(f"{item:.12g}" for item in value)
        case _:
            return str(value)


def drawn_text(value: Setting, language: Language) -> str:
    """A drawn value in a sentence: as `value_text`, a large whole number with its thousands apart."""
    is_large = isinstance(value, int | float) and abs(value) >= _LARGE and float(value).is_integer()
    return f"{value:,.0f}" if is_large else value_text(value, language)


def command(demo: Demo, settings: Mapping[str, Setting]) -> str:
    """How to run the demo with these flags: `llmcore demo gae --lam 0.5 --no-reward-to-go`."""
    words = ["llmcore demo", demo.name]
    for name, value in demo.changed(demo.settings(settings)).items():
        option = name.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{option}" if value else f"--no-{option}")
        else:
            words.append(f"--{option} {value_text(value, 'en')}")
    return " ".join(words)
