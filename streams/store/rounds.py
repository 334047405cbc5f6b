"""Rounds that parts have completed, and rules that could not be asked: what health speaks from.

Flows in: a client, rows. Flows out: the same, the last of each. Of rules that could not be asked, the
subjects are told to operators alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import pyarrow as pa
from clickhouse_connect.driver.client import Client

from streams.store.scope import for_everyone
from streams.store.writers import insert_rows

HOUR_US: Final = 3_600_000_000
TEN_MINUTES_US: Final = 600_000_000
RESTARTS: Final = "restarts"
"""The part under whose name deaths of parts are noted: ``items`` says how many within ten minutes."""
_ROUND: Final[dict[str, pa.DataType]] = {
    "part": pa.string(), "name": pa.string(), "at_us": pa.int64(), "took_us": pa.int64(), "items": pa.int64(),
}  # fmt: skip
_FAULT: Final[dict[str, pa.DataType]] = {
    "rule": pa.string(), "edition": pa.string(), "at_us": pa.int64(), "table": pa.string(), "error": pa.string(),
    "rows": pa.list_(pa.string()),
}  # fmt: skip


class Round(NamedTuple):
    """One completed round of a part: what it looked at, how long it took."""

    part: str
    name: str
    at_us: int
    took_us: int
    items: int


class FaultRow(NamedTuple):
    """A rule that could not be asked at an instant; ``error`` '' says that it can be asked again."""

    rule: str
    edition: str
    at_us: int
    table: str
    error: str
    rows: tuple[str, ...]


def insert_rounds(client: Client, rows: Sequence[Round]) -> None:
    """Store completed rounds."""
    if rows:
        first = rows[0]
        insert_rows(client, "rounds", _ROUND, _columns(_ROUND, rows), f"{first.part}-{first.name}-{first.at_us}")


def insert_rule_faults(client: Client, rows: Sequence[FaultRow]) -> None:
    """Store what became of rules that could not be asked."""
    if rows:
        insert_rows(
            client, "rule_faults", _FAULT, _columns(_FAULT, rows), f"{rows[0].rule}-{rows[0].edition}-{rows[0].at_us}"
        )


@for_everyone
def last_rounds(client: Client, at_us: int) -> list[Round]:
    """The last completed round of each part and name, not older than a day, by part and name."""
    rows = client.query(
        "SELECT part, name, max(at_us), argMax(took_us, at_us), argMax(items, at_us) FROM rounds "
        "WHERE at_us > {since:Int64} AND at_us <= {at:Int64} GROUP BY part, name ORDER BY part, name",
        parameters={"since": at_us - 24 * HOUR_US, "at": at_us + HOUR_US},
    ).result_rows
    return [Round(str(part), str(name), int(at), int(took), int(items)) for part, name, at, took, items in rows]


@for_everyone
def restarts(client: Client, at_us: int) -> list[Round]:
    """Parts that died within the last ten minutes, with how often (``items``), by name."""
    return [row for row in last_rounds(client, at_us) if row.part == RESTARTS and at_us - row.at_us < TEN_MINUTES_US]


def _columns(schema: dict[str, pa.DataType], rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: list(column) for name, column in zip(schema, zip(*rows, strict=True), strict=True)}
