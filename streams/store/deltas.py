"""Sums over ranges without fan-out: the difference arrays of the store, read for one unit, one area or a whole tier.

Flows in: tiers with ranges of ranks, a kind, a span of starts. Flows out: numpy arrays, exact integers. Reads only.
All values are bound parameters; the text of a query depends on nothing but the shape of the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
from clickhouse_connect.driver.client import Client
from numpy.typing import NDArray

from streams.calendars.periods import DAY_US, OFFSET_US
from streams.registry.model import Range
from streams.store.span import Piece, Span, date_of, pieces

I64 = NDArray[np.int64]
COLUMNS: Final = ("low", "likely", "high", "n")
DAY: Final = "toDate(toDateTime(start_s, 'Asia/Shanghai'))"
_PERIOD: Final = {"load_day": "day", "load_week": "week", "load_month": "month"}


class Profile(NamedTuple):
    """Changes of load along a tier: from rank ``at[i]`` on, every unit has ``change[i]`` more. ``at`` ascends."""

    at: I64
    change: I64


class Question:
    """One read: collects bound parameters while its SQL is put together."""

    def __init__(self, kind: int) -> None:
        self.parameters: dict[str, Any] = {}
        self._kind = kind

    def bind(self, kind: str, value: Any) -> str:
        """A placeholder for a value of a ClickHouse type."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"{{{name}:{kind}}}"

    def when(self, part: Piece) -> str:
        """The rows of a piece, of the asked kind."""
        if part.table == "demands":
            first, last = ((us + OFFSET_US) // DAY_US for us in (part.first, part.last))
            text = (
                f"{DAY} BETWEEN {self.bind('Date', date_of(first))} AND {self.bind('Date', date_of(last))} "
                f"AND start_us BETWEEN {self.bind('Int64', part.first)} AND {self.bind('Int64', part.last)}"
            )
        else:
            name = _PERIOD[part.table]
            text = (
                f"{name} BETWEEN {self.bind('Date', date_of(part.first))} AND {self.bind('Date', date_of(part.last))}"
            )
        return text + self.of_kind()

    def of_kind(self) -> str:
        return f" AND kind = {self.bind('UInt8', self._kind)}" if self._kind else ""


def profile(client: Client, within: Range, kind: int, column: str, span: Span) -> Profile:
    """How one measure runs along a range of a tier; everything before the range is put at its beginning."""
    if column not in COLUMNS:
        raise ValueError(f"column: {column!r}: must be one of {', '.join(COLUMNS)}")
    ask = Question(kind)
    tier, lo, hi = ask.bind("UInt8", within.tier), ask.bind("UInt32", within.lo), ask.bind("UInt32", within.hi)
    parts = []
    for part in pieces(span):
        rows = f"tier = {tier} AND {ask.when(part)}"
        if part.table == "demands":
            parts.append(
                f"SELECT edge.1 AS pos, {column} * edge.2 AS d FROM demands "
                f"ARRAY JOIN [(lo, 1), (hi, -1)]::Array(Tuple(UInt32, Int8)) AS edge WHERE {rows} AND lo < {hi} AND edge.1 < {hi}"
            )
        else:
            parts.append(f"SELECT pos, {column} AS d FROM {part.table} WHERE {rows} AND pos < {hi}")
    if not parts or within.lo >= within.hi:
        return Profile(np.zeros(0, np.int64), np.zeros(0, np.int64))
    sql = (
        f"SELECT greatest(pos, {lo}) AS at, sum(d) AS change FROM ({' UNION ALL '.join(parts)}) "
        "GROUP BY at HAVING change != 0 ORDER BY at"
    )
    at, change = _columns(client, sql, ask, 2)
    return Profile(at, change)


def units(profile: Profile, lo: int, hi: int) -> I64:
    """The load of every unit of a range: shape (hi - lo,)."""
    values = np.zeros(hi - lo, np.int64)
    values[profile.at - lo] = profile.change  # `at` is unique
    return np.cumsum(values)


def top(profile: Profile, hi: int, n: int) -> tuple[I64, I64]:
    """Ranks and loads of the n units with the most load above 0; equal loads by rank."""
    value = np.cumsum(profile.change)
    length = np.diff(np.append(profile.at, hi))
    order = np.lexsort((profile.at, -value))
    order = order[value[order] > 0]
    enough = int(np.searchsorted(np.cumsum(length[order]), n)) + 1
    order = order[:enough]
    ranks = [
        np.arange(start, start + min(size, n)) for start, size in zip(profile.at[order], length[order], strict=True)
    ]
    loads = np.repeat(value[order], np.minimum(length[order], n))
    return (np.concatenate(ranks) if ranks else np.zeros(0, np.int64))[:n], loads[:n]


def unit_sums(client: Client, tier: int, rank: int, span: Span) -> dict[int, tuple[int, int, int, int]]:
    """Load of one unit by kind: low, likely, high, count; kinds without rows are left out."""
    ask = Question(0)
    is_tier, at = f"tier = {ask.bind('UInt8', tier)}", ask.bind("UInt32", rank)
    parts = []
    for part in pieces(span):
        reach = f"lo <= {at} AND hi > {at}" if part.table == "demands" else f"pos <= {at}"
        parts.append(
            f"SELECT kind, low, likely, high, n FROM {part.table} WHERE {is_tier} AND {ask.when(part)} AND {reach}"
        )
    if not parts:
        return {}
    sql = f"SELECT kind, sum(low), sum(likely), sum(high), sum(n) FROM ({' UNION ALL '.join(parts)}) GROUP BY kind"
    rows = client.query(sql, parameters=ask.parameters).result_rows
    return {int(kind): (int(low), int(likely), int(high), int(n)) for kind, low, likely, high, n in rows}


def area_sums(client: Client, ranges: Sequence[Range], kind: int, span: Span) -> dict[int, tuple[int, int, int, int]]:
    """Load of all units of some ranges (at most one of a tier) by kind: sums over units of low, likely, high, count."""
    ask = Question(kind)
    where, lo, hi = by_tier(ask, ranges)
    parts = []
    for part in pieces(span):
        rows = f"{where} AND {ask.when(part)}"
        if part.table == "demands":
            parts.append(_overlapping("kind", rows, lo, hi))
        else:
            weight = f"(greatest({hi} - pos, 0) - greatest({lo} - pos, 0))"
            sums = ", ".join(f"sum({column} * {weight}) AS {column}" for column in COLUMNS)
            parts.append(f"SELECT kind, {sums} FROM {part.table} WHERE {rows} AND pos < {hi} GROUP BY kind")
    if not parts or not ranges:
        return {}
    sql = f"SELECT kind, sum(low), sum(likely), sum(high), sum(n) FROM ({' UNION ALL '.join(parts)}) GROUP BY kind"
    rows_ = client.query(sql, parameters=ask.parameters).result_rows
    return {int(row[0]): (int(row[1]), int(row[2]), int(row[3]), int(row[4])) for row in rows_}


def area_series_rows(client: Client, ranges: Sequence[Range], first: date, last: date) -> list[tuple[int, ...]]:
    """Rows (day number, kind, likely, low, high, count): sums over the units of the ranges by Shanghai day."""
    if not ranges:
        return []
    ask = Question(0)
    where, lo, hi = by_tier(ask, ranges)
    weight = f"(greatest({hi} - pos, 0) - greatest({lo} - pos, 0))"
    sums = ", ".join(f"sum({column} * {weight})" for column in ("likely", "low", "high", "n"))
    sql = (
        f"SELECT toUInt16(day), kind, {sums} FROM load_day WHERE {where} AND pos < {hi} "
        f"AND day BETWEEN {ask.bind('Date', first)} AND {ask.bind('Date', last)} "
        "GROUP BY day, kind"
    )
    return [tuple(int(value) for value in row) for row in client.query(sql, parameters=ask.parameters).result_rows]


def _overlapping(group: str, rows: str, lo: str, hi: str) -> str:
    """Sums of postings over the units that they share with the range of their tier."""
    shared = f"greatest(least(toInt64(demands.hi), {hi}) - greatest(toInt64(demands.lo), {lo}), 0)"
    sums = ", ".join(f"sum(demands.{column} * {shared}) AS {column}" for column in COLUMNS)
    return (
        f"SELECT {group}, {sums} FROM demands WHERE {rows} AND demands.lo < {hi} AND demands.hi > {lo} GROUP BY {group}"
    )


def by_tier(ask: Question, ranges: Sequence[Range]) -> tuple[str, str, str]:
    """The tiers as a condition, and each row's lower and upper rank."""
    if len(ranges) == 1:
        tier, low, high = ranges[0]
        return f"tier = {ask.bind('UInt8', tier)}", ask.bind("Int64", low), ask.bind("Int64", high)
    tiers = ask.bind("Array(UInt8)", [one.tier for one in ranges])
    lows, highs = (ask.bind("Array(Int64)", [one[place] for one in ranges]) for place in (1, 2))
    return (
        f"tier IN {tiers}",
        f"transform(tier, {tiers}, {lows}, 0::Int64)",
        f"transform(tier, {tiers}, {highs}, 0::Int64)",
    )


def issuer_sums(
    client: Client, ranges: Sequence[Range], kind: int, span: Span, n: int, *, everywhere: bool
) -> list[tuple[str, int, int, int, int]]:
    """Issuers with the most likely minutes over the units of the ranges: issuer, low, likely, high, receipts.

    ``everywhere`` says that the ranges are the whole country: whole months then come from a roll-up.
    """
    ask = Question(kind)
    where, lo, hi = ("1", "0", str(1 << 32)) if everywhere else by_tier(ask, ranges)
    parts = []
    months = [part for part in pieces(span) if part.table == "load_month"] if everywhere and not kind else []
    for part in months:
        rows = f"month BETWEEN {ask.bind('Date', date_of(part.first))} AND {ask.bind('Date', date_of(part.last))}"
        parts.append(f"SELECT issuer, low, likely, high, receipts AS n FROM issuer_month WHERE {rows}")
    for first, last in _rest(span, months):
        when = ask.when(Piece("demands", first, last))
        parts.append(_overlapping("issuer", f"{where} AND {when}", lo, hi))
    if not parts or not ranges:
        return []
    sql = (
        "SELECT issuer, sum(low), sum(likely) AS load, sum(high), sum(n) AS receipts "
        f"FROM ({' UNION ALL '.join(parts)}) GROUP BY issuer HAVING load != 0 OR receipts != 0 "
        f"ORDER BY load DESC, issuer LIMIT {ask.bind('UInt32', n)}"
    )
    rows_ = client.query(sql, parameters=ask.parameters).result_rows
    return [(str(row[0]), int(row[1]), int(row[2]), int(row[3]), int(row[4])) for row in rows_]


def _rest(span: Span, months: Sequence[Piece]) -> list[tuple[int, int]]:
    """What of a span its whole months leave over, in microseconds."""
    first, last = max(0, span.first_us), span.last_us
    if not months:
        return [(first, last)] if first <= last else []
    begin = months[0].first * DAY_US - OFFSET_US
    end = (months[0].last + 1) * DAY_US - OFFSET_US
    return [one for one in ((first, begin - 1), (end, last)) if one[0] <= one[1]]


def area_profiles(client: Client, ranges: Sequence[Range], kind: int, span: Span) -> dict[int, tuple[I64, I64]]:
    """By tier: ranks (ascending) and changes of all four columns there, shape (4, ranks)."""
    ask = Question(kind)
    where, lo, hi = by_tier(ask, ranges)
    parts = []
    for part in pieces(span):
        rows = f"{where} AND {ask.when(part)}"
        if part.table == "demands":
            deltas = ", ".join(f"{column} * edge.2 AS {column}" for column in COLUMNS)
            parts.append(
                f"SELECT tier, edge.1 AS pos, {deltas} FROM (SELECT tier, lo AS begin, hi AS end, low, likely, high, n FROM demands "
                f"WHERE {rows} AND lo < {hi}) ARRAY JOIN [(begin, 1), (end, -1)]::Array(Tuple(UInt32, Int8)) AS edge"
            )
        else:
            parts.append(f"SELECT tier, pos, low, likely, high, n FROM {part.table} WHERE {rows} AND pos < {hi}")
    if not parts or not ranges:
        return {}
    sums = ", ".join(f"sum({column})" for column in COLUMNS)
    sql = (
        f"SELECT tier, greatest(toInt64(pos), {lo}) AS at, {sums} FROM ({' UNION ALL '.join(parts)}) "
        "GROUP BY tier, at ORDER BY tier, at"
    )
    tier, at, *changes = _columns(client, sql, ask, 6)
    out = {}
    for number in np.unique(tier):
        rows_ = slice(*np.searchsorted(tier, [number, number + 1]))
        out[int(number)] = (at[rows_], np.stack([change[rows_] for change in changes]))
    return out


def blocks(at: I64, changes: I64, edges: I64) -> I64:
    """Sums over the units of neighbouring blocks ``edges[i] <= rank < edges[i + 1]``: shape (rows of changes, blocks).

    One running pair gives every block at once: with S = sum d and P = sum d * pos over positions before x, all units
    before x together have x * S - P.
    """
    place = np.searchsorted(at, edges, side="left")
    zero = np.zeros((len(changes), 1), np.int64)
    sums = np.hstack([zero, np.cumsum(changes, axis=1)])[:, place]
    moments = np.hstack([zero, np.cumsum(changes * at, axis=1)])[:, place]
    return np.asarray(np.diff(edges * sums - moments, axis=1), np.int64)


def _columns(client: Client, sql: str, ask: Question, count: int) -> list[I64]:
    table = client.query_arrow(sql, parameters=ask.parameters)
    return [np.asarray(table.column(place).to_numpy(), np.int64) for place in range(count)]
