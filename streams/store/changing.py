"""Two weeks side by side, and at which hours demands begin: what the review page stands on.

Flows in: a client, a Scope, an area, Shanghai days. Flows out: rows. Reads only.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

from clickhouse_connect.driver.client import Client

from streams.registry import Registry
from streams.store.deltas import Question
from streams.store.ground import of_area
from streams.store.scope import Scope

KNOWN_DAYS: Final = 56
"""An issuer that sent nothing for so long before the two weeks is new to the figures."""
GRASSROOTS: Final = ("township", "village")


class Part(NamedTuple):
    """Demands of one kind in one week: ``week`` 0 is the earlier one; ``new``: their issuers were not heard of before."""

    week: int
    kind: int
    new: bool
    demands: int
    receipts: int
    likely: int


class Hour(NamedTuple):
    """Load that begins in one hour of the day on one day of the week (1 Monday to 7), Asia/Shanghai."""

    weekday: int
    hour: int
    likely: int


def two_weeks(client: Client, scope: Scope, registry: Registry, area: str, last: date) -> list[Part]:
    """The week that ends with ``last`` and the week before it, on townships and villages of an area. Raises OutOfScope."""
    scope.require_area(area)
    ask = Question(of_area(registry, area, GRASSROOTS))
    weight = _weight(ask)
    first, middle = last - timedelta(days=13), last - timedelta(days=6)
    known = f"SELECT DISTINCT issuer FROM postings WHERE day BETWEEN {ask.bind('Date', first - timedelta(days=KNOWN_DAYS))} AND "
    known += ask.bind("Date", first - timedelta(days=1))
    sql = (
        f"SELECT day >= {ask.bind('Date', middle)} AS week, kind, issuer NOT IN ({known}) AS fresh, uniqExact(key), "
        f"sum(n * ({weight})), sum(likely * ({weight})) FROM postings WHERE {ask.where} AND day BETWEEN {ask.bind('Date', first)} AND "
        f"{ask.bind('Date', last)} AND ({weight}) > 0 GROUP BY week, kind, fresh ORDER BY week, kind, fresh"
    )
    rows = client.query(sql, parameters=ask.parameters).result_rows
    return [Part(int(row[0]), int(row[1]), bool(row[2]), *row[3:]) for row in rows]


def hours(client: Client, scope: Scope, registry: Registry, area: str, first: date, last: date) -> list[Hour]:
    """When the load of an area begins, by hour and day of the week. Raises OutOfScope."""
    scope.require_area(area)
    ask = Question(of_area(registry, area, GRASSROOTS))
    weight, zone = _weight(ask), "toDateTime(start_s, 'Asia/Shanghai')"
    sql = (
        f"SELECT toDayOfWeek({zone}) AS weekday, toHour({zone}) AS hour, sum(likely * ({weight})) FROM postings WHERE {ask.where} "
        f"AND day BETWEEN {ask.bind('Date', first)} AND {ask.bind('Date', last)} GROUP BY weekday, hour ORDER BY weekday, hour"
    )
    return [Hour(*row) for row in client.query(sql, parameters=ask.parameters).result_rows]


def _weight(ask: Question) -> str:
    """SQL for the number of units of the ground that a posting reaches."""
    low, high = ask.bounds()
    return f"greatest(least(toInt64(hi), {high}) - greatest(toInt64(lo), {low}), 0)"
