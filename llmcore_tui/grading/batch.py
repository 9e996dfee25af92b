"""Marking many rows, one at a time: what is read is marked, given out and forgotten, so that memory does not grow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, runtime_checkable

from llmcore_tui.grading.batch_row import BadRow, Row, read_row

if TYPE_CHECKING:
    from llmcore_tui.content.bilingual import Language
    from llmcore_tui.grading.mark import Mark, Marker

LONGEST_LINE = 1_000_000
"""Bytes of a row; an interview answer has some 2,000."""
_BOM = b"\xef\xbb\xbf"


@runtime_checkable
class ReferenceMarker(Protocol):
    """Marks by whole reference answers, too."""

    def mark_by_references(self, answer: str, question: str, references: Sequence[str]) -> Mark:
        """One point, for the reference that fits best, and a coverage anywhere between 0 and 1."""
        ...


def marked_rows(
    stream: BinaryIO, name: str, marker: Marker, language: Language, *, says_who: bool = False
) -> Iterator[dict[str, Any]]:
    """For each line that is not blank its mark, in the order of the lines; `error` in its place for a bad one.

    `name`: what an error calls the stream. `says_who`: also who marked it, and why not the model.
    """
    for number, line in _lines(stream):
        try:
            row = read_row(_text(line), language)
        except BadRow as problem:
            yield {"id": problem.row_id, "error": f"{name}:{number}: {problem.message}"}
        else:
            yield as_json(row, mark(row, marker), says_who=says_who)


def mark(row: Row, marker: Marker) -> Mark:
    """The mark of one row; whole reference answers are compared as wholes by a marker that can."""
    if not row.has_points and isinstance(marker, ReferenceMarker):
        return marker.mark_by_references(row.answer, row.rubric.question[0], row.rubric.references)
    return marker.mark(row.answer, row.rubric)


def as_json(row: Row, found: Mark, *, says_who: bool = False) -> dict[str, Any]:
    """The mark of a row as docs/json.md describes it."""
    line: dict[str, Any] = {
        "id": row.id,
        "coverage": found.coverage,
        "points": [
            {"id": point.id, "verdict": str(point.verdict), "evidence": point.evidence}
            for point in found.points
        ],
        "flags": [str(flag) for flag in found.flags],
        "abstained": found.abstained,
    }
    if row.rubric.wrong_claims:
        line["misconceptions"] = [{"id": each.id, "evidence": each.evidence} for each in found.wrong]
    if says_who:
        line["by"] = found.by
        line["instead"] = found.instead.en if found.instead else None
    return line


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """The lines that are not blank with their numbers; None for one that is too long, which is read past."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield number, None
            continue
        line = line.removeprefix(_BOM) if number == 1 else line
        if line.strip():
            yield number, line.rstrip(b"\r\n")


def _text(line: bytes | None) -> str:
    if line is None:
        raise BadRow(f"is longer than {LONGEST_LINE:,} bytes")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRow(f"is not UTF-8 text at byte {error.start + 1}") from error
