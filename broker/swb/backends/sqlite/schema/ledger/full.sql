-- Instants are microseconds since 1970-01-01T00:00:00Z.

-- The log that this file holds, how far the message store has been read for it, and who does it.
CREATE TABLE log (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    origin TEXT NOT NULL,
    -- Of the last record of the message store that is in the log.
    position INTEGER NOT NULL,
    size INTEGER NOT NULL,
    -- Roots of the complete subtrees of the tree, the largest first, 32 octets each.
    frontier BLOB NOT NULL,
    owner TEXT NOT NULL,
    leased_until INTEGER NOT NULL
) STRICT;

CREATE TABLE leaves (
    number INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE,
    entry BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;

-- Hashes of complete subtrees over 256, 65536, ... leaves: the published tiles above level 0.
CREATE TABLE subtrees (
    level INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;

-- Everything that the log has signed, one for each size at most.
CREATE TABLE checkpoints (
    size INTEGER PRIMARY KEY,
    note BLOB NOT NULL,
    signed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE cosignatures (
    size INTEGER NOT NULL REFERENCES checkpoints (size),
    name TEXT NOT NULL,
    line TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (size, name)
) STRICT, WITHOUT ROWID;
