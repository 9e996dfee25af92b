"""Typed reading of plain values: what is wrong is noted with its place and reading goes on, so that one pass finds all."""

from __future__ import annotations

import contextlib
import difflib
import math
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from llmcore_tui.content import tolerance
from llmcore_tui.content.bilingual import LANGUAGES, Bilingual
from llmcore_tui.content.tolerance import Tolerance
from llmcore_tui.content.wordings import Wordings

if TYPE_CHECKING:
    from llmcore_tui.content.read.document import Place

T = TypeVar("T")

FROM_MEMORY = "from memory"


class Found:
    """The mistakes of one file, by the place they are at."""

    def __init__(self) -> None:
        self.notes: list[tuple[Place, str]] = []

    def add(self, place: Place, message: str) -> None:
        """Note a mistake."""
        self.notes.append((place, message))

    def sound(self, read: Callable[[], T]) -> T | None:
        """What `read` gives, or None if it found a mistake."""
        before = len(self.notes)
        value = read()
        return value if len(self.notes) == before else None


class Fields:
    """One mapping, read key by key. A method gives a harmless value where it noted a mistake."""

    __slots__ = ("_known", "found", "place", "value")

    def __init__(self, value: object, place: Place, found: Found) -> None:
        self.place = place
        self.found = found
        self._known: set[str] = set()
        self.value: dict[str, object] | None = value if isinstance(value, dict) else None
        if self.value is None:
            found.add(place, f"wants keys with values, not {_kind(value)}")

    def note(self, key: str, message: str) -> None:
        """Note a mistake at a key."""
        self.found.add((*self.place, key), message)

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        self._known.add(key)
        return self.value is not None and key in self.value

    def keys(self) -> list[str]:
        """The keys, where they are names and not fields; they then count as known."""
        names = list(self.value or ())
        self._known.update(names)
        return names

    def raw(self, key: str) -> object:
        """The value as it is; a missing key is a mistake."""
        self._known.add(key)
        if self.value is None:
            return None
        if key not in self.value:
            self.found.add(self.place, f"has no {key}")
            return None
        return self.value[key]

    def close(self) -> None:
        """Note every key that nobody asked for."""
        for key in self.value or ():
            if key not in self._known:
                near = difflib.get_close_matches(key, self._known, n=1, cutoff=0.5)
                self.note(key, "is no key here" + (f"; did you mean {near[0]}?" if near else ""))

    def text(self, key: str) -> str:
        """A text that is not empty."""
        return self._text((*self.place, key), self.raw(key)) if self._there(key) else ""

    def optional_text(self, key: str) -> str:
        """A text, or nothing; here it may be empty."""
        return self.text(key) if self.has(key) and self.raw(key) != "" else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; absent is empty."""
        return tuple(self._text(place, value) for place, value in self._list(key)) if self.has(key) else ()

    def one_of(self, key: str, choices: Iterable[str]) -> str:
        """One of a closed set of words."""
        value, known = self.text(key), list(choices)
        if value and value not in known:
            near = difflib.get_close_matches(value, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
            self.note(key, f"is {value!r}, which is none here; {hint}")
        return value if value in known else known[0]

    def whole(self, key: str, *, low: int, high: int) -> int:
        """A whole number within bounds."""
        value = self.raw(key) if self._there(key) else low
        if isinstance(value, bool) or not isinstance(value, int):
            self.note(key, f"wants a whole number, not {_kind(value)}")
        elif not low <= value <= high:
            self.note(key, f"is {value}; it goes from {low} to {high}")
        else:
            return value
        return low

    def number(self, key: str, *, low: float = -math.inf, high: float = math.inf) -> float:
        """A finite number within bounds."""
        value = self.raw(key) if self._there(key) else 0.0
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            self.note(key, f"wants a number, not {_kind(value)}")
        elif self._there(key) and not low <= value <= high:
            self.note(key, f"is {value:g}; it goes from {low:g} to {high:g}")
        else:
            return value
        return 0.0

    def flag(self, key: str) -> bool:
        """True or false; absent is false."""
        if not self.has(key):
            return False
        value = self.raw(key)
        if not isinstance(value, bool):
            self.note(key, f"wants true or false, not {_kind(value)}")
        return value is True

    def day(self, key: str) -> date | None:
        """A date, or None for `from memory`."""
        value = self.raw(key) if self._there(key) else None
        if isinstance(value, str) and value != FROM_MEMORY:
            with contextlib.suppress(ValueError):
                value = date.fromisoformat(value)  # how the index keeps it
        if isinstance(value, date):
            return value
        if self._there(key) and value != FROM_MEMORY:
            self.note(key, f"wants a date such as 2026-11-22, or {FROM_MEMORY!r}")
        return None

    def within(self, key: str) -> Tolerance:
        """A tolerance."""
        value = self.raw(key) if self._there(key) else 0.0
        try:
            if isinstance(value, bool) or not isinstance(value, (int, float, str)):
                raise ValueError(f"wants a share such as 5% or a distance such as 0.01, not {_kind(value)}")
            return tolerance.parse(value)
        except ValueError as error:
            self.note(key, str(error))
            return Tolerance()

    def bilingual(self, key: str) -> Bilingual:
        """A text in both languages."""
        return (
            bilingual(self.raw(key), (*self.place, key), self.found)
            if self._there(key)
            else Bilingual("", "")
        )

    def optional_bilingual(self, key: str) -> Bilingual | None:
        """A text in both languages, or nothing."""
        return self.bilingual(key) if self.has(key) else None

    def wordings(self, key: str) -> Wordings:
        """Lists of wordings in both languages; absent is empty, one present needs the other."""
        if not self.has(key):
            return Wordings()
        fields = self.record(key)
        for language in LANGUAGES:
            fields.raw(language)
        both = Wordings(fields.texts("en"), fields.texts("zh"))
        fields.close()
        return both

    def record(self, key: str) -> Fields:
        """A mapping under a key."""
        if not self._there(key):
            return Fields(
                {}, (*self.place, key), Found()
            )  # its mistakes would only repeat that the key is missing
        return Fields(self.raw(key), (*self.place, key), self.found)

    def records(self, key: str) -> Iterator[Fields]:
        """The mappings of a list; absent is empty."""
        if self.has(key):
            for place, value in self._list(key):
                yield Fields(value, place, self.found)

    def unique(self, key: str, values: Iterable[str], what: str = "id") -> None:
        """Note each value that a list under `key` has twice."""
        seen: set[str] = set()
        for index, value in enumerate(values):
            if value and value in seen:
                self.found.add((*self.place, key, index), f"has the {what} {value} a second time")
            seen.add(value)

    def bilinguals(self, key: str) -> tuple[Bilingual, ...]:
        """A list of texts in both languages; absent is empty."""
        return (
            tuple(bilingual(value, place, self.found) for place, value in self._list(key))
            if self.has(key)
            else ()
        )

    def elements(self, key: str) -> Iterator[tuple[Place, object]]:
        """The elements of a list with their places; absent is empty."""
        return self._list(key) if self.has(key) else iter(())

    def _there(self, key: str) -> bool:
        """Whether the key is there; notes it when it is missing."""
        if self.has(key):
            return True
        self.raw(key)
        return False

    def _list(self, key: str) -> Iterator[tuple[Place, object]]:
        value = self.raw(key)
        if not isinstance(value, list):
            self.note(key, f"wants a list, not {_kind(value)}")
            return
        for index, element in enumerate(value):
            yield (*self.place, key, index), element

    def _text(self, place: Place, value: object) -> str:
        return text(value, place, self.found)


def text(value: object, place: Place, found: Found) -> str:
    """A text that is not empty, without white space around it."""
    if isinstance(value, str):
        if stripped := value.strip():
            return stripped
        found.add(place, "is empty")
    elif value is None:
        found.add(place, "is empty")
    else:
        found.add(place, f"wants a text, not {_kind(value)}; put it in quotes")
    return ""


def bilingual(value: object, place: Place, found: Found) -> Bilingual:
    """A text in both languages."""
    if not isinstance(value, dict):
        found.add(place, f"wants both languages, {{en: …, zh: …}}, not {_kind(value)}")
        return Bilingual("", "")
    fields = Fields(value, place, found)
    both = Bilingual(fields.text("en"), fields.text("zh"))
    fields.close()
    return both


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the switch {str(value).lower()}"
    if isinstance(value, date):
        return f"the date {value.isoformat()}"
    if isinstance(value, (int, float)):
        return f"the number {value:g}"
    return "a list" if isinstance(value, list) else "a text" if isinstance(value, str) else "a mapping"
