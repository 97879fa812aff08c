-- compatible-with: 1
-- By what takes a certificate's place, and what was asked about certificates since when.
CREATE INDEX events_replacing ON events (detail) WHERE name = 'CANCELLATION' AND detail <> '';
CREATE INDEX events_asked ON events (document_id, at)
    WHERE name IN ('CANCELLATION', 'VERIFICATION', 'VERIFICATION SUSPENDING');
