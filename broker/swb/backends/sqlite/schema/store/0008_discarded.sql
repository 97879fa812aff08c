-- compatible-with: 1

-- What people gave up is listed by itself, however many dead letters were replayed.
CREATE INDEX buried_discarded ON buried (buried_at)
    WHERE discarded_at IS NOT NULL AND replayed_at IS NULL;
