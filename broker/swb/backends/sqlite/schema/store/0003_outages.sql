-- compatible-with: 1
-- Each line is claimed by itself, so that one which is down holds up no other.
DROP INDEX outbox_waiting;
CREATE INDEX outbox_waiting_by_line ON outbox (line, due_at, sequence) WHERE state = 'waiting';
-- What a person gave up stays where it was parked.
ALTER TABLE outbox ADD COLUMN discarded_at INTEGER;
ALTER TABLE deliveries ADD COLUMN discarded_at INTEGER;
ALTER TABLE buried ADD COLUMN discarded_at INTEGER;
ALTER TABLE buried ADD COLUMN replayed_at INTEGER;
-- A message that waits here longer than it lives is judged by when it came.
ALTER TABLE held ADD COLUMN received_at INTEGER NOT NULL DEFAULT 0;
