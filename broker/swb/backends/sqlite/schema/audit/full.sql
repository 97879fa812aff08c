-- What was done here, by whom, why; chained as swb.core.audit says. Nothing is ever changed.
-- Instants are microseconds since 1970-01-01T00:00:00Z.

CREATE TABLE entries (
    sequence INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE
) STRICT;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END;
CREATE TRIGGER entries_are_kept BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'an audit entry is never removed'); END;

-- Finds the steps of approvals among everything else that is entered.
CREATE INDEX entries_by_action ON entries (action, at);
