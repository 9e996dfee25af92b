"""What a model replied, held against the answer: nothing of a reply is believed that cannot be seen in it.

A reply that is complete gives verdicts; one that is not says, for the model, what is wrong with it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmcore_tui.grading.evidence import Weighing, enough
from llmcore_tui.grading.mark import PointMark, Verdict, WrongMark
from llmcore_tui.grading.prompt import claim_names, point_names

if TYPE_CHECKING:
    from llmcore_tui.grading.quoting import Quotable
    from llmcore_tui.grading.rubric import Criterion, Rubric

LONGEST_REPLY = 100_000
"""Characters of a reply that are looked at."""
LONGEST_SURE = 400
"""Characters of evidence beyond which the model did not say where the point is: the learner should look."""
_MOST_BEGINNINGS = 500
"""How many opening brackets are tried before a reply counts as having no JSON."""
_END_OF_THOUGHT = re.compile(r"</(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_UNFINISHED_THOUGHT = re.compile(r"<(?:think|thinking|thought|reasoning)>.*", re.DOTALL | re.IGNORECASE)
_LOOSE_BACKSLASH = re.compile(r"\\(\\|[\"/bfnrt]|u[0-9a-fA-F]{4}|)")
r"""A backslash with what it begins in JSON: nothing in `\lambda`, which a model may write without doubling it."""
_VERDICTS = ", ".join(Verdict)

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reading:
    """The verdicts of a reply, or what keeps it from being used."""

    points: tuple[PointMark, ...] = ()
    wrong: tuple[WrongMark, ...] = ()
    problem: str = ""
    """What is wrong with it, as one English sentence; empty where it can be used."""


def read(reply: str, rubric: Rubric, answer: Quotable) -> Reading:
    """The verdicts of a reply in the rubric's order."""
    names = point_names(rubric)
    found = _objects(reply)
    if len(found) != 1:
        return Reading(problem="There is no JSON object with points in it." if not found else _SEVERAL)
    rows, problem = _rows(found[0]["points"])
    if not problem:
        problem = _problem(rows, [names[point.id] for point in rubric.points])
    if problem:
        return Reading(problem=problem)
    verdicts = {row["id"]: row for row in rows}
    weighing = Weighing(rubric)
    points = tuple(_point(verdicts[names[point.id]], point, answer, weighing) for point in rubric.points)
    return Reading(points, _wrong(found[0].get("misconceptions"), rubric, answer))


_SEVERAL = "There are several different JSON objects with points in them; give one."


def _objects(reply: str) -> list[Json]:
    """The different objects with points that a reply holds, in fences, prose and behind its thoughts."""
    text = _END_OF_THOUGHT.split(reply[:LONGEST_REPLY])[-1]
    text = _UNFINISHED_THOUGHT.sub("", text)
    found: list[Json] = []
    for spelling in (text, _LOOSE_BACKSLASH.sub(lambda escape: escape[0] if escape[1] else r"\\", text)):
        for value in _decoded(spelling):
            if "points" in value and value not in found:
                found.append(value)
        if found:
            break
    return found


def _decoded(text: str) -> Iterator[Json]:
    """Every outermost JSON object of a text; NaN and Infinity, which JSON has not, are null."""
    decoder = json.JSONDecoder(parse_constant=lambda _: None)
    place, tried = text.find("{"), 0
    while place >= 0 and tried < _MOST_BEGINNINGS:
        tried += 1
        try:
            value, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            end = place + 1
        else:
            yield value
        place = text.find("{", end)


def _rows(points: object) -> tuple[list[dict[str, str]], str]:
    """Each point that the model gave as id, evidence and verdict; or what is wrong with one."""
    rows: list[dict[str, str]] = []
    if not isinstance(points, list):
        return rows, "`points` must be a list."
    for number, row in enumerate(points, 1):
        if not isinstance(row, dict) or not isinstance(row.get("id"), str):
            return rows, f"Point {number} must be an object with a text `id`."
        evidence = row.get("evidence")
        if not isinstance(evidence, str | None):
            return rows, f"The evidence of point {number} must be a text."
        verdict = row.get("verdict")
        rows.append(
            {
                "id": row["id"].strip(),
                "evidence": evidence or "",
                "verdict": verdict.strip().lower() if isinstance(verdict, str) else "",
            }
        )
    return rows, ""


def _problem(rows: list[dict[str, str]], wanted: list[str]) -> str:
    """What keeps the rows from being one verdict for each point that was asked about."""
    given = Counter(row["id"] for row in rows)
    if missing := [name for name in wanted if not given[name]]:
        return f"These points are missing: {', '.join(missing)}."
    if twice := [name for name in wanted if given[name] > 1]:
        return f"These points are given more than once: {', '.join(twice)}."
    wrong = [row["id"] for row in rows if row["id"] in wanted and row["verdict"] not in list(Verdict)]
    return f"The verdict must be one of {_VERDICTS}: {', '.join(wrong)}." if wrong else ""


def _point(row: Mapping[str, str], point: Criterion, answer: Quotable, weighing: Weighing) -> PointMark:
    """The verdict where the answer bears it out; else the point is missed, and the learner should look."""
    verdict = Verdict(row["verdict"])
    if verdict is Verdict.MISSED:
        return PointMark(point.id, verdict)
    own = answer.find(row["evidence"])
    if not own:
        return PointMark(point.id, Verdict.MISSED, unsure=True)
    if verdict is not Verdict.CONTRADICTED and not weighing.counts(own):
        return PointMark(point.id, Verdict.MISSED, unsure=True)
    return PointMark(point.id, verdict, own, unsure=len(own) > LONGEST_SURE)


def _wrong(given: object, rubric: Rubric, answer: Quotable) -> tuple[WrongMark, ...]:
    """The misconceptions that the answer was seen to state; the rest of what the model gave is dropped."""
    names = claim_names(rubric)
    quoted: dict[str, str] = {}
    for row in given if isinstance(given, list) else []:
        if isinstance(row, dict) and isinstance(name := row.get("id"), str):
            evidence = row.get("evidence")
            own = answer.find(evidence) if isinstance(evidence, str) else ""
            if enough(own):
                quoted.setdefault(name.strip(), own)
    return tuple(
        WrongMark(claim.id, quoted[names[claim.id]])
        for claim in rubric.wrong_claims
        if names[claim.id] in quoted
    )
