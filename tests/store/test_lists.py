"""Lists of demands and the state of the stream."""

from __future__ import annotations

from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from streams import store
from streams.ledger.postings import Postings
from streams.registry.registry import Registry
from streams.store import Scope, WorkerReport, reads
from streams.store.writers import EVENT_COLUMNS

pytestmark = pytest.mark.store
LEADER = Scope("leader", "leadership", ("",))
HOUR_US = 3_600_000_000
AT_US = 4_102_444_800_000_000  # far enough that reports are not thrown away as old


def write(client: Client, registry: Registry) -> None:
    """Three demands on Wuhou's townships: one standing, one voided, one with an actual of a single township."""
    shard = registry.shards().shard_of("510107")
    lo, hi = registry.range_of("510107", 4)
    _, one = registry.rank_of(registry.code_of(4, lo + 1))
    rows = [
        (1, 4, 4, "510100-education", lo, hi, AT_US - HOUR_US, 10, 20, 40, 1, 0),
        (1, 4, 4, "510100-education", lo, hi, AT_US + HOUR_US, 10, 20, 40, 1, 0),
        (2, 4, 1, "510100-health", lo, hi, AT_US - 2 * HOUR_US, 30, 30, 30, 1, 0),
        (2, 4, 1, "510100-health", lo, hi, AT_US - 2 * HOUR_US, -30, -30, -30, -1, 0),
        (3, 4, 2, "510107-tax", lo, hi, AT_US - 90 * 24 * HOUR_US, 5, 6, 7, 1, 0),
        (3, 4, 2, "510107-tax", one, one + 1, AT_US - 90 * 24 * HOUR_US, 95, 94, 93, 0, 1),
    ]
    for _ in range(2):
        store.insert_postings(client, Postings.from_rows(rows), shard=shard, run=1)
    columns = {name: ["", "", ""] for name in EVENT_COLUMNS}
    numbers = dict.fromkeys(("ident", "digest", "kind", "time_us", "starts_us", "receivers", "likely"), [1, 2, 3])
    more: dict[str, Any] = {
        "pos": [1, 2, 3],
        "admitted_us": [AT_US - 2 * HOUR_US, AT_US - 30_000_000, AT_US - 1_000_000],
        "deadline_us": [None, 5, 6],
        "id": ["a", "b", "c"],
        "title": ["送表", "开会", "发文"],
        "issuer": ["510100-education", "510100-health", "510107-tax"],
    }
    store.insert_events(client, columns | numbers | more, "events")


def test_recent_and_upcoming_demands(client: Client, registry: Registry) -> None:
    write(client, registry)
    lo, hi = registry.range_of("510107", 4)
    special, other = registry.code_of(4, lo + 1), registry.code_of(4, lo)

    def seen(area: str, *, unit: bool = False) -> list[tuple[object, ...]]:
        rows = reads.recent_demands(client, LEADER, registry, area, AT_US, unit=unit)
        return [(row.key, row.id, row.title, row.low, row.likely, row.high, row.count) for row in rows]

    assert seen(other, unit=True) == seen(other) == [(1, "a", "送表", 10, 20, 40, 1), (3, "c", "发文", 5, 6, 7, 1)]
    assert seen(special, unit=True) == [(1, "a", "送表", 10, 20, 40, 1), (3, "c", "发文", 100, 100, 100, 1)]
    assert [row[:2] for row in seen("510107")] == [(1, "a"), (3, "c")]
    assert [row[0] for row in seen("51")] == [1, 3]
    assert seen("11") == []
    first = reads.recent_demands(client, LEADER, registry, other, AT_US, n=1)
    assert [(row.key, row.start_us, row.deadline_us, row.receivers, row.issuer) for row in first] == [
        (1, AT_US - HOUR_US, None, 1, "510100-education")
    ]
    ahead = reads.upcoming_demands(client, LEADER, registry, other, AT_US, AT_US + 2 * HOUR_US)
    assert [(row.key, row.start_us) for row in ahead] == [(1, AT_US + HOUR_US)]
    assert reads.upcoming_demands(client, LEADER, registry, other, AT_US, AT_US + HOUR_US - 1) == []


def test_health_tells_rate_lag_and_age(client: Client, registry: Registry) -> None:
    empty = reads.stream_health(client, LEADER, AT_US)
    assert (empty.newest_admitted_us, empty.newest_event_us, empty.events_last_hour, empty.lags) == (None, None, 0, ())
    write(client, registry)
    store.insert_reports(
        client,
        [
            WorkerReport("admit", 0, AT_US - 5_000_000, 100, 9.0, 1),
            WorkerReport("admit", 0, AT_US - 1_000_000, 7, 20.5, AT_US - 2_000_000),
            WorkerReport("tally", 3, AT_US - 2 * HOUR_US, 5, 1.0, 1),
        ],
        "w",
    )
    found = reads.stream_health(client, LEADER, AT_US)
    assert (found.events_last_minute, found.events_last_hour) == (2, 2)
    assert (found.newest_admitted_us, found.newest_event_us) == (AT_US - 1_000_000, 3)
    assert [(lag.component, lag.partition, lag.lag, lag.rate) for lag in found.lags] == [("admit", 0, 7, 20.5)]
    later = reads.stream_health(client, LEADER, AT_US + 5 * HOUR_US)
    assert (later.events_last_hour, later.newest_admitted_us) == (0, AT_US - 1_000_000)
