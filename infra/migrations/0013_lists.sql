-- Lists, plans and catalogues that no event says: whole versions, each with validity and source. A later version of a name takes over from its first day.
CREATE TABLE lists
(
    name String COMMENT 'of the list, chosen by who keeps it',
    kind LowCardinality(String) COMMENT 'duty, approved, held, plan, cap',
    area String COMMENT 'area code that a duty list is of',
    from_day Date,
    to_day Date COMMENT 'first day on which it no longer applies; 2149-06-06: none is known',
    source String COMMENT 'the document that it is from',
    added_us Int64,
    rows UInt32,
    body String COMMENT 'JSON: the rows' CODEC(ZSTD(3))
)
ENGINE = MergeTree
ORDER BY (kind, name, from_day, added_us)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1;
