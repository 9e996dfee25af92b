-- What is computed from the log and the deck, kept so that it need not be computed again. All of it can be rebuilt.
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

-- Cards whose row must be folded anew before it is used.
CREATE TABLE stale (
    card TEXT NOT NULL PRIMARY KEY,
    due_too INTEGER NOT NULL         -- 1: events are missing from the row; 0: only memory is of other parameters
) STRICT, WITHOUT ROWID;
CREATE INDEX stale_due ON stale (card) WHERE due_too = 1;

-- How many cards are due on each day: what load balancing and the forecast read.
CREATE TABLE load (
    day INTEGER PRIMARY KEY,
    cards INTEGER NOT NULL
) STRICT;

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
