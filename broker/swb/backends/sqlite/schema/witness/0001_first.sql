-- compatible-with: 1
-- Instants are microseconds since 1970-01-01T00:00:00Z.

-- Every checkpoint that this witness has accepted; the largest of a log decides on the next. It is
-- here before it is signed, so the line may still be empty.
CREATE TABLE cosigned (
    origin TEXT NOT NULL,
    size INTEGER NOT NULL,
    note BLOB NOT NULL,
    line TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    PRIMARY KEY (origin, size)
) STRICT, WITHOUT ROWID;

-- What this witness would not cosign: both checkpoints, and the proof where there is one.
CREATE TABLE incidents (
    sequence INTEGER PRIMARY KEY,
    origin TEXT NOT NULL,
    code TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    first BLOB NOT NULL,
    second BLOB NOT NULL,
    proof BLOB NOT NULL,
    UNIQUE (origin, code, first, second)
) STRICT;
