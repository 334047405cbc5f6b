-- The postings: signed lines of the ledger. Rows of one tier, shard and Shanghai day lie together, sorted by where their range begins.
CREATE TABLE demands
(
    key UInt64 COMMENT 'position of the issued event' CODEC(T64('bit'), ZSTD(3)),
    tier UInt8,
    kind UInt8 CODEC(ZSTD(3)),
    lo UInt32 CODEC(ZSTD(3)),
    hi UInt32 CODEC(ZSTD(3)),
    start_s UInt32 COMMENT 'whole seconds of the start, UTC' CODEC(T64, ZSTD(3)),
    start_u UInt32 COMMENT 'microseconds on top' CODEC(ZSTD(3)),
    start_us Int64 ALIAS toInt64(start_s) * 1000000 + start_u,
    day Date ALIAS toDate(toDateTime(start_s, 'Asia/Shanghai')),
    low Int64 CODEC(T64, ZSTD(3)),
    likely Int64 CODEC(T64, ZSTD(3)),
    high Int64 CODEC(T64, ZSTD(3)),
    n Int32 COMMENT 'signed count' CODEC(T64, ZSTD(3)),
    point UInt8 COMMENT '1: a correction or rework of one unit',
    issuer String CODEC(ZSTD(3)),
    shard UInt8,
    run UInt64 COMMENT 'number of the batch, rising within a shard' CODEC(ZSTD(3)),
    lead UInt8 COMMENT 'lowest shard of the batch: lead and run name it' CODEC(ZSTD(3)),
    cause_gap UInt64 COMMENT 'position of the causing event minus key, modulo 2^64' CODEC(ZSTD(3)),
    INDEX by_key key TYPE bloom_filter(0.025) GRANULARITY 1
)
ENGINE = MergeTree
ORDER BY (tier, shard, toDate(toDateTime(start_s, 'Asia/Shanghai')), lo, hi, issuer)
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 60, fsync_after_insert = 1;
