"""What reconciliation asks of the store: which events are referred to, which demands recur.

Flows in: a client, idents. Flows out: sets and keys. Reads ClickHouse only, with bound parameters.
"""

from __future__ import annotations

from collections.abc import Sequence

from clickhouse_connect.driver.client import Client

from streams.store.loads import CHUNK


def referred(client: Client, idents: Sequence[int]) -> set[int]:
    """Which of these idents some event refers to."""
    found: set[int] = set()
    for first in range(0, len(idents), CHUNK):
        rows = client.query(
            "SELECT DISTINCT target FROM refs WHERE target IN {idents:Array(UInt64)}",
            parameters={"idents": list(idents[first : first + CHUNK])},
        ).result_rows
        found.update(int(row[0]) for row in rows)
    return found


def all_referred(client: Client) -> set[int]:
    """Every ident that some event refers to."""
    return {int(row[0]) for row in client.query("SELECT DISTINCT target FROM refs").result_rows}


def standing(client: Client) -> list[tuple[int, int]]:
    """Key and ident of every issued event that recurs, or that an amendment made recur."""
    rows = client.query(
        "SELECT pos, ident FROM events WHERE verb = 'issued' AND (recurrence != '' OR ident IN "
        "(SELECT target FROM refs WHERE pos IN (SELECT pos FROM events WHERE verb = 'amended' AND position(body, '\"recurrence\"') > 0)))"
    ).result_rows
    return [(int(pos), int(ident)) for pos, ident in rows]
