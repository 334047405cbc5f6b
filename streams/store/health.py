"""Reads about the machine: how fast, how late, how old, what was refused.

Flows in: a client, a Scope, an instant. Flows out: ``Health``. Reads only. See ``reads``.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from clickhouse_connect.driver.client import Client

from streams.calendars.periods import DAY_US
from streams.store.answers import Health, Lag, RefusedCount
from streams.store.rounds import FaultRow
from streams.store.schema import applied
from streams.store.scope import Scope, for_everyone
from streams.store.workers import open_rule_faults

MINUTE_US: Final = 60_000_000
HOUR_US: Final = 60 * MINUTE_US


def stream_health(client: Client, scope: Scope, at_us: int) -> Health:
    """Rates, lags, age of the newest data, refusals of the last 24 hours.

    The figures hold no content; the sources of refusals are shown to operators and whole-country roles only.
    """
    minute, hour, newest_admitted, newest_event = _newest(client, at_us)
    return Health(
        at_us, minute, hour, newest_admitted, newest_event, _lags(client, at_us), _refused(client, scope, at_us)
    )


@for_everyone
def newest_admitted(client: Client, at_us: int) -> int | None:
    """When the newest event was taken in, None while there is none. Says nothing of any place or issuer, so it takes no Scope."""
    return _newest(client, at_us)[2]


@for_everyone
def posting_count(client: Client) -> int:
    """Rows of ``postings``, from the table's own count (a few ms): another number means that loads may have moved.

    Says nothing of any place or issuer, so it takes no Scope.
    """
    return int(client.query("SELECT count() FROM postings").result_rows[0][0])


def rule_faults(client: Client, scope: Scope) -> list[FaultRow]:
    """Rules that cannot be asked now, the longest first; the subjects (``rows``) for those who may see the whole country or operate it."""
    found = open_rule_faults(client)
    return found if scope.role == "operator" or scope.covers("") else [row._replace(rows=()) for row in found]


@for_everyone
def has_events(client: Client) -> bool:
    """Whether any event was ever taken in."""
    return bool(client.query("SELECT count() FROM events").result_rows[0][0])


@for_everyone
def schema_step(client: Client) -> int:
    """The number of the last step of the schema that was made; 0 for none."""
    return max(applied(client), default=0)


def _newest(client: Client, at_us: int) -> tuple[int, int, int | None, int | None]:
    sql = (
        "SELECT countIf(admitted_us > {minute:Int64}), count(), max(admitted_us), max(time_us) "
        "FROM events WHERE admitted_us > {hour:Int64} AND admitted_us <= {at:Int64}"
    )
    parameters = {"minute": at_us - MINUTE_US, "hour": at_us - HOUR_US, "at": at_us}
    minute, hour, admitted, event = client.query(sql, parameters=parameters).result_rows[0]
    if not hour:
        total, admitted, event = client.query(
            "SELECT count(), max(admitted_us), max(time_us) FROM events WHERE admitted_us <= {at:Int64}",
            parameters={"at": at_us},
        ).result_rows[0]
        if not total:
            return 0, 0, None, None
    return int(minute), int(hour), int(admitted), int(event)


def _lags(client: Client, at_us: int) -> tuple[Lag, ...]:
    """The last report of each partition, not older than an hour."""
    rows = client.query(
        "SELECT component, partition, argMax(lag, at_us), argMax(rate, at_us), argMax(watermark_us, at_us), max(at_us) "
        "FROM workers WHERE at_us > {hour:Int64} AND at_us <= {at:Int64} "
        "GROUP BY component, partition ORDER BY component, partition",
        parameters={"hour": at_us - HOUR_US, "at": at_us},
    ).result_rows
    return tuple(Lag(*row) for row in rows)


def _refused(client: Client, scope: Scope, at_us: int) -> tuple[RefusedCount, ...]:
    named = scope.role == "operator" or scope.covers("")
    rows = client.query(
        "SELECT if({named:UInt8}, source, '') AS from, code, sum(n) AS total FROM refused "
        "WHERE hour > toDateTime({since:Int64}, 'UTC') AND hour <= toDateTime({at:Int64}, 'UTC') "
        "GROUP BY from, code ORDER BY total DESC, from, code LIMIT 200",
        parameters={"named": int(named), "since": (at_us - DAY_US) // 1_000_000, "at": at_us // 1_000_000},
    ).result_rows
    return tuple(RefusedCount(str(source), str(code), int(n)) for source, code, n in rows)


class FeedState(NamedTuple):
    """One source of events: demands it issued in a time, and when it was last heard of (microseconds UTC, broker time)."""

    source: str
    issued: int
    last_us: int


def feeds(client: Client, scope: Scope, since_us: int, n: int) -> list[FeedState]:
    """Sources that were heard of since an instant, the longest silent first. Raises OutOfScope unless the scope is an operator's."""
    scope.require_operator()
    rows = client.query(
        "SELECT source, countIf(verb = 'issued'), max(admitted_us) AS last FROM events WHERE admitted_us > {since:Int64} "
        "GROUP BY source ORDER BY last LIMIT {n:UInt32}",
        parameters={"since": since_us, "n": n},
    ).result_rows
    return [FeedState(*row) for row in rows]
