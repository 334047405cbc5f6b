"""Reads of single demands: what lately began and what is coming, for a unit or an area.

Flows in: a client, a Scope, a Registry, a code, instants. Flows out: ``DemandRow``. Reads only. See ``reads``.
"""

from __future__ import annotations

from typing import Any, Final

from clickhouse_connect.driver.client import Client

from streams.calendars.periods import DAY_US
from streams.registry.registry import Registry
from streams.store.answers import DemandRow
from streams.store.deltas import Question
from streams.store.ground import Ground, of_area, of_unit
from streams.store.scope import Scope
from streams.store.span import LAST_US, Piece

LOOK_BACK_DAYS: Final = (7, 60, 400, 40_000)
"""How far back a list of recent demands looks, until it is full."""


def recent_demands(
    client: Client, scope: Scope, registry: Registry, area: str, at_us: int, *, n: int = 50, unit: bool = False
) -> list[DemandRow]:
    """The last occurrences that began at or before an instant and reach any unit of an area, newest first.

    ``unit``: only what reaches the unit of this code itself, with the figures for that unit.
    """
    scope.require_area(area)
    ground = of_unit(registry, area) if unit else of_area(registry, area)
    for days in LOOK_BACK_DAYS:
        first = max(0, at_us - days * DAY_US + 1)
        found = _occurrences(client, ground, first, at_us, n, "DESC")
        if len(found) >= n or first == 0:
            break
    return found


def upcoming_demands(
    client: Client,
    scope: Scope,
    registry: Registry,
    area: str,
    at_us: int,
    until_us: int,
    *,
    n: int = 200,
    unit: bool = False,
) -> list[DemandRow]:
    """Occurrences with at < start <= until that reach any unit of an area, soonest first; ``unit`` as above."""
    scope.require_area(area)
    ground = of_unit(registry, area) if unit else of_area(registry, area)
    return _occurrences(client, ground, at_us + 1, min(until_us, LAST_US), n, "ASC")


def _occurrences(client: Client, ground: Ground, first_us: int, last_us: int, n: int, order: str) -> list[DemandRow]:
    """Postings of one range belong together (a correction takes back what another row put there); of several ranges
    of an occurrence the largest figures stand for 'per unit', so that one unit's correction does not."""
    if not ground.ranges or last_us < first_us:
        return []
    ask = Question(ground)
    lo, hi = ask.bounds()
    alone = ground.units == 1
    group = "key, start_us" if alone else "key, start_us, tier, lo, hi"
    sql = (
        "SELECT key, start_us, max(a), max(b), max(c), sum(m) FROM ("
        "SELECT key, start_us, sum(low) AS a, sum(likely) AS b, sum(high) AS c, sum(n) AS m "
        f"FROM postings WHERE {ask.where} AND {ask.when([Piece('posting', first_us, last_us)])} AND lo < {hi} AND hi > {lo} "
        f"GROUP BY {group} HAVING a != 0 OR b != 0 OR c != 0 OR m != 0"
        f") GROUP BY key, start_us HAVING sum(m) > 0 ORDER BY start_us {order}, key {order} LIMIT {ask.bind('UInt32', n)}"
    )
    rows = client.query(sql, parameters=ask.parameters).result_rows
    events = _events(client, sorted({int(row[0]) for row in rows}))
    out = []
    for key, start_us, low, likely, high, count in rows:
        source, name, kind, issuer, title, doc_no, deadline, receivers = events.get(
            int(key), ("", "", 0, "", "", "", None, 0)
        )
        out.append(
            DemandRow(
                key, source, name, kind, issuer, title, doc_no, start_us, deadline, low, likely, high, count, receivers
            )
        )
    return out


def _events(client: Client, keys: list[int]) -> dict[int, tuple[Any, ...]]:
    if not keys:
        return {}
    rows = client.query(
        "SELECT pos, source, id, kind, issuer, title, doc_no, deadline_us, receivers FROM events "
        "WHERE pos IN {keys:Array(UInt64)}",
        parameters={"keys": keys},
    ).result_rows
    return {int(row[0]): tuple(row[1:]) for row in rows}
