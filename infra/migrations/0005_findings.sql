-- Findings: every change of every finding, stored before it is told; a finding is its last row.
CREATE TABLE transitions
(
    seq UInt64 COMMENT 'order of writing' CODEC(Delta(8), ZSTD(1)),
    finding String COMMENT '32 hex digits over rule, subject and period' CODEC(ZSTD(3)),
    rule LowCardinality(String),
    subject String COMMENT 'event:SOURCE#ID, unit:CODE, issuer:CODE, feed:SOURCE or case:ID' CODEC(ZSTD(3)),
    period String CODEC(ZSTD(3)),
    was LowCardinality(String),
    phase LowCardinality(String) COMMENT 'inactive, pending, firing or resolved',
    holds UInt8,
    at_us Int64 CODEC(Delta(8), ZSTD(1)),
    since_us Int64 CODEC(Delta(8), ZSTD(1)),
    episode UInt32,
    value Float64,
    limit Float64,
    edition LowCardinality(String) COMMENT 'PACK@FROM: the version of the rules',
    layer LowCardinality(String) COMMENT 'fact, notice or breach',
    for_us Int64,
    keep_firing_us Int64,
    issuer String CODEC(ZSTD(3)),
    place String COMMENT 'lowest area that holds all units concerned' CODEC(ZSTD(3)),
    exempt LowCardinality(String),
    events Array(String) CODEC(ZSTD(3)),
    inputs String COMMENT 'JSON: the columns that the rule looked at' CODEC(ZSTD(3))
)
ENGINE = MergeTree
ORDER BY seq
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 60, fsync_after_insert = 1;

ALTER TABLE demands ADD INDEX by_run run TYPE minmax GRANULARITY 1;
