-- compatible-with: 1

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
