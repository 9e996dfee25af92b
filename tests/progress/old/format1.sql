-- A log of format 1, as `sqlite3 log.sqlite .dump` writes it; made 2026-11-22.
BEGIN TRANSACTION;
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
INSERT INTO "event" VALUES(1,'01a19bb3-9500-7000-877f-a9b1e36c7b34',1793613600000000,'laptop','me','review','m0.c0','{"after":null,"day":"2026-11-02","due":"2026-11-10","elapsed_ms":4000,"interval_before_days":0,"interval_days":8,"phase":"review","rating":4,"recall":null,"retention":0.9,"utc_offset_minutes":0}');
INSERT INTO "event" VALUES(2,'01a19bb3-9500-7004-b896-121f4e44ee84',1793613600000001,'laptop','me','review','m0.c1','{"after":null,"day":"2026-11-02","due":"2026-11-02T10:10:00.000000Z","elapsed_ms":5000,"interval_before_days":0,"interval_days":0,"phase":"learning","rating":3,"recall":null,"retention":0.9,"step":1,"utc_offset_minutes":0}');
INSERT INTO "event" VALUES(3,'01a19bbc-bcc0-7000-9a6b-7685cfe1a30b',1793614200000000,'laptop','me','review','m0.c1','{"after":"01a19bb3-9500-7004-b896-121f4e44ee84","day":"2026-11-02","due":"2026-11-04","elapsed_ms":6000,"interval_before_days":0,"interval_days":2,"phase":"review","rating":3,"recall":null,"retention":0.9,"utc_offset_minutes":0}');
INSERT INTO "event" VALUES(4,'01a1c4e6-7500-7000-88dc-45b157d0af53',1794304800000000,'laptop','me','review','m0.c0','{"after":"01a19bb3-9500-7000-877f-a9b1e36c7b34","day":"2026-11-10","due":"2026-11-10T10:10:00.000000Z","elapsed_ms":7000,"interval_before_days":8,"interval_days":0,"phase":"relearning","rating":1,"recall":0.902473,"retention":0.9,"step":0,"utc_offset_minutes":0}');
INSERT INTO "event" VALUES(5,'01a1c4e7-5f60-7000-999c-29f1b743dc67',1794304860000000,'laptop','me','undo','m0.c0','{"day":"2026-11-10","event":"01a1c4e6-7500-7000-88dc-45b157d0af53","utc_offset_minutes":0}');
INSERT INTO "event" VALUES(6,'01a1c4e8-49c0-7000-8699-0c0c2495ddf8',1794304920000000,'laptop','me','review','m0.c0','{"after":"01a19bb3-9500-7000-877f-a9b1e36c7b34","day":"2026-11-10","due":"2026-12-07","elapsed_ms":8000,"interval_before_days":8,"interval_days":27,"phase":"review","rating":2,"recall":0.902473,"retention":0.9,"utc_offset_minutes":0}');
INSERT INTO "event" VALUES(7,'01a1fd8c-6900-7000-a3f3-387772d9530b',1795255200000000,'laptop','me','note','m0.c2','{"day":"2026-11-21","text":"see eq. 16","utc_offset_minutes":0}');
INSERT INTO "event" VALUES(8,'01a1fd8c-6900-7004-9fb5-4f5e65466843',1795255200000001,'laptop','me','prediction','m0.c0','{"day":"2026-11-21","demo":"gae","holds":true,"key":"std","predicted":3.0,"set":{"lam":0.95},"utc_offset_minutes":0,"value":3.6,"within":"20%"}');
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('device','laptop0');
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
COMMIT;
PRAGMA application_id = 0x6C6C6D63;
PRAGMA user_version = 1;
