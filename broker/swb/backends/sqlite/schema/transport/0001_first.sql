-- compatible-with: 1
-- Two queues for every member's line. `depth` is kept by triggers, so that a full queue is known
-- without counting.
CREATE TABLE queues (
    queue_id INTEGER PRIMARY KEY,
    line TEXT NOT NULL,
    name TEXT NOT NULL CHECK (name IN ('submit', 'inbox')),
    max_length INTEGER NOT NULL CHECK (max_length > 0),
    depth INTEGER NOT NULL DEFAULT 0,
    UNIQUE (line, name)
) STRICT;

-- AUTOINCREMENT: a number is never used again, so an old tag cannot settle another message.
CREATE TABLE messages (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    queue_id INTEGER NOT NULL REFERENCES queues (queue_id),
    -- When it may be offered, in microseconds since 1970-01-01T00:00:00Z: 0 is at once, later is
    -- the end of the lease of whoever has it now.
    free_at INTEGER NOT NULL DEFAULT 0,
    owner TEXT NOT NULL DEFAULT '',
    times_offered INTEGER NOT NULL DEFAULT 0,
    message_id TEXT NOT NULL,
    message_type TEXT NOT NULL,
    environment TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;
-- Ended leases first, then oldest first.
CREATE INDEX messages_free ON messages (queue_id, free_at DESC, sequence);

CREATE TRIGGER messages_inserted AFTER INSERT ON messages BEGIN
    UPDATE queues SET depth = depth + 1 WHERE queue_id = new.queue_id;
END;
CREATE TRIGGER messages_deleted AFTER DELETE ON messages BEGIN
    UPDATE queues SET depth = depth - 1 WHERE queue_id = old.queue_id;
END;
