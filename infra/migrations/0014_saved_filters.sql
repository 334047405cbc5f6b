-- Filters of the desk that people keep under names of their own: the latest row of a person and a name stands.
CREATE TABLE saved_filters
(
    who String,
    name String,
    address String CODEC(ZSTD(3)),
    at_us Int64 CODEC(Delta(8), ZSTD(1)),
    gone UInt8 COMMENT '1: taken away'
)
ENGINE = MergeTree
ORDER BY (who, name, at_us)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1;
