"""Loads crossed by two dimensions: places, tiers, issuers, lines, levels of issuers, kinds, months, weeks, days.

Flows in: a client, a Scope, an area, Shanghai days, what is asked. Flows out: ``Pivot``. Reads only. Where no issuer matters the roll-ups
answer, else the postings. Totals are of everything, never of the rows that are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from clickhouse_connect.driver.client import Client

from streams.registry import Registry
from streams.store.deltas import COLUMNS, Question
from streams.store.ground import Ground, of_area
from streams.store.scope import Scope
from streams.store.span import Piece, grained

GRASSROOTS: Final = ("township", "village")
DIMENSIONS: Final = ("place", "tier", "issuer", "line", "level", "kind", "month", "week", "day")
GRAINS: Final = ("month", "week", "day")
OF_ISSUERS: Final = ("issuer", "line", "level")
REST: Final = "*"
"""The row that holds what stands beyond the rows that are told one by one."""
LEVEL: Final = (
    "multiIf(startsWith(issuer, '000000'), 'centre', substring(issuer, 3, 4) = '0000', 'province', "
    "substring(issuer, 5, 2) = '00', 'prefecture', 'county')"
)
LINE: Final = "substring(issuer, position(issuer, '-') + 1)"
_SQL: Final[Mapping[str, str]] = {
    "": "''", "place": "child.1", "tier": "toString(tier)", "issuer": "issuer", "line": LINE, "level": LEVEL, "kind": "toString(kind)",
    "month": "toString(toStartOfMonth(start))", "week": "toString(toMonday(start))", "day": "toString(start)",
}  # fmt: skip
_ORDERS: Final[Mapping[str, str]] = {
    "low": "low", "likely": "likely", "high": "high", "receipts": "n", "demands": "demands",
}  # fmt: skip


class Crossing(NamedTuple):
    """What is asked: two dimensions (``columns`` '' for none), filters (empty: everything), and the order in which ``limit`` cuts issuers."""

    rows: str
    columns: str = ""
    kinds: tuple[int, ...] = ()
    tiers: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    issuer: str = ""
    order: str = "likely"
    limit: int = 200

    @property
    def by_issuer(self) -> bool:
        """Whether issuers, or demands one by one, matter: the roll-ups know neither."""
        named = {self.rows, self.columns} & set(OF_ISSUERS)
        return bool(named or self.lines or self.levels or self.issuer or self.order == "demands")

    @property
    def grain(self) -> str:
        """The finest period that both dimensions can be told by; '' where neither is one."""
        named = [one for one in (self.rows, self.columns) if one in GRAINS]
        return "day" if len(named) > 1 else named[0] if named else ""


class Cell(NamedTuple):
    """Person-minutes, demands times units reached, and demands counted once (0 where the order does not ask for them)."""

    row: str
    column: str
    low: int
    likely: int
    high: int
    receipts: int
    demands: int


@dataclass(frozen=True)
class Pivot:
    """``rows`` and ``columns`` hold the totals of each; ``rows`` may end in REST, which stands for ``cut`` further rows."""

    cells: tuple[Cell, ...]
    rows: tuple[Cell, ...]
    columns: tuple[Cell, ...]
    total: Cell
    cut: int


def pivot(
    client: Client, scope: Scope, registry: Registry, area: str, first: date, last: date, asked: Crossing
) -> Pivot:
    """Load of an area's townships and villages on the days first..last, crossed. Keys are codes, names of tiers, levels and lines, numbers of
    kinds, first days of periods. Raises OutOfScope unless the area may be compared; ValueError for another dimension or order."""
    scope.require_comparison(area)
    if asked.rows not in DIMENSIONS or asked.columns not in ("", *DIMENSIONS) or asked.columns == "issuer":
        raise ValueError(
            f"dimensions: {asked.rows!r}, {asked.columns!r}: rows are one of {', '.join(DIMENSIONS)}; columns too, but for issuer"
        )
    if asked.rows == asked.columns or asked.order not in _ORDERS:
        raise ValueError(f"order: {asked.order!r}: must be one of {', '.join(_ORDERS)}, and rows differ from columns")
    ground = of_area(registry, area, asked.tiers or GRASSROOTS)
    if not ground.ranges or last < first:
        return Pivot((), (), (), Cell("", "", 0, 0, 0, 0, 0), 0)
    top, cut = _top(client, registry, area, ground, first, last, asked) if asked.rows == "issuer" else ((), 0)
    ask = Question(ground)
    row = _SQL[asked.rows]
    if cut:
        row = f"if(issuer IN {ask.bind('Array(String)', list(top))}, issuer, '{REST}')"
    sql = (
        f"SELECT r, c, grouping(r) AS all_rows, grouping(c) AS all_columns, {_sums(asked)} FROM "
        f"({_base(ask, registry, area, ground, first, last, asked, row)}) GROUP BY GROUPING SETS ((r, c), (r), (c), ())"
    )
    found = client.query(sql, parameters=ask.parameters).result_rows
    return _shaped(registry, asked, found, cut)


def _top(
    client: Client, registry: Registry, area: str, ground: Ground, first: date, last: date, asked: Crossing
) -> tuple[tuple[str, ...], int]:
    """The issuers that are told one by one, and how many others there are."""
    ask = Question(ground)
    base = _base(ask, registry, area, ground, first, last, asked._replace(columns=""), "issuer")
    sql = (
        f"SELECT r, {_sums(asked)}, count() OVER () FROM ({base}) GROUP BY r HAVING likely != 0 OR n != 0 "
        f"ORDER BY {_ORDERS[asked.order]} DESC, r LIMIT {ask.bind('UInt32', asked.limit)}"
    )
    rows = client.query(sql, parameters=ask.parameters).result_rows
    return tuple(str(one[0]) for one in rows), max(0, int(rows[0][-1]) - len(rows)) if rows else 0


def _sums(asked: Crossing) -> str:
    """SQL of the measures."""
    sums = ", ".join(f"sum(base_{column} * w) AS {column}" for column in COLUMNS)
    return f"{sums}, {'uniqExact(key)' if asked.order == 'demands' else 'toUInt64(0)'} AS demands"


def _base(
    ask: Question, registry: Registry, area: str, ground: Ground, first: date, last: date, asked: Crossing, row: str
) -> str:
    """SQL of rows (r, c, key, measures, w) that together are the load that is asked about."""
    placed = "place" in (asked.rows, asked.columns)
    where = ask.where
    if asked.kinds:
        where += f" AND kind IN {ask.bind('Array(UInt8)', list(asked.kinds))}"
    names = ", ".join(f"{column} AS base_{column}" for column in COLUMNS)
    child = f", arrayJoin({_children(ask, registry, area, ground)}) AS child" if placed else ""
    if asked.by_issuer:
        for column, values in ((LINE, asked.lines), (LEVEL, asked.levels), ("issuer", filter(None, (asked.issuer,)))):
            if wanted := list(values):
                where += f" AND {column} IN {ask.bind('Array(String)', wanted)}"
        low, high = ("child.2", "child.3") if placed else ask.bounds()
        weight = f"greatest(least(toInt64(hi), {high}) - greatest(toInt64(lo), {low}), 0)"
        days = f"day BETWEEN {ask.bind('Date', first)} AND {ask.bind('Date', last)}"
        source = f"SELECT *, day AS start{child} FROM postings WHERE {where} AND {days}"
    else:
        weight = "greatest(child.3 - toInt64(pos), 0) - greatest(child.2 - toInt64(pos), 0)" if placed else ask.weight()
        parts = grained(first, last, asked.grain)
        if ground.whole and not placed:
            weight, days = "1", ask.starts(first, last)
            levels = f"level = 'total' AND {days}"
        else:
            levels = " OR ".join(f"(level = '{part.level}' AND {_when(ask, part)})" for part in parts)
        source = f"SELECT *, 0 AS key{child} FROM rollups WHERE {where} AND ({levels})"
    return f"SELECT {row} AS r, {_SQL[asked.columns]} AS c, key, {names}, {weight} AS w FROM ({source}) WHERE w != 0"


def _when(ask: Question, part: Piece) -> str:
    return ask.when([part])


def gaps(registry: Registry, area: str, ground: Ground) -> dict[int, list[tuple[str, int, int]]]:
    """By tier: ranges of the area's children, and under the area's own code what lies in none of them, as (code, lo, hi)."""
    out: dict[int, list[tuple[str, int, int]]] = {}
    for one in ground.ranges:
        inside = [(child, *registry.range_of(child, one.tier)) for child in registry.children(area)]
        inside = sorted((row for row in inside if row[1] < row[2]), key=lambda row: row[1])
        at, rows = one.lo, list(inside)
        for _, lo, hi in inside:
            if lo > at:
                rows.append((area, at, lo))
            at = max(at, hi)
        if at < one.hi:
            rows.append((area, at, one.hi))
        out[one.tier] = rows
    return out


def _children(ask: Question, registry: Registry, area: str, ground: Ground) -> str:
    """SQL of the children of a row's tier: an array of (code, lo, hi)."""
    parts = []
    for tier, rows in gaps(registry, area, ground).items():
        bound = [
            ask.bind("Array(String)", [row[0] for row in rows]),
            *(ask.bind("Array(Int64)", [row[place] for row in rows]) for place in (1, 2)),
        ]
        parts.append((ask.bind("UInt8", tier), f"arrayZip({', '.join(bound)})"))
    *others, last = parts
    if not others:
        return last[1]
    return f"multiIf({', '.join(f'tier = {tier}, {rows}' for tier, rows in others)}, {last[1]})"


def _shaped(registry: Registry, asked: Crossing, found: object, cut: int) -> Pivot:
    """The rows of the grouping sets, sorted out; what is nothing at all is left out."""

    def named(dimension: str, key: str) -> str:
        return registry.tier_name(int(key)) if dimension == "tier" and key else key

    cells: list[Cell] = []
    rows: list[Cell] = []
    columns: list[Cell] = []
    total = Cell("", "", 0, 0, 0, 0, 0)
    for row, column, all_rows, all_columns, *sums in found:  # type: ignore[attr-defined]
        one = Cell(named(asked.rows, str(row)), named(asked.columns, str(column)), *map(int, sums))
        if all_rows and all_columns:
            total = Cell("", "", *one[2:])
        elif not any(one[2:6]):
            continue
        elif all_rows:
            columns.append(one)
        elif all_columns:
            rows.append(one)
        else:
            cells.append(one)

    def amount(one: Cell) -> int:
        return int(getattr(one, asked.order))

    rows.sort(key=lambda one: (one.row == REST, -amount(one), one.row))
    columns.sort(key=lambda one: (-amount(one), one.column))
    return Pivot(tuple(sorted(cells)), tuple(rows), tuple(columns) if asked.columns else (), total, cut)
