-- compatible-with: 1

-- What was found when something was judged here, whether or not a document came of it. The same of
-- one subject counts once a day (days since 1970), in UTC.
CREATE TABLE remarks (
    sequence INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('rule', 'refusal')),
    code TEXT NOT NULL,
    day INTEGER NOT NULL,
    at INTEGER NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    partner TEXT NOT NULL,
    message_type TEXT NOT NULL,
    environment TEXT NOT NULL,
    UNIQUE (subject, kind, code, day)
) STRICT;
INSERT INTO remarks (
    subject, kind, code, day, at, direction, partner, message_type, environment
)
SELECT octets_digest, 'refusal', code, buried_at / 86400000000, buried_at, 'in', line, '', ''
FROM buried ORDER BY sequence;
CREATE INDEX buried_waiting ON buried (buried_at)
    WHERE discarded_at IS NULL AND replayed_at IS NULL;

-- How far each feed is counted; it moves in the transaction that changes figures and glances.
CREATE TABLE counted (
    feed TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was counted, by period. Rows that come to 0 are deleted.
CREATE TABLE figures (
    measure TEXT NOT NULL,
    grain TEXT NOT NULL,
    begins_at INTEGER NOT NULL,
    partner TEXT NOT NULL,
    message_type TEXT NOT NULL,
    direction TEXT NOT NULL,
    environment TEXT NOT NULL,
    authority TEXT NOT NULL,
    code TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (
        measure, grain, begins_at, partner, message_type, direction, environment, authority, code
    )
) STRICT, WITHOUT ROWID;

-- Where each document stands that leads a conversation.
CREATE TABLE glances (
    document_id TEXT PRIMARY KEY REFERENCES documents (document_id),
    direction TEXT NOT NULL,
    partner TEXT NOT NULL,
    message_type TEXT NOT NULL,
    status TEXT NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Each list is read from the end of a few ranges: one for each kind that there is (figures).
CREATE INDEX glances_listed
    ON glances (direction, partner, message_type, status, recorded_at, document_id);

-- By what a certificate is found: its key and its number, folded.
CREATE TABLE spellings (
    folded TEXT NOT NULL,
    document_id TEXT NOT NULL REFERENCES documents (document_id),
    PRIMARY KEY (folded, document_id)
) STRICT, WITHOUT ROWID;
