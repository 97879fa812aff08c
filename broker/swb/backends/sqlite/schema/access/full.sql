-- Who may do what, and what the API was asked once. No secret is here, only digests.
-- Instants are microseconds since 1970-01-01T00:00:00Z; roles are words, divided by spaces.

CREATE TABLE credentials (
    credential_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('token', 'certificate')),
    digest TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    roles TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    used_at INTEGER
) STRICT;

CREATE TABLE users (
    name TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    roles TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    password_set_at INTEGER NOT NULL,
    disabled_at INTEGER
) STRICT;

CREATE TABLE sessions (
    digest TEXT PRIMARY KEY,
    name TEXT NOT NULL REFERENCES users (name),
    begun_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (name);
CREATE INDEX sessions_by_age ON sessions (begun_at);

-- Answers to requests with an Idempotency-Key; one without a status is under way.
CREATE TABLE requests (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    status INTEGER,
    media_type TEXT NOT NULL,
    location TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT;
CREATE INDEX requests_by_age ON requests (begun_at);

CREATE TABLE drafts (
    draft_id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    title TEXT NOT NULL,
    content BLOB NOT NULL,
    version INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX drafts_by_owner ON drafts (owner, changed_at);
CREATE INDEX drafts_by_change ON drafts (changed_at);

-- Who took a delivery for the national system last, and whether it was acknowledged.
CREATE TABLE leases (
    document_id TEXT PRIMARY KEY,
    lease_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    message_type TEXT NOT NULL,
    message_id TEXT NOT NULL,
    message_digest TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    acknowledged_at INTEGER
) STRICT;
CREATE INDEX leases_by_end ON leases (ends_at);

-- Which references a subscriber may follow, and what its webhook was told last of each; empty where
-- it was told nothing.
CREATE TABLE entitlements (
    owner TEXT NOT NULL,
    certificate_key TEXT NOT NULL,
    until INTEGER NOT NULL,
    told TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (owner, certificate_key)
) STRICT, WITHOUT ROWID;
