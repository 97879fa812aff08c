-- compatible-with: 1

-- Finds what a notice was replaced by.
CREATE INDEX notices_by_replaced ON notices (replaces);
