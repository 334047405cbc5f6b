-- Delta roll-ups: +minutes where a range begins, -minutes where it ends, summed by period. The load of a unit is the sum of
-- all deltas at or before its rank. A posting never leaves its shard, so the deltas of the unit's own shard suffice. An area [a, b) is sum(d * (max(b - pos, 0) - max(a - pos, 0))).
CREATE TABLE load_day
(
    day Date CODEC(ZSTD(3)),
    tier UInt8,
    shard UInt8,
    kind UInt8 CODEC(ZSTD(3)),
    pos UInt32 COMMENT 'rank in the tier' CODEC(T64, ZSTD(3)),
    low Int64 CODEC(T64, ZSTD(3)),
    likely Int64 CODEC(T64, ZSTD(3)),
    high Int64 CODEC(T64, ZSTD(3)),
    n Int64 CODEC(T64, ZSTD(3))
)
ENGINE = SummingMergeTree((low, likely, high, n))
ORDER BY (tier, shard, day, kind, pos)
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 60, fsync_after_insert = 1;

CREATE MATERIALIZED VIEW load_day_view TO load_day AS
SELECT
    toDate(toDateTime(start_s, 'Asia/Shanghai')) AS day,
    tier,
    shard,
    kind,
    edge.1 AS pos,
    sum(low * edge.2) AS low,
    sum(likely * edge.2) AS likely,
    sum(high * edge.2) AS high,
    sum(n * edge.2) AS n
FROM (SELECT start_s, tier, shard, kind, low, likely, high, n, arrayJoin([(lo, 1), (hi, -1)]::Array(Tuple(UInt32, Int8))) AS edge FROM demands)
GROUP BY tier, shard, day, kind, pos;

CREATE TABLE load_week
(
    week Date CODEC(ZSTD(3)),
    tier UInt8,
    shard UInt8,
    kind UInt8 CODEC(ZSTD(3)),
    pos UInt32 COMMENT 'rank in the tier' CODEC(T64, ZSTD(3)),
    low Int64 CODEC(T64, ZSTD(3)),
    likely Int64 CODEC(T64, ZSTD(3)),
    high Int64 CODEC(T64, ZSTD(3)),
    n Int64 CODEC(T64, ZSTD(3))
)
ENGINE = SummingMergeTree((low, likely, high, n))
ORDER BY (tier, shard, week, kind, pos)
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 60, fsync_after_insert = 1;

CREATE MATERIALIZED VIEW load_week_view TO load_week AS
SELECT
    toMonday(toDateTime(start_s, 'Asia/Shanghai')) AS week,
    tier,
    shard,
    kind,
    edge.1 AS pos,
    sum(low * edge.2) AS low,
    sum(likely * edge.2) AS likely,
    sum(high * edge.2) AS high,
    sum(n * edge.2) AS n
FROM (SELECT start_s, tier, shard, kind, low, likely, high, n, arrayJoin([(lo, 1), (hi, -1)]::Array(Tuple(UInt32, Int8))) AS edge FROM demands)
GROUP BY tier, shard, week, kind, pos;

CREATE TABLE load_month
(
    month Date CODEC(ZSTD(3)),
    tier UInt8,
    shard UInt8,
    kind UInt8 CODEC(ZSTD(3)),
    pos UInt32 COMMENT 'rank in the tier' CODEC(T64, ZSTD(3)),
    low Int64 CODEC(T64, ZSTD(3)),
    likely Int64 CODEC(T64, ZSTD(3)),
    high Int64 CODEC(T64, ZSTD(3)),
    n Int64 CODEC(T64, ZSTD(3))
)
ENGINE = SummingMergeTree((low, likely, high, n))
ORDER BY (tier, shard, month, kind, pos)
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 60, fsync_after_insert = 1;

CREATE MATERIALIZED VIEW load_month_view TO load_month AS
SELECT
    toStartOfMonth(toDateTime(start_s, 'Asia/Shanghai')) AS month,
    tier,
    shard,
    kind,
    edge.1 AS pos,
    sum(low * edge.2) AS low,
    sum(likely * edge.2) AS likely,
    sum(high * edge.2) AS high,
    sum(n * edge.2) AS n
FROM (SELECT start_s, tier, shard, kind, low, likely, high, n, arrayJoin([(lo, 1), (hi, -1)]::Array(Tuple(UInt32, Int8))) AS edge FROM demands)
GROUP BY tier, shard, month, kind, pos;

-- What each issuer caused: per unit figures times units reached.
CREATE TABLE issuer_month
(
    month Date CODEC(ZSTD(3)),
    issuer String CODEC(ZSTD(3)),
    low Int64 CODEC(T64, ZSTD(3)),
    likely Int64 CODEC(T64, ZSTD(3)),
    high Int64 CODEC(T64, ZSTD(3)),
    receipts Int64 CODEC(T64, ZSTD(3))
)
ENGINE = SummingMergeTree((low, likely, high, receipts))
ORDER BY (month, issuer)
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 60, fsync_after_insert = 1;

CREATE MATERIALIZED VIEW issuer_month_view TO issuer_month AS
SELECT
    toStartOfMonth(toDateTime(start_s, 'Asia/Shanghai')) AS month,
    issuer,
    sum(low * (toInt64(hi) - lo)) AS low,
    sum(likely * (toInt64(hi) - lo)) AS likely,
    sum(high * (toInt64(hi) - lo)) AS high,
    sum(n * (toInt64(hi) - lo)) AS receipts
FROM (SELECT start_s, issuer, low, likely, high, n, lo, hi FROM demands)
GROUP BY month, issuer;

-- What the whole country received: sums over all units, by day.
CREATE TABLE total_day
(
    day Date CODEC(ZSTD(3)),
    tier UInt8,
    shard UInt8,
    kind UInt8 CODEC(ZSTD(3)),
    low Int64 CODEC(T64, ZSTD(3)),
    likely Int64 CODEC(T64, ZSTD(3)),
    high Int64 CODEC(T64, ZSTD(3)),
    n Int64 CODEC(T64, ZSTD(3))
)
ENGINE = SummingMergeTree((low, likely, high, n))
ORDER BY (day, tier, shard, kind)
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 60, fsync_after_insert = 1;

CREATE MATERIALIZED VIEW total_day_view TO total_day AS
SELECT
    toDate(toDateTime(start_s, 'Asia/Shanghai')) AS day,
    tier,
    shard,
    kind,
    sum(low * (toInt64(hi) - lo)) AS low,
    sum(likely * (toInt64(hi) - lo)) AS likely,
    sum(high * (toInt64(hi) - lo)) AS high,
    sum(n * (toInt64(hi) - lo)) AS n
FROM (SELECT start_s, tier, shard, kind, low, likely, high, n, lo, hi FROM demands)
GROUP BY day, tier, shard, kind;
