"""What the store could not write it does not call written: an insert on a full disk fails, and lands once when there is room again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from infra.local.clickhouse import ClickHouseNode
from streams.store import Address, connect
from tests.small_disk import filled, small_disk

pytestmark = pytest.mark.store
ROWS = 200
BYTES = 100
NOT_ENOUGH_SPACE = 243
TABLES = (
    "CREATE TABLE base (k UInt64, v String CODEC(NONE)) ENGINE = MergeTree ORDER BY k "
    "SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, old_parts_lifetime = 5",
    "CREATE TABLE sums (k UInt64, n UInt64) ENGINE = SummingMergeTree ORDER BY k SETTINGS non_replicated_deduplication_window = 1000",
    "CREATE MATERIALIZED VIEW to_sums TO sums AS SELECT k % 10 AS k, count() AS n FROM base GROUP BY k",
)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "400m") as place:
        yield place


def put(client: Client, token: str) -> None:
    rows = pa.table({"k": pa.array(range(ROWS), pa.uint64()), "v": ["x" * BYTES] * ROWS})
    settings = {"insert_deduplication_token": token, "deduplicate_blocks_in_dependent_materialized_views": "1"}
    client.insert_arrow("base", rows, settings=settings)


def held(client: Client) -> tuple[int, int]:
    """Rows of the table, and what the view made of them."""
    base, sums = (
        client.query("SELECT (SELECT count() FROM base), (SELECT sum(n) FROM sums)").result_rows[0][n] for n in (0, 1)
    )
    return int(base), int(sums)


def test_an_insert_on_a_full_disk_fails_and_lands_once_when_there_is_room(disk: Path) -> None:
    """With some room left the table may take its part and the view not: both are there after the same insert again."""
    node = ClickHouseNode(disk / "store", password="writer", readonly_password="reader")
    node.start()
    try:
        client = connect(Address(*node.address, "burdenwatch", "writer"))
        for table in TABLES:
            client.command(table)
        codes: list[int | None] = []
        for number, pages in enumerate((0, 20, 100, 200, 260, 270, 290, 320, 350, 400)):
            before = held(client)
            with filled(disk, pages * 4096):
                try:
                    put(client, f"t{number}")
                except DatabaseError as error:
                    codes.append(error.code)
                else:
                    assert held(client) == (before[0] + ROWS, before[1] + ROWS), f"{pages} pages left"
            put(client, f"t{number}")
            assert held(client) == (before[0] + ROWS, before[1] + ROWS), f"{pages} pages left"
        assert len(codes) >= 4
        assert set(codes) == {NOT_ENOUGH_SPACE}
        client.close()
    finally:
        node.stop()
