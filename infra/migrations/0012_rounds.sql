-- Why a finding ended, or was restated.
ALTER TABLE transitions ADD COLUMN reason LowCardinality(String) DEFAULT '' COMMENT 'amended, withdrawn, ended, corrected, exempt, rule-changed, rule-removed, rule-off; empty: the condition passed';

-- Rounds that parts have completed: an empty one counts, one that failed does not. Health is the age of the last one of each.
CREATE TABLE rounds
(
    part LowCardinality(String) COMMENT 'judge, notifier',
    name LowCardinality(String) COMMENT 'event, load, relation, quota, absence; alerts, deliveries',
    at_us Int64 COMMENT 'when it was completed' CODEC(DoubleDelta, ZSTD(1)),
    took_us Int64 CODEC(T64, ZSTD(1)),
    items Int64 COMMENT 'what it looked at: events, units, rows' CODEC(T64, ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (part, name, at_us)
TTL toDateTime(intDiv(at_us, 1000000)) + INTERVAL 3 DAY
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 60;

-- Rules that could not be asked: set aside with their error until they can be. The last row of a rule says how it stands.
CREATE TABLE rule_faults
(
    rule LowCardinality(String),
    edition LowCardinality(String),
    at_us Int64,
    table LowCardinality(String) COMMENT 'the table that the rule reads',
    error String COMMENT 'empty: it can be asked again',
    rows Array(String) COMMENT 'subjects of the first rows that it failed on'
)
ENGINE = MergeTree
ORDER BY (rule, edition, at_us)
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 60;
