-- What was told, stored before it is delivered, and what was held back and why.
CREATE TABLE notifications
(
    id String,
    recipient LowCardinality(String),
    role LowCardinality(String),
    occasion LowCardinality(String),
    group String CODEC(ZSTD(3)),
    at_us Int64 CODEC(Delta(8), ZSTD(1)),
    count UInt32,
    told String COMMENT 'JSON: the findings shown, worst first' CODEC(ZSTD(3)),
    seq UInt64 COMMENT 'transitions up to this number are taken into account' CODEC(Delta(8), ZSTD(1)),
    note String,
    receivers Array(LowCardinality(String))
)
ENGINE = MergeTree
ORDER BY (seq, at_us, id)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1;

CREATE TABLE withheld
(
    finding String CODEC(ZSTD(3)),
    group String CODEC(ZSTD(3)),
    recipient LowCardinality(String),
    role LowCardinality(String),
    reason LowCardinality(String),
    at_us Int64 CODEC(Delta(8), ZSTD(1)),
    detail String CODEC(ZSTD(3))
)
ENGINE = MergeTree
ORDER BY (finding, at_us)
SETTINGS non_replicated_deduplication_window = 10000;

-- Every attempt to deliver; a notification is delivered to a receiver when a row says ok.
CREATE TABLE deliveries
(
    notification String,
    receiver LowCardinality(String),
    at_us Int64 CODEC(Delta(8), ZSTD(1)),
    outcome LowCardinality(String) COMMENT 'ok, failed (comes again) or given-up',
    error String CODEC(ZSTD(3)),
    took_ms UInt32
)
ENGINE = MergeTree
ORDER BY (notification, receiver, at_us)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1;
