-- The human side of findings: acts, never changed; a case is its acts in their order.
CREATE TABLE case_acts
(
    finding String CODEC(ZSTD(3)),
    n UInt32 COMMENT 'of the case, from 1',
    rule LowCardinality(String),
    verb LowCardinality(String),
    by String CODEC(ZSTD(3)),
    at_us Int64,
    note String CODEC(ZSTD(3)),
    owner String CODEC(ZSTD(3)),
    ground LowCardinality(String),
    verdict LowCardinality(String)
)
ENGINE = MergeTree
ORDER BY (finding, n)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1;

-- Silences: never changed; an edit makes another row that replaces the first.
CREATE TABLE silences
(
    id String,
    by String,
    why String,
    made_us Int64,
    from_us Int64,
    until_us Int64,
    rule LowCardinality(String),
    area String,
    issuer String,
    finding String,
    replaces String
)
ENGINE = MergeTree
ORDER BY made_us
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1;
