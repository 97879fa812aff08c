-- compatible-with: 1

-- What a document names beside its own key: certificates that it rests upon or goes with.
CREATE TABLE mentions (
    mentioned text COLLATE "C" NOT NULL,
    document_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (mentioned, document_id)
);
