DROP VIEW IF EXISTS rollups_view;

RENAME TABLE postings TO demands, backtest_batches TO frames;

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
