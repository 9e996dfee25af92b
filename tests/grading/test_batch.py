"""Marking many rows: one line each, in order, as they come, whatever stands between them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.grading.batch import LONGEST_LINE, marked_rows
from llmcore_tui.grading.mark import Flag, Mark, PointMark, Verdict, WrongMark
from llmcore_tui.grading.rubric import Rubric


class Echo:
    """Meets every point with the whole answer, and knows what it was asked."""

    def mark(self, answer: str, rubric: Rubric) -> Mark:
        """All met; an answer `?` is abstained from."""
        points = tuple(PointMark(point.id, Verdict.MET, answer) for point in rubric.points)
        wrong = tuple(WrongMark(each.id, answer) for each in rubric.wrong_claims)
        share = None if answer == "?" else 1.0
        return Mark(points, share, wrong, flags=(Flag.INSTRUCTIONS,), instead=Bilingual("no key", "没有密钥"))


class Comparing(Echo):
    """Can compare with references, too."""

    def mark_by_references(self, answer: str, question: str, references: Sequence[str]) -> Mark:
        """What it was given."""
        return Mark((PointMark("reference", Verdict.PARTIAL, f"{question}|{'|'.join(references)}"),), 0.25)


def mark(*lines: str | bytes, marker: Echo | None = None, **options: Any) -> list[dict[str, Any]]:
    """What the rows give."""
    text = b"\n".join(line.encode() if isinstance(line, str) else line for line in lines)
    return list(marked_rows(io.BytesIO(text), "rows.jsonl", marker or Echo(), "en", **options))


def line(**changes: Any) -> str:
    return json.dumps({"id": "r", "question": "What?", "points": ["It grows."], "answer": "yes", **changes})


def test_a_row_gives_its_id_its_points_with_evidence_and_what_was_noticed() -> None:
    assert mark(line()) == [
        {
            "id": "r",
            "coverage": 1.0,
            "points": [{"id": "1", "verdict": "met", "evidence": "yes"}],
            "flags": ["instructions"],
            "abstained": False,
        }
    ]


def test_a_marker_that_abstains_gives_no_coverage_and_never_zero() -> None:
    [found] = mark(line(answer="?"))
    assert (found["coverage"], found["abstained"]) == (None, True)


def test_misconceptions_are_named_where_the_row_has_some() -> None:
    [found] = mark(line(misconceptions=["It squares."]))
    assert found["misconceptions"] == [{"id": "1", "evidence": "yes"}]


def test_who_marked_it_is_said_where_that_is_not_plain() -> None:
    [found] = mark(line(), says_who=True)
    assert (found["by"], found["instead"]) == ("offline", "no key")


def test_references_alone_are_compared_as_wholes_by_a_marker_that_can() -> None:
    row = line(points=None, references=["a", "b"])
    [compared] = mark(row, marker=Comparing())
    assert (compared["coverage"], compared["points"][0]["evidence"]) == (0.25, "What?|a|b")
    [marked] = mark(row)
    assert marked["points"] == [{"id": "reference", "verdict": "met", "evidence": "yes"}]
    [by_points] = mark(line(references=["a"]), marker=Comparing())
    assert by_points["coverage"] == 1.0


def test_a_bad_line_is_named_by_file_and_number_and_the_run_goes_on() -> None:
    found = mark(line(id=1), "{", "", "  ", line(id=2, answer=None), b'{"id": "\xff"}', line(id=3))
    assert [(each["id"], each.get("error")) for each in found] == [
        (1, None),
        (None, "rows.jsonl:2: is not JSON: Expecting property name enclosed in double quotes at character 2"),
        (2, "rows.jsonl:5: answer: there is none"),
        (None, "rows.jsonl:6: is not UTF-8 text at byte 9"),
        (3, None),
    ]


def test_a_line_that_is_too_long_is_read_past() -> None:
    longest = line(answer="a" * (LONGEST_LINE - len(line(answer=""))))
    assert len(longest) == LONGEST_LINE
    found = mark(longest, line(id=2), longest + " ", line(id=3), "b" * 10_000_000, line(id=4), longest + " ")
    assert [(each["id"], each.get("error", "")) for each in found] == [
        ("r", ""),
        (2, ""),
        (None, "rows.jsonl:3: is longer than 1,000,000 bytes"),
        (3, ""),
        (None, "rows.jsonl:5: is longer than 1,000,000 bytes"),
        (4, ""),
        (None, "rows.jsonl:7: is longer than 1,000,000 bytes"),
    ]


def test_a_mark_of_a_windows_editor_at_the_beginning_and_its_line_ends_are_no_matter() -> None:
    assert [
        each["id"] for each in mark(b"\xef\xbb\xbf" + line(id=1).encode() + b"\r", line(id=2) + "\r")
    ] == [1, 2]


class Endless(io.BytesIO):
    """A file that goes on for ever."""

    given = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        self.given += 1
        return (line(id=self.given) + "\n").encode()


def test_a_row_is_given_out_before_the_next_is_read() -> None:
    source = Endless()
    found: Iterator[dict[str, Any]] = marked_rows(source, "-", Echo(), "en")
    for number in (1, 2, 3):
        assert next(found)["id"] == source.given == number
