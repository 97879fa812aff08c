-- compatible-with: 1
-- What was asked about certificates, and since when.
CREATE INDEX events_asked ON events (document_id, at)
    WHERE name IN ('CANCELLATION', 'VERIFICATION', 'VERIFICATION SUSPENDING');
