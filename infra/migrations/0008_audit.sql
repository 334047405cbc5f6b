-- Who looked at what, took what away and was turned back; never changed, kept for three years.
CREATE TABLE audit
(
    at_us Int64 CODEC(Delta(8), ZSTD(1)),
    who String CODEC(ZSTD(3)),
    role LowCardinality(String),
    deed LowCardinality(String) COMMENT 'view, export, act, check, denied, sign-in or sign-out',
    page LowCardinality(String),
    area String CODEC(ZSTD(3)),
    detail String CODEC(ZSTD(3))
)
ENGINE = MergeTree
ORDER BY (at_us, who)
TTL toDateTime(intDiv(at_us, 1000000)) + INTERVAL 3 YEAR
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1;
