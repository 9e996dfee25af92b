-- A log of format 2, as `sqlite3 log.sqlite .dump` writes it; made 2026-11-22.
BEGIN TRANSACTION;
CREATE TABLE card (
    number INTEGER PRIMARY KEY,
    card TEXT NOT NULL UNIQUE,
    shuffle INTEGER NOT NULL,        -- from the id: mixes the cards that are due on one day

    module TEXT,                     -- the deck's part: null when the deck in use does not have the card
    position INTEGER,
    family TEXT,

    folded_at INTEGER,               -- the newest event folded in: (at, id); null when there is none
    folded_id TEXT,
    phase INTEGER NOT NULL,          -- 0 new, 1 learning, 2 review, 3 relearning
    step INTEGER NOT NULL,
    due_at INTEGER,                  -- learning and relearning: microseconds since 1970
    due_day INTEGER,                 -- review: the learner's day
    stability REAL,                  -- days
    difficulty REAL,                 -- 1 to 10
    reviews INTEGER NOT NULL,
    lapses INTEGER NOT NULL,
    first_day INTEGER,               -- the learner's day of the first and the last review
    last_day INTEGER,
    last_at INTEGER,
    last_review TEXT,                -- the event's id
    seen_at INTEGER,                 -- the last review or cram
    recalled INTEGER NOT NULL,       -- 1 once rated good or easy
    suspended INTEGER NOT NULL,
    buried_until INTEGER,            -- the learner's day on which it comes back
    flagged TEXT,
    note TEXT NOT NULL
) STRICT;
INSERT INTO "card" VALUES(1,'m0.c0',225566562,'m0',0,NULL,1794304920000000,'01a1c4e8-49c0-7000-8699-0c0c2495ddf8',2,0,NULL,739957,2.67041833593713633381e+01,4.0106089692968387439e+00,2,0,739922,739930,1794304920000000,'01a1c4e8-49c0-7000-8699-0c0c2495ddf8',1794304920000000,1,0,NULL,NULL,'');
INSERT INTO "card" VALUES(2,'m0.c1',2054615028,'m0',1,NULL,1793614200000000,'01a19bbc-bcc0-7000-9a6b-7685cfe1a30b',2,0,NULL,739924,2.3065,2.11121423578539513243e+00,2,0,739922,739922,1793614200000000,'01a19bbc-bcc0-7000-9a6b-7685cfe1a30b',1793614200000000,1,0,NULL,NULL,'');
INSERT INTO "card" VALUES(3,'m0.c2',3816799822,'m0',2,NULL,1795255200000000,'01a1fd8c-6900-7000-a3f3-387772d9530b',0,0,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL,'see eq. 16');
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
CREATE TABLE load (
    day INTEGER PRIMARY KEY,
    cards INTEGER NOT NULL
) STRICT;
INSERT INTO "load" VALUES(739924,1);
INSERT INTO "load" VALUES(739957,1);
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('catalogue','old');
INSERT INTO "meta" VALUES('device','laptop0');
INSERT INTO "meta" VALUES('learner','me');
CREATE TABLE stale (
    card TEXT NOT NULL PRIMARY KEY,
    due_too INTEGER NOT NULL         -- 1: events are missing from the row; 0: only memory is of other parameters
) STRICT, WITHOUT ROWID;
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
CREATE INDEX card_new ON card (position)
    WHERE phase = 0 AND suspended = 0 AND position IS NOT NULL;
CREATE INDEX card_new_of_module ON card (module, position)
    WHERE phase = 0 AND suspended = 0 AND position IS NOT NULL;
CREATE INDEX card_due ON card (due_day, shuffle)
    WHERE due_day IS NOT NULL AND suspended = 0 AND position IS NOT NULL;
CREATE INDEX card_due_of_module ON card (module, due_day, shuffle)
    WHERE due_day IS NOT NULL AND suspended = 0 AND position IS NOT NULL;
CREATE INDEX card_learning ON card (due_at)
    WHERE due_at IS NOT NULL AND suspended = 0 AND position IS NOT NULL;
CREATE INDEX card_module ON card (module, position) WHERE position IS NOT NULL;
CREATE INDEX card_day ON card (last_day, family, first_day) WHERE last_day IS NOT NULL;
CREATE INDEX stale_due ON stale (card) WHERE due_too = 1;
CREATE TRIGGER load_of_a_new_row AFTER INSERT ON card
WHEN new.due_day IS NOT NULL AND new.suspended = 0 AND new.position IS NOT NULL
BEGIN
    INSERT INTO load (day, cards) VALUES (new.due_day, 1) ON CONFLICT (day) DO UPDATE SET cards = cards + 1;
END;
CREATE TRIGGER load_before_a_change AFTER UPDATE OF due_day, suspended, position ON card
WHEN old.due_day IS NOT NULL AND old.suspended = 0 AND old.position IS NOT NULL
BEGIN
    UPDATE load SET cards = cards - 1 WHERE day = old.due_day;
    DELETE FROM load WHERE day = old.due_day AND cards = 0;
END;
CREATE TRIGGER load_after_a_change AFTER UPDATE OF due_day, suspended, position ON card
WHEN new.due_day IS NOT NULL AND new.suspended = 0 AND new.position IS NOT NULL
BEGIN
    INSERT INTO load (day, cards) VALUES (new.due_day, 1) ON CONFLICT (day) DO UPDATE SET cards = cards + 1;
END;
CREATE TRIGGER load_of_a_deleted_row AFTER DELETE ON card
WHEN old.due_day IS NOT NULL AND old.suspended = 0 AND old.position IS NOT NULL
BEGIN
    UPDATE load SET cards = cards - 1 WHERE day = old.due_day;
    DELETE FROM load WHERE day = old.due_day AND cards = 0;
END;
COMMIT;
PRAGMA application_id = 0x6C6C6D63;
PRAGMA user_version = 2;
