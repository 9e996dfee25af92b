-- What happened on each of the learner's days, counted as it happens.
CREATE TABLE tally (
    day INTEGER NOT NULL,
    kind TEXT NOT NULL,
    events INTEGER NOT NULL,
    elapsed_ms INTEGER NOT NULL,
    again INTEGER NOT NULL,
    hard INTEGER NOT NULL,
    good INTEGER NOT NULL,
    easy INTEGER NOT NULL,
    young INTEGER NOT NULL,              -- reviews at an interval of 1 to 20 days
    young_recalled INTEGER NOT NULL,
    mature INTEGER NOT NULL,             -- 21 days and more
    mature_recalled INTEGER NOT NULL,
    expected_ppm INTEGER NOT NULL,       -- sum of the predicted recall of those, in millionths
    PRIMARY KEY (day, kind)
) STRICT, WITHOUT ROWID;

DELETE FROM meta WHERE key = 'learner';  -- the next start computes everything anew
