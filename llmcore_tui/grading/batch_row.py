"""One row of a batch: a question with its points or its reference answers, and the answer that is to be marked.

Whatever a line holds, it is a row or a `BadRow` that says what is wrong with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

from llmcore_tui.content.bilingual import LANGUAGES, Language
from llmcore_tui.errors import InputError
from llmcore_tui.grading.rubric import Criterion, Rubric, WrongClaim

RowId: TypeAlias = str | int
HEAVIEST = 1_000
"""The largest weight of a point: sums of them stay finite."""
REFERENCE = "reference"
"""The id of the one point of a row that has whole reference answers only."""


class BadRow(InputError):
    """A line that cannot be marked."""

    def __init__(self, message: str, row_id: RowId | None = None) -> None:
        super().__init__(message)
        self.row_id = row_id


@dataclass(frozen=True, slots=True)
class Row:
    """A question and an answer to it."""

    id: RowId
    answer: str
    rubric: Rubric
    has_points: bool
    """False: its one point stands for the reference answers."""


def read_row(line: str, language: Language) -> Row:
    """The row of one line; BadRow where it is none. `language`: which of a point's two texts is named where it was missed."""
    fields = _object(line)
    row_id = fields.get("id")
    if isinstance(row_id, bool) or not isinstance(row_id, str | int):
        raise BadRow("id: must be a text or a whole number")
    return _Reader(fields, row_id, language).row()


class _Reader:
    """Reads the fields of one row; every complaint carries the row's id."""

    def __init__(self, fields: Mapping[str, Any], row_id: RowId, language: Language) -> None:
        self._fields = fields
        self._id = row_id
        self._language: Language = language

    def row(self) -> Row:
        """The whole row."""
        answer = self._fields.get("answer")
        if not isinstance(answer, str):
            self._refuse("answer", "there is none" if answer is None else "must be a text")
        asked = self._fields.get("question")
        question = ("",) if asked == "" else self._texts(self._fields, "question", "question")
        references = self._references()
        points = self._points()
        if not points and not references:
            self._refuse("points", "there are none, and no references either")
        return Row(
            id=self._id,
            answer=answer,
            rubric=Rubric(
                question=question,
                points=points or (Criterion(REFERENCE, references[0], references, must=True),),
                wrong_claims=self._wrong_claims(),
                references=references,
            ),
            has_points=bool(points),
        )

    def _references(self) -> tuple[str, ...]:
        found = self._fields.get("references")
        if found is None:
            return ()
        if not isinstance(found, list) or not all(isinstance(each, str) and each.strip() for each in found):
            self._refuse("references", "must be a list of texts that are not empty")
        return tuple(found)

    def _points(self) -> tuple[Criterion, ...]:
        found = self._list("points")
        points = tuple(self._point(each, number) for number, each in enumerate(found, start=1))
        self._need_different(points, "points")
        return points

    def _point(self, value: Any, number: int) -> Criterion:
        place = f"points[{number}]"
        if isinstance(value, str):
            value = {"id": str(number), "say": value}
        if not isinstance(value, dict):
            self._refuse(place, "must be a text or an object")
        says = self._texts(value, "say", f"{place}.say")
        must, weight = value.get("must", False), value.get("weight", 1)
        if not isinstance(must, bool):
            self._refuse(f"{place}.must", "must be true or false")
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight <= HEAVIEST:
            self._refuse(f"{place}.weight", f"must be a number above 0, at most {HEAVIEST:,}")
        wordings = dict.fromkeys((*says, *self._accepted(value.get("accept"), f"{place}.accept")))
        say = self._own(value["say"], says)
        return Criterion(self._name(value, place), say, tuple(wordings), must, weight)

    def _wrong_claims(self) -> tuple[WrongClaim, ...]:
        found = self._list("misconceptions")
        claims = tuple(self._wrong_claim(each, number) for number, each in enumerate(found, start=1))
        self._need_different(claims, "misconceptions")
        return claims

    def _wrong_claim(self, value: Any, number: int) -> WrongClaim:
        place = f"misconceptions[{number}]"
        if isinstance(value, str):
            value = {"id": str(number), "says": value}
        if not isinstance(value, dict):
            self._refuse(place, "must be a text or an object")
        says = self._texts(value, "says", f"{place}.says")
        fix = self._own(value["fix"], self._texts(value, "fix", f"{place}.fix")) if "fix" in value else ""
        return WrongClaim(self._name(value, place), self._own(value["says"], says), fix, says)

    def _name(self, value: Mapping[str, Any], place: str) -> str:
        name = value.get("id")
        if not isinstance(name, str) or not name:
            self._refuse(f"{place}.id", "must be a text that is not empty")
        return name

    def _texts(self, value: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
        """A text, or one in each language, as all the texts there are."""
        found = value.get(key)
        texts = [found] if isinstance(found, str) else _by_language(found)
        if not texts or not all(isinstance(text, str) for text in texts) or not any(map(str.strip, texts)):
            self._refuse(place, 'must be a text, or {"en", "zh"}, that is not empty')
        return tuple(text for text in texts if text.strip())

    def _own(self, found: Any, texts: tuple[str, ...]) -> str:
        """The text in the language that was asked for, or the first there is."""
        own = found.get(self._language) if isinstance(found, dict) else None
        return own if isinstance(own, str) and own.strip() else texts[0]

    def _accepted(self, found: Any, place: str) -> Iterable[str]:
        if found is None:
            return
        lists = [found] if isinstance(found, list) else _by_language(found)
        if not lists or not all(isinstance(each, list) for each in lists):
            self._refuse(place, 'must be a list of texts, or {"en": [...], "zh": [...]}')
        for text in (text for each in lists for text in each):
            if not isinstance(text, str) or not text.strip():
                self._refuse(place, "must hold texts that are not empty")
            yield text

    def _list(self, key: str) -> list[Any]:
        found = self._fields.get(key)
        if found is not None and not isinstance(found, list):
            self._refuse(key, "must be a list")
        return found or []

    def _need_different(self, found: Iterable[Criterion | WrongClaim], place: str) -> None:
        names: set[str] = set()
        for each in found:
            if each.id in names:
                self._refuse(place, f"the id {each.id!r} is there twice")
            names.add(each.id)

    def _refuse(self, place: str, what: str) -> NoReturn:
        raise BadRow(f"{place}: {what}", self._id)


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise BadRow(f"is not JSON: {error.msg} at character {error.pos + 1}") from error
    except RecursionError as error:
        raise BadRow("is nested too deeply") from error
    except ValueError as error:
        raise BadRow("holds a number that is too long") from error
    if not isinstance(found, dict):
        raise BadRow("is not a JSON object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise BadRow(f"is not JSON: {name} is no value")


def _by_language(found: Any) -> list[Any]:
    return [found[each] for each in LANGUAGES if each in found] if isinstance(found, dict) else []
