-- Instants are microseconds since 1970-01-01T00:00:00Z. Octets are the last column, so that a row
-- can be read without them. Ids are UUIDv7 and so grow with time, which keeps the indexes dense.

CREATE TABLE documents (
    sequence INTEGER PRIMARY KEY,
    document_id TEXT NOT NULL UNIQUE,
    message_type TEXT NOT NULL,
    certificate_key TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    issuing_party TEXT NOT NULL,
    receiving_party TEXT NOT NULL,
    environment TEXT NOT NULL,
    digest TEXT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    recorded_at INTEGER NOT NULL,
    octets BLOB NOT NULL
) STRICT;
-- A trail is found by certificate and by conversation; acknowledgements have no certificate key.
CREATE INDEX documents_by_certificate ON documents (certificate_key) WHERE certificate_key <> '';
CREATE INDEX documents_by_conversation ON documents (conversation_id);
-- By state and number, whatever the office: an original of a back-to-back certificate is named so.
CREATE INDEX documents_by_number ON documents (
    substr(certificate_key, 1, 2),
    substr(certificate_key, 4 + instr(substr(certificate_key, 4), ':'))
) WHERE certificate_key <> '';

CREATE TABLE messages (
    sequence INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE,
    message_type TEXT NOT NULL,
    document_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    digest TEXT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    expires_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    octets BLOB NOT NULL
) STRICT;
CREATE INDEX messages_by_document ON messages (document_id);

-- What was received under which id. Apart from the messages, because a router relays a message
-- under the id under which it came, and because this must outlive the octets.
CREATE TABLE inbox (
    message_id TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Messages to publish. Discarded, where a person gave up what was parked.
CREATE TABLE outbox (
    sequence INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE REFERENCES messages (message_id),
    line TEXT NOT NULL,
    environment TEXT NOT NULL,
    -- The received message that caused this one; empty for what began here.
    because_of TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'published', 'parked')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    leased_until INTEGER NOT NULL DEFAULT 0,
    code TEXT NOT NULL DEFAULT '',
    -- When it was published or parked.
    ended_at INTEGER
, discarded_at INTEGER) STRICT;
CREATE INDEX outbox_waiting_by_line ON outbox (line, due_at, sequence) WHERE state = 'waiting';
CREATE INDEX outbox_parked ON outbox (ended_at) WHERE state = 'parked';
CREATE INDEX outbox_because_of ON outbox (because_of) WHERE because_of <> '';

-- The octets are the document's. Discarded, where a person gave up what was parked.
CREATE TABLE deliveries (
    sequence INTEGER PRIMARY KEY,
    document_id TEXT NOT NULL UNIQUE REFERENCES documents (document_id),
    message_id TEXT NOT NULL,
    message_digest TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'completed', 'parked')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    leased_until INTEGER NOT NULL DEFAULT 0,
    code TEXT NOT NULL DEFAULT '',
    -- When it was completed or parked.
    ended_at INTEGER
, discarded_at INTEGER) STRICT;
CREATE INDEX deliveries_waiting ON deliveries (due_at, sequence) WHERE state = 'waiting';
CREATE INDEX deliveries_parked ON deliveries (ended_at) WHERE state = 'parked';

CREATE TABLE submissions (
    sequence INTEGER PRIMARY KEY,
    payload_digest TEXT NOT NULL UNIQUE,
    adapter TEXT NOT NULL,
    document_id TEXT NOT NULL REFERENCES documents (document_id),
    recorded_at INTEGER NOT NULL,
    payload BLOB NOT NULL
) STRICT;
-- By their document payloads and what it names are erased.
CREATE INDEX submissions_by_document ON submissions (document_id);

-- The same fact told twice is one event.
CREATE TABLE events (
    sequence INTEGER PRIMARY KEY,
    document_id TEXT NOT NULL,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    code TEXT NOT NULL,
    detail TEXT NOT NULL,
    revision INTEGER NOT NULL,
    UNIQUE (document_id, name, message_id, revision)
) STRICT;
-- What was asked about certificates, and since when.
CREATE INDEX events_asked ON events (document_id, at)
    WHERE name IN ('CANCELLATION', 'VERIFICATION', 'VERIFICATION SUSPENDING');

-- Received is when it first came; 0 where nobody noted it.
CREATE TABLE held (
    sequence INTEGER PRIMARY KEY,
    octets_digest TEXT NOT NULL UNIQUE,
    line TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 1,
    code TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    leased_until INTEGER NOT NULL DEFAULT 0,
    octets BLOB NOT NULL
, received_at INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX held_by_due_at ON held (due_at, sequence);

-- Discarded and replayed: when a person gave it up, and when one had it judged again.
CREATE TABLE buried (
    sequence INTEGER PRIMARY KEY,
    octets_digest TEXT NOT NULL UNIQUE,
    line TEXT NOT NULL,
    code TEXT NOT NULL,
    detail TEXT NOT NULL,
    buried_at INTEGER NOT NULL,
    octets BLOB NOT NULL
, discarded_at INTEGER, replayed_at INTEGER) STRICT;

-- What was erased and why, with what still proves it. The octets of what a record names are empty.
CREATE TABLE erasures (
    sequence INTEGER PRIMARY KEY,
    erasure_id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL,
    erased_at INTEGER NOT NULL,
    octets BLOB NOT NULL
) STRICT;
CREATE INDEX erasures_by_conversation ON erasures (conversation_id);

-- What a document names beside its own key: certificates that it rests upon or goes with.
CREATE TABLE mentions (
    mentioned TEXT NOT NULL,
    document_id TEXT NOT NULL,
    PRIMARY KEY (mentioned, document_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_by_document ON mentions (document_id);

-- Written by every ping, to prove that writing works.
CREATE TABLE pulse (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    beats INTEGER NOT NULL
) STRICT;
INSERT INTO pulse (only_row, beats) VALUES (1, 0);

-- By what documents can be found alike: keyed fingerprints and nothing else, where an agreement names
-- the legal basis. They go with the octets of their document, whatever takes those away.
CREATE TABLE fingerprints (
    value TEXT NOT NULL,
    document_id TEXT NOT NULL REFERENCES documents (document_id),
    kind TEXT NOT NULL,
    key_id TEXT NOT NULL,
    PRIMARY KEY (value, document_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX fingerprints_by_document ON fingerprints (document_id);
CREATE TRIGGER fingerprints_go_with_octets AFTER UPDATE OF octets ON documents
WHEN NEW.octets = x''
BEGIN
    DELETE FROM fingerprints WHERE document_id = NEW.document_id;
END;

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
CREATE INDEX buried_waiting ON buried (buried_at)
    WHERE discarded_at IS NULL AND replayed_at IS NULL;
-- What people gave up is listed by itself, however many dead letters were replayed.
CREATE INDEX buried_discarded ON buried (buried_at)
    WHERE discarded_at IS NOT NULL AND replayed_at IS NULL;

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
