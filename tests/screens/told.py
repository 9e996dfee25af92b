"""What a log says happened, so that two sittings can be held against each other."""

from __future__ import annotations

from typing import Any

from llmcore_progress import Progress
from llmcore_tui.interview.transcript import of_log


def told(progress: Progress) -> list[tuple[str, str, dict[str, Any]]]:
    """Every event's kind, subject and body; a name drawn by chance, of an event or an interview, is told by its place."""
    names = {each.id: f"session {place}" for place, each in enumerate(of_log(progress))}
    found = []
    for place, event in enumerate(progress.events()):
        names[event.id] = f"event {place}"
        body = {
            key: names.get(value, value) if isinstance(value, str) else value
            for key, value in event.body.items()
        }
        found.append((str(event.kind), names.get(event.subject, event.subject), body))
    return found
