-- The log: events, which are added and never changed or taken away.
PRAGMA application_id = 0x6C6C6D63;  -- "llmc": tells a log from any other database

CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    number INTEGER PRIMARY KEY,      -- the order of arrival in this file
    id TEXT NOT NULL UNIQUE,         -- UUIDv7
    at INTEGER NOT NULL,             -- microseconds since 1970, UTC
    device TEXT NOT NULL,
    learner TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL               -- canonical JSON
) STRICT;

CREATE INDEX event_device ON event (device, at);
CREATE INDEX event_kind ON event (kind, at);
CREATE INDEX event_subject ON event (subject, at);

CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only: an event is never changed');
END;

CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only: an event is never deleted');
END;
