"""Which event the learner's next undo takes back: the newest of this device that nothing has taken back yet."""

from __future__ import annotations

from llmcore_progress.event import CARD_KINDS, Event
from llmcore_progress.log import COLUMNS, Log, read_event

_KINDS = ", ".join(f"'{kind}'" for kind in sorted(CARD_KINDS))
_STANDS = (
    "NOT EXISTS (SELECT 1 FROM event undo INDEXED BY event_subject WHERE undo.subject = event.subject "
    "AND undo.kind = 'undo' AND undo.learner = event.learner AND json_extract(undo.body, '$.event') = event.id)"
)


def newest_undoable(log: Log, device: str, learner: str) -> Event | None:
    """The newest event of this device and learner that changed a card and still stands."""
    row = log.one(
        f"SELECT {COLUMNS} FROM event INDEXED BY event_device WHERE device = ? AND learner = ? AND kind IN ({_KINDS}) "
        f"AND {_STANDS} ORDER BY at DESC LIMIT 1",
        (device, learner),
    )
    return None if row is None else read_event(row)


def undoable(log: Log, identity: str, learner: str) -> Event | None:
    """The named event, if it changed a card of this learner and still stands."""
    row = log.one(
        f"SELECT {COLUMNS} FROM event WHERE id = ? AND learner = ? AND kind IN ({_KINDS}) AND {_STANDS}",
        (identity, learner),
    )
    return None if row is None else read_event(row)
