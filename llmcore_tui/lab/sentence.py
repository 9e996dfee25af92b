"""The sentence of what was seen: text with `{lam}` and `{std:.2f}` outside its `$formulas$`."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.errors import DemoError
from llmcore_tui.lab.declaration import FlagValue

if TYPE_CHECKING:
    from llmcore_tui.lab.result import Value

_FORMULA = re.compile(r"\$[^$]+\$")
_NOT_REACHED = Bilingual("not reached", "未达到")
_NOT_COMPUTED = Bilingual("not computed", "未计算")


def placeholders(text: str) -> set[str]:
    """The names in braces outside formulas; DemoError where the braces do not match."""
    return {
        name for piece, is_formula in _pieces(text) if not is_formula for _, name, _ in _fields(piece) if name
    }


def fill(sentence: Bilingual, settings: Mapping[str, FlagValue], numbers: Mapping[str, Value]) -> Bilingual:
    """The sentence with flags and numbers in their places; a number that was not computed is said in words."""
    return Bilingual(_fill(sentence.en, settings, numbers, "en"), _fill(sentence.zh, settings, numbers, "zh"))


def _fill(
    text: str, settings: Mapping[str, FlagValue], numbers: Mapping[str, Value], language: Language
) -> str:
    from llmcore_tui.lab.result import Estimate, NotReached, NotRun

    def shown(name: str, spec: str) -> str:
        value = numbers[name] if name in numbers else settings[name]
        if isinstance(value, NotReached | NotRun):
            return (_NOT_REACHED if isinstance(value, NotReached) else _NOT_COMPUTED).of(language)
        if isinstance(value, tuple):
            return ", ".join(f"{item:{spec or 'g'}}" for item in value)
        if isinstance(value, Estimate):
            value = value.value
        if isinstance(value, float) and not spec:
            spec = "g"
        try:
            return format(value, spec)
        except ValueError as error:
            raise DemoError(f"SAYS: {{{name}:{spec}}} cannot show {value!r}: {error}.") from None

    filled: list[str] = []
    for piece, is_formula in _pieces(text):
        if is_formula:
            filled.append(piece)
            continue
        for literal, name, spec in _fields(piece):
            filled.append(literal)
            if name:
                filled.append(shown(name, spec))
    return "".join(filled)


def _pieces(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is a formula, whose braces are LaTeX's."""
    pieces: list[tuple[str, bool]] = []
    start = 0
    for match in _FORMULA.finditer(text):
        pieces += [(text[start : match.start()], False), (match.group(), True)]
        start = match.end()
    return [*pieces, (text[start:], False)]


def _fields(text: str) -> list[tuple[str, str | None, str]]:
    try:
        fields = list(string.Formatter().parse(text))
    except ValueError as error:
        raise DemoError(f"{text!r}: {error}.") from None
    for _, name, spec, conversion in fields:
        if name is not None and (not name.isidentifier() or conversion or "{" in (spec or "")):
            raise DemoError(f"{text!r}: {{{name}}} is not a plain name with a format.")
    return [(literal, name, spec or "") for literal, name, spec, _ in fields]
