"""Points: a level is passed by the ones an answer must say, so an interview question has some."""

from __future__ import annotations

from llmcore_tui.content.interview import InterviewQuestion
from llmcore_tui.content.located import Studied
from llmcore_tui.content.rules.note import Note, Notes, style


def points(record: Studied, builtin: bool) -> Notes:
    """The rules of points for one record."""
    if isinstance(record, InterviewQuestion) and not any(point.must for point in record.points):
        yield Note(("points",), "has no point that an answer must say", style(builtin))
