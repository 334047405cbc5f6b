-- The roll-ups, in one table: an insert costs the store some 10 ms of processor time for each table that it reaches, whatever the number of rows.
-- The view does not sum: the engine of the table does, at the insert and again at each merge.
-- day, week, month: delta roll-ups: +minutes where a range begins, -minutes where it ends, summed by period. The load of a unit is the sum of
-- all deltas at or before its rank. A posting never leaves its shard, so the deltas of the unit's own shard suffice.
-- An area [a, b) is sum(d * (max(b - pos, 0) - max(a - pos, 0))).
-- total: what whole tiers received, by day. issuer: what each issuer caused, by month: per unit figures times units reached.
CREATE TABLE rollups
(
    level Enum8('day' = 1, 'week' = 2, 'month' = 3, 'total' = 4, 'issuer' = 5),
    start Date COMMENT 'first day of the period, in Shanghai' CODEC(ZSTD(3)),
    tier UInt8,
    shard UInt8,
    kind UInt8 CODEC(ZSTD(3)),
    pos UInt32 COMMENT 'rank in the tier' CODEC(T64, ZSTD(3)),
    issuer String CODEC(ZSTD(3)),
    low Int64 CODEC(T64, ZSTD(3)),
    likely Int64 CODEC(T64, ZSTD(3)),
    high Int64 CODEC(T64, ZSTD(3)),
    n Int64 CODEC(T64, ZSTD(3))
)
ENGINE = SummingMergeTree((low, likely, high, n))
ORDER BY (level, tier, shard, start, kind, pos, issuer)
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 60, fsync_after_insert = 1;

CREATE MATERIALIZED VIEW rollups_view TO rollups AS
SELECT
    line.1 AS level,
    line.2 AS start,
    line.3 AS tier,
    line.4 AS shard,
    line.5 AS kind,
    line.6 AS pos,
    line.7 AS issuer,
    low * line.8 AS low,
    likely * line.8 AS likely,
    high * line.8 AS high,
    n * line.8 AS n
FROM
(
    SELECT
        low,
        likely,
        high,
        n,
        toDate(toDateTime(start_s, 'Asia/Shanghai')) AS day,
        toInt64(hi) - lo AS units,
        arrayJoin([
            ('day', day, tier, shard, kind, lo, '', 1),
            ('day', day, tier, shard, kind, hi, '', -1),
            ('week', toMonday(day), tier, shard, kind, lo, '', 1),
            ('week', toMonday(day), tier, shard, kind, hi, '', -1),
            ('month', toStartOfMonth(day), tier, shard, kind, lo, '', 1),
            ('month', toStartOfMonth(day), tier, shard, kind, hi, '', -1),
            ('total', day, tier, shard, kind, 0, '', units),
            ('issuer', toStartOfMonth(day), 0, 0, 0, 0, issuer, units)
        ]::Array(Tuple(Enum8('day' = 1, 'week' = 2, 'month' = 3, 'total' = 4, 'issuer' = 5), Date, UInt8, UInt8, UInt8, UInt32, String, Int64))) AS line
    FROM demands
);
