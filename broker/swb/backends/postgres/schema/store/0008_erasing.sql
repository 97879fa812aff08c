-- compatible-with: 1

-- By their document payloads and what it names are erased.
CREATE INDEX submissions_by_document ON submissions (document_id);
CREATE INDEX mentions_by_document ON mentions (document_id);
