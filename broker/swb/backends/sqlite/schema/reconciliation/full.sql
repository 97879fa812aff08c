-- Instants are microseconds since 1970-01-01T00:00:00Z, days ISO 8601.

-- How far the store was read, and with which message there: another one means another store.
CREATE TABLE reading (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    first_day TEXT NOT NULL,
    position INTEGER NOT NULL,
    message_id TEXT NOT NULL
) STRICT;

-- Of every day the summary of each side that was sealed last.
CREATE TABLE summaries (
    partner TEXT NOT NULL,
    environment TEXT NOT NULL,
    day TEXT NOT NULL,
    own INTEGER NOT NULL CHECK (own IN (0, 1)),
    revision INTEGER NOT NULL,
    document_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    sealed_at INTEGER NOT NULL,
    octets BLOB NOT NULL,
    PRIMARY KEY (partner, environment, day, own)
) STRICT, WITHOUT ROWID;
CREATE INDEX summaries_by_day ON summaries (day);

-- The other side's, for the latest revision that it listed.
CREATE TABLE lists (
    document_id TEXT PRIMARY KEY,
    partner TEXT NOT NULL,
    environment TEXT NOT NULL,
    day TEXT NOT NULL,
    revision INTEGER NOT NULL,
    sealed_at INTEGER NOT NULL,
    octets BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX lists_by_day ON lists (partner, environment, day);

CREATE TABLE asked (
    document_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    partner TEXT NOT NULL,
    reason TEXT NOT NULL,
    wanted TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (document_id, message_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE notices (
    document_id TEXT PRIMARY KEY,
    partner TEXT NOT NULL,
    own INTEGER NOT NULL CHECK (own IN (0, 1)),
    from_at INTEGER NOT NULL,
    until_at INTEGER,
    reason TEXT NOT NULL,
    replaces TEXT NOT NULL,
    sealed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Finds what a notice was replaced by.
CREATE INDEX notices_by_replaced ON notices (replaces);

-- A certificate is used once, so it is here once.
CREATE TABLE paper_uses (
    certificate_key TEXT PRIMARY KEY,
    folded TEXT NOT NULL,
    used_on TEXT NOT NULL,
    declaration TEXT NOT NULL,
    who TEXT NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX paper_uses_by_folded ON paper_uses (folded);
