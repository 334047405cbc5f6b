-- Demands as event rules read them: a batch of rows as Parquet each, so that a year can be looked at again under other rules in seconds.
CREATE TABLE frames
(
    seq UInt64 COMMENT 'from 1 without gaps',
    first_us Int64 COMMENT 'earliest time of an event in it',
    last_us Int64,
    rows UInt32,
    cursors String COMMENT 'JSON: how far each part of the log is framed after this batch',
    blob String COMMENT 'Parquet' CODEC(NONE)
)
ENGINE = MergeTree
ORDER BY seq
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, index_granularity = 64, index_granularity_bytes = 0;
