"""What one issuer causes: its load by day and kind, and the demands that it issued.

Flows in: a client, a Scope, an issuer. Flows out: rows. An issuer sees its own; those who oversee its area see it too. Reads only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from clickhouse_connect.driver.client import Client

from streams.registry import Registry, RegistryError
from streams.store.scope import Scope

OVERSEES: Final = ("leadership", "supervisor", "operator")
RELAYED: Final = "JSONHas(body, 'data', 'parent_id')"
PLANNED: Final = "(JSONHas(body, 'data', 'plan_item_id') OR JSONHas(body, 'data', 'filing_id'))"


class IssuedDay(NamedTuple):
    """One kind of an issuer's demands that begin on one Shanghai day: demands, units times occurrences, person-minutes over all units."""

    day: date
    kind: int
    demands: int
    receipts: int
    likely: int


class Issued(NamedTuple):
    """One issued demand; ``likely`` person-minutes of one unit and one occurrence."""

    pos: int
    source: str
    id: str
    kind: int
    at_us: int
    title: str
    doc_no: str
    receivers: int
    likely: int
    deadline_us: int | None
    relayed: bool
    planned: bool


class Makeup(NamedTuple):
    """What an issuer's demands of a period are made of; person-minutes of first occurrences over all receivers."""

    issuer: str
    demands: int
    likely: int
    relayed: int
    unplanned: int
    duplicated: int
    """Demands for which a finding of R09 stands or stood."""


def require_issuer(scope: Scope, registry: Registry, issuer: str) -> None:
    """Raises OutOfScope unless the issuer is the reader's own, or the reader oversees its area; RegistryError for an unknown one that
    would be either: of others nobody learns whether they exist."""
    if scope.role not in OVERSEES:
        scope.require_issuer(issuer)
        return
    try:
        area = registry.issuer_area(issuer)
    except RegistryError:
        if scope.covers(issuer.partition("-")[0]):
            raise
        area = None
    if area is None or not scope.covers(area):
        scope.require_issuer(issuer)


def issuer_days(
    client: Client, scope: Scope, registry: Registry, issuer: str, first: date, last: date
) -> list[IssuedDay]:
    """Load that an issuer causes, by Shanghai day of the start and kind. Raises OutOfScope, RegistryError."""
    require_issuer(scope, registry, issuer)
    rows = client.query(
        "SELECT day, kind, uniqExact(key), sum(n * (toInt64(hi) - lo)), sum(likely * (toInt64(hi) - lo)) FROM postings "
        "WHERE issuer = {issuer:String} AND day BETWEEN {first:Date} AND {last:Date} GROUP BY day, kind ORDER BY day, kind",
        parameters={"issuer": issuer, "first": first, "last": last},
    ).result_rows
    return [IssuedDay(*row) for row in rows]


def issued_by(
    client: Client, scope: Scope, registry: Registry, issuer: str, since_us: int, n: int, *, until_us: int = 0
) -> list[Issued]:
    """The newest demands of an issuer, of those up to ``until_us`` where named. Raises OutOfScope, RegistryError."""
    require_issuer(scope, registry, issuer)
    rows = client.query(
        f"SELECT pos, source, id, kind, time_us, title, doc_no, receivers, likely, deadline_us, {RELAYED}, {PLANNED} FROM events "
        "WHERE issuer = {issuer:String} AND verb = 'issued' AND time_us >= {since:Int64} "
        "AND ({until:Int64} = 0 OR time_us <= {until:Int64}) ORDER BY time_us DESC, pos DESC LIMIT {n:UInt32}",
        parameters={"issuer": issuer, "since": since_us, "until": until_us, "n": n},
    ).result_rows
    return [Issued(*row) for row in rows]


def makeups(
    client: Client, scope: Scope, area: str, issuers: Sequence[str], since_us: int, until_us: int
) -> dict[str, Makeup]:
    """What the demands of some issuers are made of, by issuer, wherever they reach. Raises OutOfScope unless the area may be compared."""
    scope.require_comparison(area)
    rows = client.query(
        "SELECT issuer, count(), sum(likely * receivers), sumIf(likely * receivers, relayed), sumIf(likely * receivers, NOT planned), "
        "countIf(concat('event:', source, '#', id) IN (SELECT subject FROM transitions WHERE startsWith(rule, 'R09'))) FROM "
        f"(SELECT issuer, source, id, likely, receivers, {RELAYED} AS relayed, {PLANNED} AS planned FROM events "
        "WHERE issuer IN {issuers:Array(String)} AND verb = 'issued' AND time_us BETWEEN {since:Int64} AND {until:Int64}) GROUP BY issuer",
        parameters={"issuers": list(issuers), "since": since_us, "until": until_us},
    ).result_rows
    return {str(row[0]): Makeup(*row) for row in rows}


def bodies_of(client: Client, scope: Scope, registry: Registry, issuer: str, since_us: int) -> list[bytes]:
    """What an issuer issued since an instant, and every event about it, as stored. Raises OutOfScope, RegistryError."""
    require_issuer(scope, registry, issuer)
    mine = "FROM events WHERE issuer = {issuer:String} AND verb = 'issued' AND time_us >= {since:Int64}"
    rows = client.query(
        f"SELECT body {mine} UNION ALL SELECT body FROM events WHERE verb != 'issued' AND pos IN "
        f"(SELECT pos FROM refs WHERE target IN (SELECT ident {mine}))",
        parameters={"issuer": issuer, "since": since_us},
    ).result_rows
    return [body.encode() if isinstance(body, str) else body for (body,) in rows]
