-- compatible-with: 1

-- What was erased and why, with what still proves it. The octets of what a record names are empty.
CREATE TABLE erasures (
    sequence INTEGER PRIMARY KEY,
    erasure_id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL,
    erased_at INTEGER NOT NULL,
    octets BLOB NOT NULL
) STRICT;
CREATE INDEX erasures_by_conversation ON erasures (conversation_id);
