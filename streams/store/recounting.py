"""What a recount asks of the store: all postings, those up to a batch, the ledgers' last digests, the sums of the roll-ups.

Flows in: a client. Flows out: postings without issuers, digests, sums. Reads ClickHouse only, with bound parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from clickhouse_connect.driver.client import Client

from streams.ledger.postings import DTYPES, Postings, empty

_COLUMNS: Final = ("key", "tier", "kind", "lo", "hi", "start_us", "low", "likely", "high", "n", "point")
_OFFSETS: Final = (1 << 44) - 1


class Digest(NamedTuple):
    """What a ledger said of itself."""

    shard: int
    at_us: int
    metric: str
    tier: int
    total: int
    checksum: int
    applied: int


def postings_until(client: Client, epoch: int, ends: Mapping[int, int]) -> Postings:
    """All postings caused by events before the given offsets of each partition, or of earlier epochs."""
    width = max(ends, default=-1) + 1
    where = (
        "bitShiftRight(key + cause_gap, 56) < {epoch:UInt64} OR bitAnd(key + cause_gap, {mask:UInt64}) < "
        "arrayElement({ends:Array(UInt64)}, toInt64(bitAnd(bitShiftRight(key + cause_gap, 44), 4095)) + 1)"
    )
    bound = [ends.get(partition, 0) for partition in range(width)]
    return _postings(client, where, {"epoch": epoch, "mask": _OFFSETS, "ends": bound})


def postings_of_run(client: Client, shard: int, run: int) -> Postings:
    """All postings of a shard up to and with a batch."""
    return _postings(client, "shard = {shard:UInt8} AND run <= {run:UInt64}", {"shard": shard, "run": run})


def _postings(client: Client, where: str, parameters: dict[str, Any]) -> Postings:
    table = client.query_arrow(f"SELECT {', '.join(_COLUMNS)} FROM demands WHERE {where}", parameters=parameters)
    if not table.num_rows:
        return empty()
    found = {name: np.asarray(table.column(name).combine_chunks()).astype(DTYPES[name]) for name in _COLUMNS}
    return Postings(**found, issuer=np.full(table.num_rows, "", object))


def last_digests(client: Client) -> list[Digest]:
    """The latest digest of each shard, one row for each metric and tier."""
    rows = client.query(
        "SELECT shard, at_us, metric, tier, total, checksum, applied FROM ticks "
        "WHERE (shard, at_us) IN (SELECT shard, max(at_us) FROM ticks GROUP BY shard) ORDER BY shard, metric, tier"
    ).result_rows
    return [Digest(*row) for row in rows]


def roll_up_gaps(client: Client) -> list[str]:
    """Roll-ups whose sums differ from those of ``demands``; each as a sentence."""
    sums = "SELECT sum(low), sum(likely), sum(high), sum(n), sum(likely * pos), sum(n * pos) FROM {table}"
    deltas = (
        "(SELECT edge.1 AS pos, low * edge.2 AS low, likely * edge.2 AS likely, high * edge.2 AS high, n * edge.2 AS n FROM demands "
        "ARRAY JOIN [(lo, 1), (hi, -1)]::Array(Tuple(UInt32, Int8)) AS edge)"
    )
    wanted = client.query(sums.format(table=deltas)).result_rows[0]
    gaps = []
    for table in ("load_day", "load_week", "load_month"):
        has = client.query(sums.format(table=table)).result_rows[0]
        if tuple(has) != tuple(wanted):
            gaps.append(f"{table}: sums {tuple(has)}, demands say {tuple(wanted)}")
    return gaps
