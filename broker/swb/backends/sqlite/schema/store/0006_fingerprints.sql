-- compatible-with: 1

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
