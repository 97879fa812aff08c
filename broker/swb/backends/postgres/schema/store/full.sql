-- Octets are the last column, so that a row can be read without them. Ids are UUIDv7 and so grow
-- with time, which keeps the indexes dense; texts are compared octet by octet.

CREATE TABLE documents (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id text COLLATE "C" NOT NULL UNIQUE,
    message_type text COLLATE "C" NOT NULL,
    certificate_key text COLLATE "C" NOT NULL,
    conversation_id text COLLATE "C" NOT NULL,
    issuing_party text COLLATE "C" NOT NULL,
    receiving_party text COLLATE "C" NOT NULL,
    environment text COLLATE "C" NOT NULL,
    digest text COLLATE "C" NOT NULL,
    direction text COLLATE "C" NOT NULL CHECK (direction IN ('in', 'out')),
    recorded_at timestamptz NOT NULL,
    -- Whether it is a certificate that was made here of a payload: there is one with its key.
    is_own_certificate boolean NOT NULL DEFAULT false,
    octets bytea NOT NULL
);
-- A trail is found by certificate and by conversation; acknowledgements have no certificate key.
CREATE INDEX documents_by_certificate ON documents (certificate_key) WHERE certificate_key <> '';
CREATE INDEX documents_by_conversation ON documents (conversation_id);
-- By state and number, whatever the office: an original of a back-to-back certificate is named so.
CREATE INDEX documents_by_number ON documents (
    split_part(certificate_key, ':', 1), split_part(certificate_key, ':', 3)
) WHERE certificate_key <> '';
CREATE UNIQUE INDEX documents_own_certificate ON documents (certificate_key, message_type)
    WHERE is_own_certificate AND certificate_key <> '';

CREATE TABLE messages (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id text COLLATE "C" NOT NULL UNIQUE,
    message_type text COLLATE "C" NOT NULL,
    document_id text COLLATE "C" NOT NULL,
    sender text COLLATE "C" NOT NULL,
    receiver text COLLATE "C" NOT NULL,
    digest text COLLATE "C" NOT NULL,
    direction text COLLATE "C" NOT NULL CHECK (direction IN ('in', 'out')),
    expires_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    octets bytea NOT NULL
);
CREATE INDEX messages_by_document ON messages (document_id);

-- A sequence is drawn before the commit, so a later position may be seen before an earlier one.
-- Whoever draws one has this lock until its transaction ends; nobody waits for it, and whoever
-- reads the feed shows no position while a transaction lives that had the lock before
-- (feed, _WRITERS). The lock's key: 'swb' in ASCII, then the table.
CREATE FUNCTION enter_feed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared((7567202::bigint << 32) | TG_RELID::bigint);
    RETURN NULL;
END
$$;
CREATE TRIGGER enter_feed BEFORE INSERT ON messages
    FOR EACH STATEMENT EXECUTE FUNCTION enter_feed();

-- What was received under which id. Apart from the messages, because a router relays a message
-- under the id under which it came, and because this must outlive the octets.
CREATE TABLE inbox (
    message_id text COLLATE "C" PRIMARY KEY,
    digest text COLLATE "C" NOT NULL,
    expires_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL
);

-- Messages to publish. Rows change state a few times and then rest; vacuum has to keep up with it.
CREATE TABLE outbox (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id text COLLATE "C" NOT NULL UNIQUE REFERENCES messages (message_id),
    line text COLLATE "C" NOT NULL,
    environment text COLLATE "C" NOT NULL,
    -- The received message that caused this one; empty for what began here.
    because_of text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'published', 'parked')),
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    leased_until timestamptz NOT NULL DEFAULT '-infinity',
    code text COLLATE "C" NOT NULL DEFAULT '',
    -- When it was published or parked.
    ended_at timestamptz,
    -- When a person gave up what was parked.
    discarded_at timestamptz
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
-- Each line is claimed by itself, so that one which is down holds up no other.
CREATE INDEX outbox_waiting_by_line ON outbox (line, due_at, sequence) WHERE state = 'waiting';
CREATE INDEX outbox_parked ON outbox (ended_at) WHERE state = 'parked';
CREATE INDEX outbox_because_of ON outbox (because_of) WHERE because_of <> '';

-- The octets are the document's.
CREATE TABLE deliveries (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id text COLLATE "C" NOT NULL UNIQUE REFERENCES documents (document_id),
    message_id text COLLATE "C" NOT NULL,
    message_digest text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'completed', 'parked')),
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    leased_until timestamptz NOT NULL DEFAULT '-infinity',
    code text COLLATE "C" NOT NULL DEFAULT '',
    -- When it was completed or parked.
    ended_at timestamptz,
    -- When a person gave up what was parked.
    discarded_at timestamptz
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
CREATE INDEX deliveries_waiting ON deliveries (due_at, sequence) WHERE state = 'waiting';
CREATE INDEX deliveries_parked ON deliveries (ended_at) WHERE state = 'parked';

CREATE TABLE submissions (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payload_digest text COLLATE "C" NOT NULL UNIQUE,
    adapter text COLLATE "C" NOT NULL,
    -- It is written before the document: whether the payload is known decides everything else.
    document_id text COLLATE "C" NOT NULL REFERENCES documents (document_id)
        DEFERRABLE INITIALLY DEFERRED,
    recorded_at timestamptz NOT NULL,
    payload bytea NOT NULL
);
-- By their document payloads and what it names are erased.
CREATE INDEX submissions_by_document ON submissions (document_id);

-- The same fact told twice is one event.
CREATE TABLE events (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    message_id text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    detail text COLLATE "C" NOT NULL,
    revision integer NOT NULL,
    -- Whether a response that was made here of a payload has this number: there is one.
    is_own_response boolean NOT NULL DEFAULT false,
    UNIQUE (document_id, name, message_id, revision)
);
CREATE UNIQUE INDEX events_own_response ON events (document_id, revision) WHERE is_own_response;
-- What was asked about certificates, and since when.
CREATE INDEX events_asked ON events (document_id, at)
    WHERE name IN ('CANCELLATION', 'VERIFICATION', 'VERIFICATION SUSPENDING');

CREATE TABLE held (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    octets_digest text COLLATE "C" NOT NULL UNIQUE,
    line text COLLATE "C" NOT NULL,
    attempts integer NOT NULL DEFAULT 1,
    code text COLLATE "C" NOT NULL,
    due_at timestamptz NOT NULL,
    leased_until timestamptz NOT NULL DEFAULT '-infinity',
    -- When it first came, where somebody noted it.
    received_at timestamptz,
    octets bytea NOT NULL
);
CREATE INDEX held_by_due_at ON held (due_at, sequence);

CREATE TABLE buried (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    octets_digest text COLLATE "C" NOT NULL UNIQUE,
    line text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    detail text COLLATE "C" NOT NULL,
    buried_at timestamptz NOT NULL,
    -- When a person gave it up, and when one had it judged again.
    discarded_at timestamptz,
    replayed_at timestamptz,
    octets bytea NOT NULL
);

-- What was erased and why, with what still proves it. The octets of what a record names are empty.
CREATE TABLE erasures (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    erasure_id text COLLATE "C" NOT NULL UNIQUE,
    conversation_id text COLLATE "C" NOT NULL,
    erased_at timestamptz NOT NULL,
    octets bytea NOT NULL
);
CREATE INDEX erasures_by_conversation ON erasures (conversation_id);

-- What a document names beside its own key: certificates that it rests upon or goes with.
CREATE TABLE mentions (
    mentioned text COLLATE "C" NOT NULL,
    document_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (mentioned, document_id)
);
CREATE INDEX mentions_by_document ON mentions (document_id);

-- Written by every ping, to prove that writing works.
CREATE TABLE pulse (
    only_row integer PRIMARY KEY CHECK (only_row = 1),
    beats bigint NOT NULL
);
INSERT INTO pulse (only_row, beats) VALUES (1, 0);

-- By what documents can be found alike: keyed fingerprints and nothing else, where an agreement names
-- the legal basis. They go with the octets of their document, whatever takes those away.
CREATE TABLE fingerprints (
    value text COLLATE "C" NOT NULL,
    document_id text COLLATE "C" NOT NULL REFERENCES documents (document_id),
    kind text COLLATE "C" NOT NULL,
    key_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (value, document_id)
);
CREATE INDEX fingerprints_by_document ON fingerprints (document_id);
CREATE FUNCTION remove_fingerprints() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM fingerprints WHERE document_id = NEW.document_id;
    RETURN NULL;
END;
$$;
CREATE TRIGGER fingerprints_go_with_octets AFTER UPDATE OF octets ON documents
FOR EACH ROW WHEN (NEW.octets = '')
EXECUTE FUNCTION remove_fingerprints();

-- Facts are a feed as messages are: what is counted reads them in the order of the commits.
CREATE TRIGGER enter_feed BEFORE INSERT ON events
    FOR EACH STATEMENT EXECUTE FUNCTION enter_feed();

-- What was found when something was judged here, whether or not a document came of it. The same of
-- one subject counts once a day, in UTC.
CREATE TABLE remarks (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('rule', 'refusal')),
    code text COLLATE "C" NOT NULL,
    day date NOT NULL,
    at timestamptz NOT NULL,
    direction text COLLATE "C" NOT NULL CHECK (direction IN ('in', 'out')),
    partner text COLLATE "C" NOT NULL,
    message_type text COLLATE "C" NOT NULL,
    environment text COLLATE "C" NOT NULL,
    UNIQUE (subject, kind, code, day)
);
CREATE TRIGGER enter_feed BEFORE INSERT ON remarks
    FOR EACH STATEMENT EXECUTE FUNCTION enter_feed();
CREATE INDEX buried_waiting ON buried (buried_at)
    WHERE discarded_at IS NULL AND replayed_at IS NULL;
-- What people gave up is listed by itself, however many dead letters were replayed.
CREATE INDEX buried_discarded ON buried (buried_at)
    WHERE discarded_at IS NOT NULL AND replayed_at IS NULL;

-- How far each feed is counted; it moves in the transaction that changes figures and glances.
CREATE TABLE counted (
    feed text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL
);

-- What was counted, by period. Rows that come to 0 are deleted.
CREATE TABLE figures (
    measure text COLLATE "C" NOT NULL,
    grain text COLLATE "C" NOT NULL,
    begins_at timestamptz NOT NULL,
    partner text COLLATE "C" NOT NULL,
    message_type text COLLATE "C" NOT NULL,
    direction text COLLATE "C" NOT NULL,
    environment text COLLATE "C" NOT NULL,
    authority text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (
        measure, grain, begins_at, partner, message_type, direction, environment, authority, code
    )
) WITH (fillfactor = 70);

-- Where each document stands that leads a conversation.
CREATE TABLE glances (
    document_id text COLLATE "C" PRIMARY KEY REFERENCES documents (document_id),
    direction text COLLATE "C" NOT NULL,
    partner text COLLATE "C" NOT NULL,
    message_type text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    recorded_at timestamptz NOT NULL
);
-- Each list is read from the end of a few ranges: one for each kind that there is (figures).
CREATE INDEX glances_listed
    ON glances (direction, partner, message_type, status, recorded_at, document_id);

-- By what a certificate is found: its key and its number, folded.
CREATE TABLE spellings (
    folded text COLLATE "C" NOT NULL,
    document_id text COLLATE "C" NOT NULL REFERENCES documents (document_id),
    PRIMARY KEY (folded, document_id)
);
