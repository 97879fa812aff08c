-- compatible-with: 1
-- Digests and time-stamps only: nothing here says what any file holds.
-- Instants are microseconds since 1970-01-01T00:00:00Z.

CREATE TABLE batches (
    sequence INTEGER PRIMARY KEY,
    root BLOB NOT NULL,
    authority TEXT NOT NULL,
    generated_at INTEGER NOT NULL,
    proven_at INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    token BLOB NOT NULL
) STRICT;

CREATE TABLE leaves (
    sequence INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('message', 'document', 'erasure', 'audit')),
    subject_id TEXT NOT NULL,
    octets_digest BLOB NOT NULL,
    signature_digest BLOB NOT NULL,
    recorded_at INTEGER NOT NULL,
    batch INTEGER REFERENCES batches (sequence),
    UNIQUE (kind, subject_id)
) STRICT;
CREATE INDEX leaves_waiting ON leaves (sequence) WHERE batch IS NULL;
CREATE INDEX leaves_by_batch ON leaves (batch) WHERE batch IS NOT NULL;

-- How far each feed of the store was taken in.
CREATE TABLE positions (
    feed TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Whom one trusted when: what was stamped is judged by the lists of its time.
CREATE TABLE trust (
    sequence INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    seen_at INTEGER NOT NULL,
    octets BLOB NOT NULL
) STRICT;
