"""One YAML file as plain values with the line of each.

YAML is read event by event, without recursion: libyaml's own composing overflows the C stack on deep nesting, and an
alias is refused where it stands, so nothing can be expanded. Every mistake becomes a problem with its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from llmcore_tui.content.problem import Problem
from llmcore_tui.content.read import scalar

if TYPE_CHECKING:
    import yaml

LARGEST_BYTES = 16 * 2**20
DEEPEST = 40

Key = str | int
Place = tuple[Key, ...]
"""Keys and list positions from the top of a file to a value."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TEXT_TAGS = {"!", "tag:yaml.org,2002:str"}


class Block(dict[str, object]):
    """A mapping, with the line of each key."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[Key, int] = {}


class Rows(list[object]):
    """A list, with the line of each element."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[Key, int] = {}


@dataclass(slots=True)
class Document:
    """What a file says and what is wrong with it as YAML; `value` is None where it could not be read at all."""

    file: Path
    value: object = None
    problems: list[Problem] = field(default_factory=list)

    def note(self, line: int, key: str, message: str) -> None:
        """Add a mistake."""
        self.problems.append(Problem("error", self.file, line, key, message))

    def line(self, place: Place) -> int:
        """The line of a value, or of the nearest thing around it that there is."""
        value, line = self.value, getattr(self.value, "line", 1)
        for key in place:
            if not isinstance(value, (Block, Rows)) or key not in value.lines:
                break
            line = value.lines[key]
            value = value[key]  # type: ignore[index]  # a list's keys are positions, a mapping's are words
        return line


def read(file: Path) -> Document:
    """Read a file from the disk."""
    if file.exists() and not file.is_file():
        document = Document(file)
        document.note(0, "", "is not a file that can be read")
        return document
    try:
        with file.open("rb") as opened:
            return parse(opened.read(LARGEST_BYTES + 1), file)
    except OSError as error:
        document = Document(file)
        document.note(0, "", f"cannot be read: {error.strerror or error}")
        return document


def parse(data: bytes, file: Path) -> Document:
    """Read a file's bytes."""
    document = Document(file)
    if len(data) > LARGEST_BYTES:
        document.note(0, "", f"is larger than {LARGEST_BYTES >> 20} MB; split it into several files")
        return document
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        document.note(data.count(b"\n", 0, error.start) + 1, "", "is not UTF-8 text here")
        return document
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        document.note(line, "", f"has the control character {control[0]!r}, which no text may hold")
        return document
    _Reader(document).read(text)
    return document


class _RefusedError(Exception):
    """The rest of the file cannot be read."""


class _Reader:
    """Builds the values of one document from its events."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._open: list[Block | Rows] = []
        self._place: list[Key | None] = []
        """For each open collection the key or position being read; None between two pairs of a mapping."""

    def read(self, text: str) -> None:
        """Read the document, or note why it cannot be read."""
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # PyYAML can be built without libyaml
        whole = False
        try:
            events = loader(text)
            while (name := type(event := events.get_event()).__name__) != "StreamEndEvent":
                self._take(name, event)
            whole = True
        except _RefusedError:
            pass
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            number = mark.line + 1 if mark else 0
            line = "".join(text.splitlines()[number - 1 : number]) if number else ""
            self._document.note(number, self._here(), _explained(error, line))
        except yaml.YAMLError as error:
            self._document.note(0, "", f"is not YAML: {str(error).splitlines()[0]}")
        if not whole:
            self._document.value = None
        elif self._document.value is None and not self._document.problems:
            self._document.note(0, "", "is empty")

    def _take(self, name: str, event: Any) -> None:
        if name == "ScalarEvent":
            self._scalar(event)
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            self._start(event, Block if name == "MappingStartEvent" else Rows)
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            self._open.pop()
            self._place.pop()
            self._finish_value()
        elif name == "AliasEvent":
            self._refuse(event, "is an alias; write the text out")
        elif name == "DocumentStartEvent" and self._document.value is not None:
            self._refuse(event, "starts a second document; a file holds one")

    def _start(self, event: Any, collection: type[Block | Rows]) -> None:
        line = event.start_mark.line + 1
        if event.tag is not None:
            self._refuse(event, f"has the tag {event.tag}; tags are not used here")
        new = collection(line)
        self._add(event, new)
        self._open.append(new)
        self._place.append(None)
        if len(self._open) > DEEPEST:
            self._document.note(line, "", f"is nested more than {DEEPEST} deep")
            raise _RefusedError

    def _scalar(self, event: Any) -> None:
        if event.tag is not None and event.tag not in _TEXT_TAGS:
            self._refuse(event, f"has the tag {event.tag}; tags are not used here")
        if self._open and isinstance(self._open[-1], Block) and self._place[-1] is None:
            self._key(event)
            return
        value: object = event.value
        if event.implicit[0]:
            try:
                value = scalar.plain(event.value)
            except ValueError as error:
                self._add(event, value)
                self._document.note(event.start_mark.line + 1, self._here(), str(error))
                self._finish_value()
                return
        self._add(event, value)
        self._finish_value()

    def _key(self, event: Any) -> None:
        block, key, line = self._open[-1], event.value, event.start_mark.line + 1
        self._place[-1] = key
        if key in block.lines:
            self._document.note(line, self._here(), f"is given twice, first in line {block.lines[key]}")
        block.lines.setdefault(key, line)

    def _add(self, event: Any, value: object) -> None:
        if not self._open:
            self._document.value = value
            return
        around = self._open[-1]
        if isinstance(around, Rows):
            self._place[-1] = len(around)
            around.lines[len(around)] = event.start_mark.line + 1
            around.append(value)
        elif isinstance(key := self._place[-1], str):
            around.setdefault(key, value)
        else:
            self._refuse(event, "has a list or a mapping for a key; a key is a word")

    def _finish_value(self) -> None:
        if self._open and isinstance(self._open[-1], Block):
            self._place[-1] = None

    def _here(self) -> str:
        return named(tuple(key for key in self._place if key is not None), self._document.value)

    def _refuse(self, event: Any, message: str) -> NoReturn:
        self._document.note(event.start_mark.line + 1, self._here(), message)
        raise _RefusedError


def named(place: Place, value: object) -> str:
    """How a problem names a place: `gae.lambda.points[0].say.zh`, a record of a file's list by its id."""
    name = ""
    for depth, key in enumerate(place):
        try:
            value = value[key]  # type: ignore[index]  # what cannot be indexed is not looked into
        except (KeyError, IndexError, TypeError):
            value = None
        own = value.get("id") if depth == 1 and isinstance(value, dict) else None
        if isinstance(own, str) and own:
            name = own
        else:
            name += f"[{key}]" if isinstance(key, int) else f".{key}" if name else key
    return name


def _explained(error: yaml.MarkedYAMLError, line: str) -> str:
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "begins with a tab; YAML indents with spaces"
    begun = f" (begun in line {error.context_mark.line + 1})" if error.context and error.context_mark else ""
    return f"is not YAML: {error.context or ''}{begun} {error.problem}".replace(":  ", ": ")
