"""A flag of a demo: its type, what it accepts, and how it is typed on the command line."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.errors import DemoError
from llmcore_tui.lab.declaration import FlagValue

FlagType = Literal["float", "int", "bool", "str", "choice", "floats"]
_TRUE = {"true", "yes", "on", "1"}
_FALSE = {"false", "no", "off", "0"}


@dataclass(frozen=True, slots=True)
class FlagSpec:
    """One parameter of a demo's `run`."""

    name: str
    type: FlagType
    default: FlagValue
    help: Bilingual
    choices: tuple[FlagValue, ...] = ()
    """All that a `choice` accepts; the words that a number accepts besides, such as `mc`."""
    low: float | None = None
    high: float | None = None
    live: Mapping[str, tuple[FlagValue, ...]] = field(default_factory=dict)
    """The settings of other flags in which this one has an effect; empty: always."""
    line: int = 0

    @property
    def option(self) -> str:
        """As it is typed: `--reward-to-go`."""
        return "--" + self.name.replace("_", "-")

    @property
    def accepts(self) -> str:
        """Its type in a word or two: `float`, `int or mc`, `rms|layer`."""
        words = "|".join(str(choice) for choice in self.choices)
        if self.type == "choice":
            return words
        plain = {"floats": "float,float,…"}.get(self.type, self.type)
        return f"{plain} or {words}" if words else plain

    def is_live(self, settings: Mapping[str, FlagValue]) -> bool:
        """Whether the flag has an effect under these settings of the others."""
        return all(settings.get(name) in values for name, values in self.live.items())

    def value(self, given: object) -> FlagValue:
        """A value from YAML, JSON or Python in this flag's own type; DemoError where it does not fit."""
        for choice in self.choices:
            if choice == given and isinstance(choice, bool) == isinstance(given, bool):
                return choice
        match self.type, given:
            case "bool", bool():
                return given
            case "str", str():
                return given
            case "int" | "float", bool():
                pass
            case "int", int():
                return int(self._in_range(given))
            case "int", float() if given.is_integer():
                return int(self._in_range(given))
            case "float", int() | float():
                return self._in_range(float(given))
            case "floats", list() | tuple() if given:
                return tuple(self._in_range(self._number(item, given)) for item in given)
        raise self._refusal(given)

    def parse(self, text: str) -> FlagValue:
        """The value typed on the command line; DemoError where it does not fit."""
        text = text.strip()
        for choice in self.choices:
            if str(choice) == text:
                return choice
        try:
            match self.type:
                case "bool" if text.lower() in _TRUE | _FALSE:
                    return text.lower() in _TRUE
                case "str":
                    return text
                case "int" | "float":
                    return self.value(_number(text))
                case "floats":
                    return self.value([_number(item) for item in text.split(",")])
        except ValueError:
            pass
        raise self._refusal(text)

    def arguments(self, value: FlagValue) -> tuple[str, ...]:
        """How the value is typed: `("--lam", "0.5")`, `("--no-slippery",)`."""
        if self.type == "bool":
            return (self.option if value else self.option.replace("--", "--no-", 1),)
        if isinstance(value, tuple):
            return (f"{self.option}={','.join(repr(item) for item in value)}",)
        if isinstance(value, str):
            return (f"{self.option}={value}",)
        return (self.option, str(value)) if value >= 0 else (f"{self.option}={value}",)

    def _number(self, item: object, given: Sequence[object]) -> float:
        if isinstance(item, bool) or not isinstance(item, int | float):
            raise self._refusal(given)
        return float(item)

    def _in_range(self, number: float) -> float:
        if not math.isfinite(number):
            raise self._refusal(number)
        low, high = self.low, self.high
        if (low is None or number >= low) and (high is None or number <= high):
            return number
        if low is not None and high is not None:
            limits = f"between {low:g} and {high:g}"
        else:
            limits = f"at least {low:g}" if low is not None else f"at most {high:g}"
        raise DemoError(f"{self.option} must be {limits}, not {number:g}.")

    def _refusal(self, given: object) -> DemoError:
        if self.type == "choice":
            from llmcore_tui.errors import UnknownName

            near = UnknownName("choice", str(given), [str(choice) for choice in self.choices]).hint
            return DemoError(f"{self.option} is one of {self.accepts}, not {str(given)!r}.", near)
        wanted = {
            "float": "a number",
            "int": "a whole number",
            "bool": "true or false",
            "str": "a text",
            "floats": "numbers with commas between them",
        }[self.type]
        words = "".join(f" or {choice}" for choice in self.choices)
        return DemoError(f"{self.option} takes {wanted}{words}, not {str(given)!r}.")


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)
