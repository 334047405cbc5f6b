"""The store as of one moment while it is written: every table's parts, hard-linked aside.

Flows in: a client that may alter tables. Touches ClickHouse. Flows out:
parts below ``shadow/NAME`` of the engine's directory, for the caller to delete.
"""

from __future__ import annotations

from typing import Final

from clickhouse_connect.driver.client import Client

NAME: Final = "backup"
FIRST: Final = ("meta", "events", "refs")
"""Frozen in this order: what notes how far a reader came, what it read, what refers to it. All other tables are written after these."""


def freeze(client: Client) -> None:
    """Keep aside what is in the tables now; a reader that starts from it goes on as after a crash."""
    rows = client.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
    )
    there = {str(row[0]) for row in rows.result_rows}
    for table in [*FIRST, *sorted(there - set(FIRST))]:
        client.command(f"ALTER TABLE {table} FREEZE WITH NAME '{NAME}'")
