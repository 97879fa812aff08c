-- compatible-with: 1

-- What a document names beside its own key: certificates that it rests upon or goes with.
CREATE TABLE mentions (
    mentioned TEXT NOT NULL,
    document_id TEXT NOT NULL,
    PRIMARY KEY (mentioned, document_id)
) STRICT, WITHOUT ROWID;
