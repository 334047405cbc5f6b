-- Admitted events, and which of them refer to which. refs is written first: a reference without its event is harmless.
CREATE TABLE events
(
    pos UInt64 COMMENT 'epoch << 56 | partition << 44 | offset' CODEC(Delta(8), ZSTD(1)),
    ident UInt64 COMMENT 'BLAKE2b over source and id',
    digest UInt64 COMMENT 'BLAKE2b over the content',
    source LowCardinality(String),
    id String CODEC(ZSTD(3)),
    type LowCardinality(String),
    kind UInt8 COMMENT 'place in the list of kinds, from 1; 0 for a correction',
    verb LowCardinality(String),
    time_us Int64 CODEC(Delta(8), ZSTD(1)),
    issuer String CODEC(ZSTD(3)),
    title String CODEC(ZSTD(3)),
    doc_no String CODEC(ZSTD(3)),
    starts_us Nullable(Int64) CODEC(ZSTD(1)),
    deadline_us Nullable(Int64) CODEC(ZSTD(1)),
    receivers UInt32 COMMENT 'units that the demand reaches' CODEC(ZSTD(1)),
    likely Int64 COMMENT 'person-minutes of one unit and one occurrence' CODEC(T64, ZSTD(1)),
    recurrence String CODEC(ZSTD(3)),
    body String COMMENT 'the event as JSON, masked' CODEC(ZSTD(1)),
    admitted_us Int64 COMMENT 'broker time' CODEC(Delta(8), ZSTD(1)),
    INDEX by_ident ident TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_admitted admitted_us TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
ORDER BY pos
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 60, fsync_after_insert = 1;

CREATE TABLE refs
(
    target UInt64 COMMENT 'ident of the event referred to',
    pos UInt64 COMMENT 'the event that refers' CODEC(ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (target, pos)
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 60, fsync_after_insert = 1;
