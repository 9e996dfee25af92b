"""A record together with where it stands, so that a problem with it can name file, line and key."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.content.card import Card
from llmcore_tui.content.interview import InterviewQuestion
from llmcore_tui.content.problem import Problem, Severity
from llmcore_tui.content.quiz import QuizItem
from llmcore_tui.content.read import document
from llmcore_tui.content.read.document import Document, Place
from llmcore_tui.content.record_kind import RecordKind

Studied = Card | QuizItem | InterviewQuestion
"""What a learner works on."""


@dataclass(frozen=True, slots=True)
class Located:
    """A card, quiz item or interview question and its place."""

    record: Studied
    folder: Path
    """The deck's folder."""
    name: str
    """The file, relative to the deck."""
    place: Place
    """From the top of the file to the record."""
    builtin: bool
    """Whether it is of the built-in deck, which is held to more rules."""

    @property
    def file(self) -> Path:
        """The file itself."""
        return self.folder / self.name


@dataclass(frozen=True, slots=True)
class LocatedCourse:
    """An area, module, level or term with its text for learners, by its key."""

    kind: RecordKind
    id: str
    text: tuple[Place, Bilingual]
    file: Path
    place: Place


class Lines:
    """Finds the line of a place, reading each file at most once."""

    def __init__(self) -> None:
        self._documents: dict[Path, Document] = {}

    def line(self, file: Path, place: Place) -> int:
        """The line of a place in a YAML file, or of the nearest thing around it."""
        if file not in self._documents:
            self._documents[file] = document.read(file)
        return self._documents[file].line(place)

    def problem(self, located: Located, severity: Severity, place: Place, message: str) -> Problem:
        """A problem at a place within a record."""
        whole = (*located.place, *place)
        key = document.named(("", 0, *place), {"": [{"id": located.record.id}]})
        return Problem(severity, located.file, self.line(located.file, whole), key, message)
