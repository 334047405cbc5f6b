-- What units said of their own accord about demands: the same thing asked twice, please merge. Never changed.
CREATE TABLE remarks
(
    at_us Int64 CODEC(Delta(8), ZSTD(1)),
    who String CODEC(ZSTD(3)),
    unit String,
    verb LowCardinality(String) COMMENT 'duplicate or merge',
    first UInt64 COMMENT 'position of a demand',
    second UInt64
)
ENGINE = MergeTree
ORDER BY (unit, first, second, verb)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1;
