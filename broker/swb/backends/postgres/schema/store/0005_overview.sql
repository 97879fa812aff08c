-- compatible-with: 1

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
INSERT INTO remarks (
    subject, kind, code, day, at, direction, partner, message_type, environment
)
SELECT octets_digest, 'refusal', code, (buried_at AT TIME ZONE 'UTC')::date, buried_at, 'in', line,
    '', ''
FROM buried ORDER BY sequence;
CREATE INDEX buried_waiting ON buried (buried_at)
    WHERE discarded_at IS NULL AND replayed_at IS NULL;

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
