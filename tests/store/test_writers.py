"""Inserts land once, batches are one block, and a roll-up that a crash left behind is mended exactly once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clickhouse_connect.driver.client import Client

from infra.local.clickhouse import ClickHouseNode
from streams import store
from streams.ledger.postings import Postings
from streams.store import Address, Refusal, Tick, WorkerReport
from streams.store.writers import EVENT_COLUMNS, insert_events, insert_postings, run_token

pytestmark = pytest.mark.store
LEVELS = ("day", "week", "month", "total", "issuer")
PLACES = "level, start, tier, shard, kind, pos, issuer"
AMOUNTS = ("low", "likely", "high", "n")
NOON_US = 1_772_510_400_000_000  # 2026-03-03 12:00 in Shanghai

FAR_US = 4_102_444_800_000_000
"""Reports are thrown away when they are three days old; these never are."""


def postings(seed: int, rows: int) -> Postings:
    random = np.random.default_rng(seed)
    lo = random.integers(0, 500, rows)
    likely = random.integers(-100, 600, rows)
    return Postings(
        key=random.integers(1, 1 << 62, rows).astype(np.uint64),
        tier=random.integers(3, 6, rows).astype(np.uint8),
        kind=random.integers(1, 14, rows).astype(np.uint8),
        issuer=np.array(["510000-education", "110000-health"], dtype=object)[random.integers(0, 2, rows)],
        lo=lo.astype(np.uint32),
        hi=(lo + random.integers(1, 40, rows)).astype(np.uint32),
        start_us=NOON_US + random.integers(-(40 * 86400 * 10**6), 40 * 86400 * 10**6, rows),
        low=likely // 2,
        likely=likely,
        high=likely * 2,
        n=random.choice([-1, 0, 1, 1, 1], rows),
        point=random.integers(0, 2, rows).astype(np.uint8),
    )


def state(client: Client) -> list[tuple[object, ...]]:
    """Every roll-up as what it means: one row for each place."""
    return _summed(client, "rollups")


def recount(client: Client) -> list[tuple[object, ...]]:
    """The same, made anew from the postings."""
    query = client.query(
        "SELECT as_select FROM system.tables WHERE database = currentDatabase() AND name = 'rollups_view'"
    ).result_rows[0][0]
    return _summed(client, f"({query})")


def _summed(client: Client, rows: str) -> list[tuple[object, ...]]:
    sums = ", ".join(f"sum({name}) AS s{name}" for name in AMOUNTS)
    some = " OR ".join(f"s{name} != 0" for name in AMOUNTS)
    sql = f"SELECT {PLACES}, {sums} FROM {rows} GROUP BY {PLACES} HAVING {some} ORDER BY {PLACES}"
    return [tuple(row) for row in client.query(sql).result_rows]


def put(client: Client, batch: Postings, run: int, shard: int = 2) -> None:
    insert_postings(client, batch, shard=shard, run=run)


def test_a_batch_sent_twice_counts_once_everywhere(client: Client) -> None:
    batch = postings(1, 5000)
    put(client, batch, 10)
    once = state(client)
    put(client, batch, 10)
    assert client.command("SELECT count() FROM postings") == 5000
    assert state(client) == once == recount(client)
    put(client, batch, 11)  # the same rows in another batch are other postings
    assert client.command("SELECT count() FROM postings") == 10_000
    assert state(client) == recount(client) != once


def test_a_batch_is_one_block(client: Client) -> None:
    put(client, postings(2, 150_000), 5)
    query = "SELECT count(), max(rows) FROM system.parts WHERE database = currentDatabase() AND table = 'postings' AND active"
    assert client.query(query).result_rows == [(1, 150_000)]


def test_postings_come_back_as_they_went(client: Client) -> None:
    batch = postings(3, 3000)
    put(client, batch, 7)
    put(client, postings(4, 100), 7, shard=3)
    assert sorted(store.load_postings(client, 2).rows()) == sorted(batch.rows())
    since = NOON_US + 123
    late = batch.select(batch.start_us >= since)
    assert sorted(store.load_postings(client, 2, since).rows()) == sorted(late.rows())
    some = batch.select(slice(0, 20))
    assert sorted(store.postings_of(client, 2, some.key.tolist()).rows()) == sorted(some.rows())
    assert len(store.load_postings(client, 5)) == 0


def test_causes_are_kept(client: Client) -> None:
    batch = postings(5, 4)
    causes = batch.key + np.array([0, 1, 2**63, 5], np.uint64)
    insert_postings(client, batch, shard=0, run=1, causes=causes)
    rows = client.query("SELECT key, cause_gap + key FROM postings ORDER BY key").result_rows
    assert {row[0]: row[1] for row in rows} == dict(zip(batch.key.tolist(), causes.tolist(), strict=True))


def test_mending_fills_what_is_missing_exactly_once(client: Client) -> None:
    put(client, postings(6, 2000), 20)
    whole = state(client)
    assert {row[0] for row in whole} == set(LEVELS)
    client.command("TRUNCATE TABLE rollups")
    assert state(client) != whole
    for _ in range(3):
        assert store.mend_last_batches(client, [2]) == {2: 20}
        assert state(client) == whole
    assert client.command("SELECT count() FROM postings") == 2000


def test_mending_only_concerns_the_last_batch_of_the_shard(client: Client) -> None:
    assert store.mend_last_batches(client, [2]) == {}
    for run in (1, 2, 3):
        put(client, postings(run, 300), run)
        put(client, postings(run + 10, 300), run, shard=4)
    whole = state(client)
    assert store.mend_last_batches(client, [2]) == {2: 3}
    assert state(client) == whole


def test_a_batch_of_many_shards_is_one_and_is_mended_as_one(client: Client) -> None:
    batch = postings(8, 900)
    shards = np.arange(900) % 3 + 4
    assert insert_postings(client, batch, shard=shards.astype(np.uint8), run=5) == 900
    put(client, postings(9, 10), 6, shard=6)
    whole = state(client)
    client.command("TRUNCATE TABLE rollups")
    put(client, postings(9, 10), 6, shard=6)
    assert store.mend_last_batches(client, [4, 5, 6, 7]) == {4: 5, 5: 5, 6: 6}
    assert state(client) == whole
    assert client.command("SELECT count() FROM postings") == 910


def test_a_crash_in_the_middle_is_mended(tmp_path: Path) -> None:
    """SIGKILL while batches run in; afterwards each worker sends its last batch again and mends what was left behind."""
    node = ClickHouseNode(tmp_path, password="w")
    node.start()
    try:
        client = store.connect(Address(*node.address, "burdenwatch", "w"))
        store.migrate(client)
        for turn in range(4):
            batch = postings(100 + turn, 60_000)
            killer = threading.Timer(0.02 + 0.08 * turn, node.kill)
            with ThreadPoolExecutor(1) as pool:
                killer.start()
                sent = pool.submit(put, client, batch, turn + 1)  # goes on trying until the store is back
                killer.join()
                node.start()
                sent.result()
            assert store.mend_last_batches(client, [2]) == {2: turn + 1}
            assert client.command("SELECT count() FROM postings") == (turn + 1) * 60_000
            assert state(client) == recount(client)
    finally:
        node.stop()


def test_events_and_references(client: Client) -> None:
    columns: dict[str, Any] = {name: [None, None, None] for name in EVENT_COLUMNS} | {
        "pos": [1 << 56 | 3 << 44 | 9, 1 << 56 | 3 << 44 | 8, 1 << 56 | 5 << 44 | 1],
        "ident": [2**64 - 1, 7, 8],
        "digest": [1, 2, 3],
        "source": ["//oa.example.cn/51", "//oa.example.cn/51", "//b"],
        "id": ["a", "b", "c"],
        "type": ["burden.request.issued.v1"] * 3,
        "kind": [4, 4, 4],
        "verb": ["issued", "answered", "issued"],
        "time_us": [1, -2, 3],
        "issuer": ["510000-education"] * 3,
        "title": ["关于报送…的通知", "", "x"],
        "doc_no": ["川教函〔2026〕12号", "", ""],
        "receivers": [4, 1, 9],
        "likely": [30, 0, 1],
        "recurrence": ["", "", "FREQ=DAILY"],
        "body": [b'{"a":1}', b"{}", '{"z":"报"}'.encode()],
        "admitted_us": [10, 11, 12],
    }
    refs = np.array([2**64 - 1], np.uint64), np.array([1 << 56 | 3 << 44 | 8], np.uint64)
    for _ in range(2):
        assert store.insert_refs(client, *refs, "refs-3-8") == 1
        assert insert_events(client, columns, "events-3-8") == 3
    assert client.command("SELECT count() FROM events") == 3
    about = store.events_about(client, [2**64 - 1])
    assert [event.id for event in about] == ["b", "a"]
    assert about[1].body == b'{"a":1}'
    assert about[1].title == "关于报送…的通知"
    assert store.events_by_pos(client, [1 << 56 | 5 << 44 | 1, 77])[0].body == columns["body"][2]
    assert [(one.ident, one.digest, one.id) for one in store.find_idents(client, [7, 2**64 - 1, 5])] == [
        (7, 2, "b"),
        (2**64 - 1, 1, "a"),
    ]
    assert store.load_idents(client, [3]).ident.tolist() == [7, 2**64 - 1]


def test_facts_and_reports(client: Client) -> None:
    assert store.get_meta(client, "epoch") is None
    store.set_meta(client, "epoch", "1", 5)
    store.set_meta(client, "epoch", "2", 6)
    store.set_meta(client, "epoch", "2", 6)
    assert store.get_meta(client, "epoch") == "2"
    for _ in range(2):
        store.insert_ticks(client, [Tick(1, FAR_US, "all.minutes.7d", 4, -3, -(2**62), 2**63)], "t")
        store.insert_reports(client, [WorkerReport("admit", 3, FAR_US, 4, 5.5, 6)], "w")
        store.insert_refused(client, [Refusal(NOON_US, "//a", "too-big", 2)], "r")
    assert client.command("SELECT sum(n) FROM refused") == 2
    assert client.command("SELECT count() FROM ticks") == 1
    assert client.command("SELECT count() FROM workers") == 1


def test_what_cannot_be_kept_is_refused(client: Client) -> None:
    batch = postings(1, 2)
    for start in (-1, (1 << 32) * 1_000_000):
        bad = Postings(**{**vars(batch), "start_us": np.array([NOON_US, start])})
        with pytest.raises(ValueError, match="start_us"):
            put(client, bad, 1)
    with pytest.raises(ValueError, match="digest"):
        insert_events(client, {name: [] for name in EVENT_COLUMNS if name != "digest"}, "x")
    with pytest.raises(ValueError, match="at most 1000000 in one insert"):
        put(client, postings(1, 1_000_001), 1)
    assert client.command("SELECT count() FROM postings") == 0
    assert run_token(2, 3) == "demands-2-3"
