"""Filters that people keep under names of their own; nobody sees another's.

Flows in: a client, a Scope, a name and an address. Flows out: the same. Names the latest of which stands.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import pyarrow as pa
from clickhouse_connect.driver.client import Client

from streams.events.gate import checked_text
from streams.store.scope import OutOfScope, Scope
from streams.store.writers import insert_rows

LONGEST_NAME: Final = 40
LONGEST_ADDRESS: Final = 1_000
MOST: Final = 50
"""Filters that one person may keep."""
_COLUMNS: Final[dict[str, pa.DataType]] = {
    "who": pa.string(), "name": pa.string(), "address": pa.string(), "at_us": pa.int64(), "gone": pa.uint8(),
}  # fmt: skip


class SavedFilter(NamedTuple):
    """``address``: the query of the page, as it stands behind the question mark."""

    name: str
    address: str


def insert_saved_filter(client: Client, scope: Scope, one: SavedFilter, at_us: int, *, gone: bool = False) -> None:
    """Keeps a filter for the person of the Scope, in place of one of the same name; ``gone`` takes it away.

    Raises OutOfScope for a reader without a name, Refused for a text that the gate does not let pass, ValueError for what is too long.
    """
    if not scope.who:
        raise OutOfScope("who: '': filters are kept for persons; sign in")
    name, address = checked_text("name", one.name, lines=False), checked_text("address", one.address, lines=False)
    if not 0 < len(name) <= LONGEST_NAME:
        raise ValueError(f"name: {len(name)} characters: must have 1 to {LONGEST_NAME}; shorten it")
    if len(address) > LONGEST_ADDRESS:
        raise ValueError(f"address: {len(address)} characters: must have at most {LONGEST_ADDRESS}; choose less")
    row: dict[str, list[Any]] = {
        "who": [scope.who],
        "name": [name],
        "address": [address],
        "at_us": [at_us],
        "gone": [int(gone)],
    }
    insert_rows(client, "saved_filters", _COLUMNS, row, f"filter-{scope.who}-{name}-{at_us}-{int(gone)}")


def saved_filters(client: Client, scope: Scope) -> list[SavedFilter]:
    """The filters of the person of the Scope, by name."""
    rows = client.query(
        "SELECT name, argMax(address, (at_us, gone)) FROM saved_filters WHERE who = {who:String} AND who != '' "
        "GROUP BY name HAVING argMax(gone, (at_us, gone)) = 0 ORDER BY name LIMIT {n:UInt32}",
        parameters={"who": scope.who, "n": MOST},
    ).result_rows
    return [SavedFilter(*row) for row in rows]
