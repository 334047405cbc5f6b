-- How the machine is doing: totals told by the tally workers, lags, refusals, and what the installation knows about itself.
CREATE TABLE ticks
(
    shard UInt8,
    at_us Int64 CODEC(DoubleDelta, ZSTD(1)),
    metric LowCardinality(String),
    tier UInt8,
    total Int64 CODEC(ZSTD(1)),
    checksum Int64 COMMENT 'sum over units of value times (rank + 1), modulo 2^64' CODEC(ZSTD(1)),
    applied UInt64 COMMENT 'run up to which the ledger had applied' CODEC(ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (metric, tier, shard, at_us)
TTL toDateTime(intDiv(at_us, 1000000)) + INTERVAL 3 DAY
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 60;

CREATE TABLE workers
(
    component LowCardinality(String) COMMENT 'admit or tally',
    partition UInt16,
    at_us Int64 CODEC(DoubleDelta, ZSTD(1)),
    lag Int64 COMMENT 'records not yet handled' CODEC(ZSTD(1)),
    rate Float64 COMMENT 'records a second since the last report' CODEC(ZSTD(1)),
    watermark_us Int64 COMMENT 'broker time up to which everything is handled' CODEC(ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (component, partition, at_us)
TTL toDateTime(intDiv(at_us, 1000000)) + INTERVAL 3 DAY
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 60;

CREATE TABLE refused
(
    hour DateTime('UTC'),
    source String,
    code LowCardinality(String),
    n UInt64
)
ENGINE = SummingMergeTree(n)
ORDER BY (hour, source, code)
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 60, fsync_after_insert = 1;

CREATE TABLE meta
(
    key String,
    value String,
    version UInt64 COMMENT 'microseconds UTC of the writing'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY key
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 60, fsync_after_insert = 1;
