-- compatible-with: 1

-- What the subscriber's webhook was told last of the reference; empty where it was told nothing.
ALTER TABLE entitlements ADD COLUMN told TEXT NOT NULL DEFAULT '';
CREATE INDEX drafts_by_change ON drafts (changed_at);
