-- compatible-with: 1
-- By state and number, whatever the office: an original of a back-to-back certificate is named so.
CREATE INDEX documents_by_number ON documents (
    split_part(certificate_key, ':', 1), split_part(certificate_key, ':', 3)
) WHERE certificate_key <> '';
