"""From which day on two periods can be compared: a feed that begins must not read as burden that grows.

Flows in: a client. Flows out: a day. Names no place and no issuer, so it takes no Scope.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from clickhouse_connect.driver.client import Client

from streams.store.scope import for_everyone

NOTABLE: Final = 0.01
"""A kind with a smaller share of all load can make no trend."""
BEGUN: Final = 0.005
"""Share of a kind's demands that may lie before its beginning: a few early ones are no feed."""


@for_everyone
def comparable_since(client: Client) -> date | None:
    """The first day from which every kind with a notable share of the load is in the store for good; None while nothing is.

    A kind begins where BEGUN of all its demands of the last 800 days have come.
    """
    rows = client.query(
        "SELECT kind, sum(minutes), toDate(quantileExactWeighted({begun:Float64})(toUInt32(start), receipts)) FROM "
        "(SELECT kind, start, sum(likely) AS minutes, toUInt64(greatest(sum(n), 0)) AS receipts FROM rollups "
        "WHERE level = 'total' AND start > today() - 800 AND start <= today() GROUP BY kind, start) WHERE receipts > 0 GROUP BY kind",
        parameters={"begun": BEGUN},
    ).result_rows
    whole = sum(minutes for _, minutes, _ in rows)
    begun: list[date] = [first for _, minutes, first in rows if minutes >= NOTABLE * whole > 0]
    return max(begun, default=None)


def alike(since: date | None, first: date) -> bool:
    """Whether what began at ``first`` or later can be compared."""
    return since is None or first >= since
