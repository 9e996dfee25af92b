"""A mark as an event keeps it, and read back from one; reading never fails, whatever a stranger's log holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.grading.mark import Flag, Mark, PointMark, Verdict, WrongMark

LONGEST_EVIDENCE = 2_000
"""Characters of a quotation that are kept; the answer itself is kept whole."""
LONGEST_TRACE = 200_000
"""Characters of a trace's JSON; a longer one is left out, so that the answer always fits its event."""


def kept(mark: Mark) -> dict[str, Any]:
    """The mark in plain values."""
    trace = dict(mark.trace)
    try:
        is_kept = len(json.dumps(trace, allow_nan=False)) <= LONGEST_TRACE
    except (TypeError, ValueError, RecursionError):
        is_kept = False
    return {
        "by": mark.by,
        "coverage": mark.coverage,
        "points": [
            {
                "id": point.id,
                "verdict": str(point.verdict),
                "evidence": point.evidence[:LONGEST_EVIDENCE],
                "unsure": point.unsure,
            }
            for point in mark.points
        ],
        "wrong": [{"id": each.id, "evidence": each.evidence[:LONGEST_EVIDENCE]} for each in mark.wrong],
        "flags": [str(flag) for flag in mark.flags],
        "instead": {"en": mark.instead.en, "zh": mark.instead.zh} if mark.instead else None,
        "trace": trace if is_kept else {},
    }


def read(value: object) -> Mark | None:
    """The mark that was kept; None where there is none."""
    if not isinstance(value, Mapping) or not isinstance(value.get("points"), list | tuple):
        return None
    instead, trace = value.get("instead"), value.get("trace")
    return Mark(
        points=tuple(point for each in value["points"] if (point := _point(each)) is not None),
        coverage=_share(value.get("coverage")),
        wrong=tuple(
            WrongMark(_text(each.get("id")), _text(each.get("evidence")))
            for each in _list(value.get("wrong"))
            if isinstance(each, Mapping)
        ),
        flags=tuple(Flag(each) for each in _list(value.get("flags")) if each in list(Flag)),
        by=_text(value.get("by")),
        instead=(
            Bilingual(_text(instead.get("en")), _text(instead.get("zh")))
            if isinstance(instead, Mapping)
            else None
        ),
        trace=trace if isinstance(trace, Mapping) else {},
    )


def _point(value: object) -> PointMark | None:
    if not isinstance(value, Mapping) or value.get("verdict") not in list(Verdict):
        return None
    identity = value.get("id")
    if not isinstance(identity, str):
        return None
    return PointMark(
        identity, Verdict(value["verdict"]), _text(value.get("evidence")), value.get("unsure") is True
    )


def _share(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 1 else None


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
