"""Sums over ranges without fan-out: the difference arrays of the store, read for one unit, one area or a whole tier.

Flows in: a ground (ranges of ranks), a kind, a span of starts. Flows out: numpy arrays, exact integers. Reads only.
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
from streams.store.ground import Ground
from streams.store.span import Piece, Span, date_of, pieces

I64 = NDArray[np.int64]
Sums = dict[int, tuple[int, int, int, int]]
"""By kind: low, likely, high, count."""
CHUNK: Final = 2_000
"""Keys in one question at most."""
COLUMNS: Final = ("low", "likely", "high", "n")
DAY: Final = "toDate(toDateTime(start_s, 'Asia/Shanghai'))"


class Profile(NamedTuple):
    """Changes of load along a tier: from rank ``at[i]`` on, every unit has ``change[i]`` more. ``at`` ascends."""

    at: I64
    change: I64


class Question:
    """One read: collects bound parameters while its SQL is put together."""

    def __init__(self, ground: Ground, kind: int = 0) -> None:
        self.parameters: dict[str, Any] = {}
        self._ground = ground
        self.where = f"tier IN {self.bind('Array(UInt8)', [one.tier for one in ground.ranges])}"
        if len(ground.ranges) == 1:
            self.where = f"tier = {self.bind('UInt8', ground.ranges[0].tier)}"
        if ground.shard is not None:
            self.where += f" AND shard = {self.bind('UInt8', ground.shard)}"
        if kind:
            self.where += f" AND kind = {self.bind('UInt8', kind)}"

    def bind(self, kind: str, value: Any) -> str:
        """A placeholder for a value of a ClickHouse type."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"{{{name}:{kind}}}"

    def bounds(self) -> tuple[str, str]:
        """SQL for the lower and upper rank that the ground has in a row's tier."""
        if len(self._ground.ranges) == 1:
            return self.bind("Int64", self._ground.ranges[0].lo), self.bind("Int64", self._ground.ranges[0].hi)
        tiers = self.bind("Array(UInt8)", [one.tier for one in self._ground.ranges])
        low, high = (self.bind("Array(Int64)", [one[place] for one in self._ground.ranges]) for place in (1, 2))
        return f"transform(tier, {tiers}, {low}, 0::Int64)", f"transform(tier, {tiers}, {high}, 0::Int64)"

    def weight(self) -> str:
        """SQL for the number of units of the ground that a delta at ``pos`` of a row's tier counts for."""
        low, high = self.bounds()
        return f"greatest({high} - toInt64(pos), 0) - greatest({low} - toInt64(pos), 0)"

    def when(self, parts: Sequence[Piece]) -> str:
        """The rows of pieces of one level."""
        return "(" + " OR ".join(self._when(part) for part in parts) + ")"

    def _when(self, part: Piece) -> str:
        if part.level != "posting":
            return self.starts(date_of(part.first), date_of(part.last))
        first, last = (self.bind("Date", date_of((us + OFFSET_US) // DAY_US)) for us in (part.first, part.last))
        starts = f"start_us BETWEEN {self.bind('Int64', part.first)} AND {self.bind('Int64', part.last)}"
        return f"{DAY} BETWEEN {first} AND {last} AND {starts}"  # the days are part of the table's order

    def starts(self, first: date, last: date) -> str:
        """The rows of roll-ups whose periods begin on the days first..last."""
        return f"start BETWEEN {self.bind('Date', first)} AND {self.bind('Date', last)}"

    def deltas(self, span: Span, columns: Sequence[str], until: str = "") -> str:
        """SQL of all deltas of a span: rows (tier, kind, pos, columns); ``until`` leaves out what begins at or after it.

        '' when the span is empty.
        """
        names = ", ".join(columns)
        signed = ", ".join(f"{column} * edge.2 AS {column}" for column in columns)
        branches = []
        parts = pieces(span)
        for level in ("month", "week", "day", "posting"):
            own = [part for part in parts if part.level == level]
            if not own:
                continue
            rows = f"{self.where} AND {self.when(own)}"
            if level == "posting":
                early = f" AND lo < {until}" if until else ""
                branches.append(
                    f"SELECT tier, kind, edge.1 AS pos, {signed} FROM (SELECT tier, kind, lo, hi, {names} FROM postings "
                    f"WHERE {rows}{early}) ARRAY JOIN [(lo, 1), (hi, -1)]::Array(Tuple(UInt32, Int8)) AS edge"
                )
            else:
                early = f" AND pos < {until}" if until else ""
                branches.append(
                    f"SELECT tier, kind, pos, {names} FROM rollups WHERE level = '{level}' AND {rows}{early}"
                )
        return " UNION ALL ".join(branches)


def profile(client: Client, ground: Ground, kind: int, column: str, span: Span) -> Profile:
    """How one measure runs along the one range of a ground; everything before the range is put at its beginning."""
    if column not in COLUMNS:
        raise ValueError(f"column: {column!r}: must be one of {', '.join(COLUMNS)}")
    ask = Question(ground, kind)
    lo, hi = ask.bounds()
    deltas = ask.deltas(span, (column,), until=hi)
    if not deltas:
        return Profile(np.zeros(0, np.int64), np.zeros(0, np.int64))
    sql = (
        f"SELECT greatest(toInt64(pos), {lo}) AS at, sum({column}) AS change FROM ({deltas}) "
        f"WHERE pos < {hi} GROUP BY at HAVING change != 0 ORDER BY at"
    )
    return Profile(*_columns(client, sql, ask, 2))


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


def unit_sums(client: Client, ground: Ground, span: Span) -> Sums:
    """Load of the one unit of a ground; kinds without rows are left out."""
    ask = Question(ground)
    after = ask.bounds()[1]
    deltas = ask.deltas(span, COLUMNS, until=after)
    return _by_kind(
        client, ask, f"SELECT kind, {_sums('')} FROM ({deltas}) WHERE pos < {after} GROUP BY kind" if deltas else ""
    )


def area_sums(client: Client, ground: Ground, kind: int, span: Span) -> Sums:
    """Load of all units of a ground: sums over units; kinds without rows are left out."""
    ask = Question(ground, kind)
    if not ground.ranges or not pieces(span):
        return {}
    if ground.whole:
        rows = _whole(ask, span)
    else:
        rows = f"SELECT kind, {', '.join(COLUMNS)}, {ask.weight()} AS w FROM ({ask.deltas(span, COLUMNS)})"
    return _by_kind(client, ask, f"SELECT kind, {_sums(' * w')} FROM ({rows}) GROUP BY kind")


def _whole(ask: Question, span: Span) -> str:
    """Rows (kind, columns, w) of whole tiers: days from their own roll-up, the rest from the postings."""
    names = ", ".join(COLUMNS)
    days = [piece for piece in pieces(span) if piece.level != "posting"]
    rest = [piece for piece in pieces(span) if piece.level == "posting"]
    parts = []
    if days:
        whole = Piece("day", min(piece.first for piece in days), max(piece.last for piece in days))
        parts.append(
            f"SELECT kind, {names}, 1 AS w FROM rollups WHERE level = 'total' AND {ask.where} AND {ask.when([whole])}"
        )
    if rest:
        parts.append(
            f"SELECT kind, {names}, toInt64(hi) - lo AS w FROM postings WHERE {ask.where} AND {ask.when(rest)}"
        )
    return " UNION ALL ".join(parts)


def _sums(weight: str) -> str:
    return ", ".join(f"sum({column}{weight})" for column in COLUMNS)


def _by_kind(client: Client, ask: Question, sql: str) -> Sums:
    rows = client.query(sql, parameters=ask.parameters).result_rows if sql else []
    return {int(kind): (int(low), int(likely), int(high), int(n)) for kind, low, likely, high, n in rows}


def series_rows(client: Client, ground: Ground, first: date, last: date) -> list[tuple[int, ...]]:
    """Rows (day number, kind, likely, low, high, count): sums over the units of a ground by Shanghai day."""
    if not ground.ranges:
        return []
    ask = Question(ground)
    days = ask.starts(first, last)
    names, level, early = ", ".join(COLUMNS), "day", ""
    if ground.whole:
        level, weight = "total", "1"
    elif ground.units == 1:
        weight, early = "1", f" AND pos < {ask.bounds()[1]}"
    else:
        weight = ask.weight()
    inner = f"SELECT start, kind, {names}, {weight} AS w FROM rollups WHERE level = '{level}' AND {ask.where} AND {days}{early}"
    sums = ", ".join(f"sum({column} * w)" for column in ("likely", "low", "high", "n"))
    sql = f"SELECT toUInt16(start), kind, {sums} FROM ({inner}) GROUP BY start, kind"
    return [tuple(int(value) for value in row) for row in client.query(sql, parameters=ask.parameters).result_rows]


def area_profiles(client: Client, ground: Ground, kind: int, span: Span) -> dict[int, tuple[I64, I64]]:
    """By tier: ranks (ascending) and changes of all four columns there, shape (4, ranks)."""
    ask = Question(ground, kind)
    deltas = ask.deltas(span, COLUMNS) if ground.ranges else ""
    if not deltas:
        return {}
    sql = f"SELECT tier, pos, {_sums('')} FROM ({deltas}) GROUP BY tier, pos ORDER BY tier, pos"
    tier, at, *changes = _columns(client, sql, ask, 6)
    out = {}
    for number in np.unique(tier):
        rows = slice(*np.searchsorted(tier, [number, number + 1]))
        out[int(number)] = (at[rows], np.stack([change[rows] for change in changes]))
    return out


def issuer_sums(client: Client, ground: Ground, kind: int, span: Span, n: int) -> list[tuple[str, int, int, int, int]]:
    """Issuers with the most likely minutes over the units of a ground: issuer, low, likely, high, receipts.

    Whole months of the whole country come from a roll-up.
    """
    ask = Question(ground, kind)
    parts = []
    months = [part for part in pieces(span) if part.level == "month"] if ground.whole and not kind else []
    if months:
        sums = "low, likely, high, n AS receipts"
        parts.append(f"SELECT issuer, {sums} FROM rollups WHERE level = 'issuer' AND tier = 0 AND {ask.when(months)}")
    rest = [Piece("posting", *ends) for ends in _rest(span, months)]
    if rest and ground.ranges:
        shared = "toInt64(hi) - lo"
        where = f"{ask.where} AND {ask.when(rest)}"
        if not ground.whole:
            low, high = ask.bounds()
            shared = f"greatest(least(toInt64(hi), {high}) - greatest(toInt64(lo), {low}), 0)"
            where += f" AND lo < {high} AND hi > {low}" if len(ground.ranges) == 1 else ""
        rows = f"SELECT issuer, low, likely, high, n, {shared} AS w FROM postings WHERE {where}"
        named = ", ".join(f"sum({column} * w) AS {'receipts' if column == 'n' else column}" for column in COLUMNS)
        parts.append(f"SELECT issuer, {named} FROM ({rows}) GROUP BY issuer")
    if not parts:
        return []
    sql = (
        "SELECT issuer, sum(low), sum(likely) AS load, sum(high), sum(receipts) AS all "
        f"FROM ({' UNION ALL '.join(parts)}) GROUP BY issuer HAVING load != 0 OR all != 0 "
        f"ORDER BY load DESC, issuer LIMIT {ask.bind('UInt32', n)}"
    )
    found = client.query(sql, parameters=ask.parameters).result_rows
    return [(str(row[0]), int(row[1]), int(row[2]), int(row[3]), int(row[4])) for row in found]


def _rest(span: Span, months: Sequence[Piece]) -> list[tuple[int, int]]:
    """What of a span its whole months leave over, in microseconds."""
    first, last = max(0, span.first_us), span.last_us
    if not months:
        return [(first, last)] if first <= last else []
    begin = months[0].first * DAY_US - OFFSET_US
    end = (months[0].last + 1) * DAY_US - OFFSET_US
    return [one for one in ((first, begin - 1), (end, last)) if one[0] <= one[1]]


def reaching(client: Client, ground: Ground, keys: Sequence[int]) -> set[int]:
    """Which of the demands at these positions reach any unit of a ground."""
    if not ground.ranges or not keys:
        return set()
    found: set[int] = set()
    for first in range(0, len(keys), CHUNK):
        ask = Question(ground)
        lo, hi = ask.bounds()
        part = ask.bind("Array(UInt64)", list(keys[first : first + CHUNK]))
        rows = client.query(
            f"SELECT DISTINCT key FROM postings WHERE {ask.where} AND key IN {part} AND toInt64(lo) < {hi} AND toInt64(hi) > {lo}",
            parameters=ask.parameters,
        ).result_rows
        found.update(int(row[0]) for row in rows)
    return found


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
