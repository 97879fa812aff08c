-- compatible-with: 1
-- By state and number, whatever the office: an original of a back-to-back certificate is named so.
CREATE INDEX documents_by_number ON documents (
    substr(certificate_key, 1, 2),
    substr(certificate_key, 4 + instr(substr(certificate_key, 4), ':'))
) WHERE certificate_key <> '';
