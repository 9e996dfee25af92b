"""What a setting may be, read from a word of the command line or the environment, or from TOML.

Every rule raises ValueError where the value is not allowed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol


class Rule(Protocol):
    """Reads one setting, and says in `allowed` what it may be."""

    @property
    def allowed(self) -> str: ...

    def from_text(self, text: str) -> Any:
        """The value of a word."""

    def from_toml(self, value: object) -> Any:
        """The value of what TOML says."""


class Choice(NamedTuple):
    """One of a few words."""

    words: tuple[str, ...]

    @property
    def allowed(self) -> str:
        return " or ".join(self.words)

    def from_text(self, text: str) -> str:
        return self.from_toml(text.strip())

    def from_toml(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise ValueError
        return value


class Number(NamedTuple):
    """A number between two bounds, both allowed."""

    low: float
    high: float
    whole: bool = False

    @property
    def allowed(self) -> str:
        return f"a {'whole ' if self.whole else ''}number from {self.low:,} to {self.high:,}"

    def from_text(self, text: str) -> float:
        return self.from_toml(int(text) if self.whole else float(text))

    def from_toml(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            raise ValueError
        if not (math.isfinite(value) and self.low <= value <= self.high):
            raise ValueError
        return value


class Switch(NamedTuple):
    """Yes or no."""

    allowed: str = "true or false"

    def from_text(self, text: str) -> bool:
        words = {
            "true": True,
            "yes": True,
            "on": True,
            "1": True,
            "false": False,
            "no": False,
            "off": False,
            "0": False,
        }
        if text.strip().lower() not in words:
            raise ValueError
        return words[text.strip().lower()]

    def from_toml(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError
        return value


class Text(NamedTuple):
    """Any text on one line."""

    allowed: str = "text on one line, not empty"
    may_be_empty: bool = False

    def from_text(self, text: str) -> str:
        return self.from_toml(text)

    def from_toml(self, value: object) -> str:
        if not isinstance(value, str) or not value.isprintable():
            raise ValueError
        if not value.strip() and not self.may_be_empty:
            raise ValueError
        return value


class WebAddress(NamedTuple):
    """Where a server is, or nothing; without a password, since it is shown."""

    allowed: str = "an address like http://localhost:8000/v1, without user name, password, ? and #; or empty"

    def from_text(self, text: str) -> str:
        return self.from_toml(text.strip())

    def from_toml(self, value: object) -> str:
        from urllib.parse import urlsplit

        if value == "":
            return ""
        if not isinstance(value, str) or not value.isascii() or not value.isprintable() or " " in value:
            raise ValueError
        parts = urlsplit(value)  # raises ValueError itself for brackets that do not match
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            raise ValueError
        if "@" in parts.netloc or "?" in value or "#" in value:
            raise ValueError
        return value


class Secret(NamedTuple):
    """A key that is sent in a header, or nothing."""

    allowed: str = "ASCII letters, digits and signs without spaces; or empty"

    def from_text(self, text: str) -> str:
        return self.from_toml(text.strip())

    def from_toml(self, value: object) -> str:
        if not isinstance(value, str) or not value.isascii() or not value.isprintable() or " " in value:
            raise ValueError
        return value


class Several(NamedTuple):
    """A list; in a word its parts stand between separators."""

    allowed: str
    part: Callable[[object], Any]
    separator: str
    rising: bool = False

    def from_text(self, text: str) -> tuple[Any, ...]:
        return self.from_toml([part.strip() for part in text.split(self.separator) if part.strip()])

    def from_toml(self, value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError
        parts = tuple(self.part(part) for part in value)
        if self.rising and list(parts) != sorted(parts):
            raise ValueError
        return parts


class KeyTable(NamedTuple):
    """The table `[keys]`: a binding's name, and its keys."""

    allowed: str = "a table of binding = key"

    def from_text(self, text: str) -> dict[str, str]:
        pairs = [pair.split("=", 1) for pair in text.split(";") if pair.strip()]
        if any(len(pair) != 2 for pair in pairs):
            raise ValueError
        return {name.strip(): key.strip() for name, key in pairs}

    def from_toml(self, value: object) -> dict[str, str]:
        return dict(_flat(value))


def _flat(value: object, prefix: str = "") -> list[tuple[str, str]]:
    """The pairs of a table and of the tables in it: TOML reads `study.reveal = "space"` as two levels."""
    if isinstance(value, str) and prefix:
        return [(prefix, value)]
    if not isinstance(value, dict):
        raise ValueError
    return [
        pair for name, inner in value.items() for pair in _flat(inner, f"{prefix}.{name}" if prefix else name)
    ]


def a_number(low: float, high: float) -> Callable[[object], float]:
    """Reads a part of a list as a number between two bounds."""
    rule = Number(low, high)
    return lambda part: rule.from_text(part) if isinstance(part, str) else rule.from_toml(part)


def a_folder(part: object) -> Path:
    """Reads a part of a list as an absolute path."""
    if not isinstance(part, str) or not part:
        raise ValueError
    return Path(part).expanduser().absolute()
