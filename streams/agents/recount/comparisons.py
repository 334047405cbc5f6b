"""The three comparisons of a recount: log against postings, postings against roll-ups, postings against ledgers.

Flows in: a client, postings that should be there. Flows out: ``Difference``. Reads the store with bound parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from clickhouse_connect.driver.client import Client
from numpy.typing import NDArray

from streams.agents.topics import DEMANDS, partitions
from streams.agents.worker.tally import DIGESTED
from streams.calendars.periods import DAY_US, OFFSET_US
from streams.events.log_position import EPOCH_BIT
from streams.events.model import KINDS
from streams.ledger.ledger import Ledger
from streams.ledger.metrics import LIVE, interval
from streams.ledger.postings import Postings, concat
from streams.registry import Registry
from streams.store.deltas import DAY
from streams.store.span import Span, date_of

I64 = NDArray[np.int64]
AMOUNTS: Final = ("low", "likely", "high", "n")
NAMES: Final = ("minutes_low", "minutes", "minutes_high", "count")
UNITS: Final = 5
"""Units shown of one tier, kind and day."""
_CAUSE: Final = "(key + cause_gap)"
_POSTING: Final = "key, tier, kind, issuer, lo, hi, start_us, low, likely, high, toInt64(n), point"


class Difference(NamedTuple):
    """One thing that is not as the log says."""

    what: str
    """event, load, rollup or ledger."""
    where: str
    metric: str
    log: int
    found: int

    def __str__(self) -> str:
        return f"{self.what} {self.where}: {self.metric}: must be {self.log}, is {self.found}"


def stored_positions(client: Client, epoch: int, ends: Sequence[int]) -> dict[int, int]:
    """How often each position before ``ends`` is stored."""
    rows = client.query(
        f"SELECT pos, count() FROM events WHERE {_within('pos')} GROUP BY pos", parameters=_bounds(epoch, ends)
    ).result_rows
    return {int(pos): int(count) for pos, count in rows}


def _within(pos: str) -> str:
    """SQL: a position lies in the epoch and before the end of its partition."""
    return (
        f"bitShiftRight({pos}, {EPOCH_BIT}) = {{epoch:UInt64}} AND bitAnd({pos}, bitShiftLeft(1::UInt64, 44) - 1) "
        f"< {{ends:Array(UInt64)}}[bitAnd(bitShiftRight({pos}, 44), 4095) + 1]"
    )


def _bounds(epoch: int, ends: Sequence[int]) -> dict[str, Any]:
    return {"epoch": epoch, "ends": list(ends)}


def load_differences(
    client: Client, registry: Registry, wanted: Postings, *, epoch: int, ends: Sequence[int], span: Span
) -> list[Difference]:
    """Where the postings of the store that events before ``ends`` caused do not add up to ``wanted``; starts in ``span`` only."""
    inside = (wanted.start_us >= span.first_us) & (wanted.start_us <= span.last_us)
    wanted = wanted.select(inside)
    out: list[Difference] = []
    for tier in registry.tiers:
        rows = client.query_arrow(
            f"SELECT {_POSTING} FROM postings WHERE tier = {{tier:UInt8}} AND start_us BETWEEN {{first:Int64}} AND {{last:Int64}} "
            f"AND bitShiftRight(key, {EPOCH_BIT}) = {{epoch:UInt64}} AND {_within(_CAUSE)}",
            parameters={"tier": tier, "first": span.first_us, "last": span.last_us, **_bounds(epoch, ends)},
        )
        columns = [np.asarray(column.to_numpy()) for column in rows.columns]
        found = Postings(*columns)
        should = wanted.select(wanted.tier == tier)
        for kind, day in _unequal(should, found):
            out += _units(registry, tier, kind, day, should, found)
    return out


def _deltas(postings: Postings, sign: int) -> tuple[I64, I64]:
    """Where something begins or ends, (kind, start, rank), and by how much each amount changes there."""
    place = np.stack([np.tile(postings.kind, 2), np.tile(postings.start_us, 2), np.r_[postings.lo, postings.hi]])
    amounts = np.stack([np.asarray(getattr(postings, name), np.int64) for name in AMOUNTS])
    return place.astype(np.int64), np.concatenate((amounts, -amounts), axis=1) * sign


def _unequal(should: Postings, found: Postings) -> list[tuple[int, int]]:
    """Kinds and Shanghai days in which two sets of postings differ anywhere."""
    places, amounts = zip(_deltas(should, 1), _deltas(found, -1), strict=True)
    place, amount = np.concatenate(places, axis=1), np.concatenate(amounts, axis=1)
    if not place.size:
        return []
    order = np.lexsort(place)
    place, amount = place[:, order], amount[:, order]
    first = np.r_[0, np.flatnonzero(np.any(place[:, 1:] != place[:, :-1], axis=0)) + 1]
    sums = np.add.reduceat(amount, first, axis=1)
    bad = place[:, first][:, np.any(sums != 0, axis=0)]
    return sorted({(int(kind), int((start + OFFSET_US) // DAY_US)) for kind, start, _ in bad.T})


def _units(
    registry: Registry, tier: int, kind: int, day: int, should: Postings, found: Postings
) -> Iterator[Difference]:
    """The first units that differ on a day, each with both values."""
    size = registry.size(tier)
    both = []
    for postings in (should, found):
        days = (postings.start_us + OFFSET_US) // DAY_US
        place, amount = _deltas(postings.select((postings.kind == kind) & (days == day)), 1)
        sums = np.zeros((len(AMOUNTS), size + 1), np.int64)
        for row, values in zip(sums, amount, strict=True):
            np.add.at(row, place[2], values)
        both.append(np.cumsum(sums, axis=1)[:, :size])
    name = KINDS[kind - 1] if kind else "all"
    any_shown = False
    for measure, log, store in zip(NAMES, *both, strict=True):
        for rank in np.flatnonzero(log != store)[:UNITS]:
            any_shown = True
            where = f"{registry.code_of(tier, int(rank))} on {date_of(day)}"
            yield Difference("load", where, f"{name}.{measure}", int(log[rank]), int(store[rank]))
    if not any_shown:
        yield Difference("load", f"{registry.tier_name(tier)} on {date_of(day)}", f"{name}: instants of starts", 0, 1)


def rollup_differences(client: Client) -> list[Difference]:
    """Where a roll-up is not the sum of its postings."""
    out: list[Difference] = []
    for level, expression in (
        ("day", DAY),
        ("week", "toMonday(toDateTime(start_s, 'Asia/Shanghai'))"),
        ("month", f"toStartOfMonth({DAY})"),
    ):
        names = ("low", "likely", "high", "n")
        log = ", ".join(f"sum({name} * (rolled = 0)) AS {name}_" for name in names)
        unequal = " OR ".join(f"sum({name} * (1 - 2 * rolled)) != 0" for name in names)
        rows = client.query(
            f"SELECT tier, kind, p, pos, {log}, {', '.join(f'sum({name} * rolled)' for name in names)} FROM ("
            f"SELECT 1 AS rolled, tier, kind, start AS p, pos, low, likely, high, n FROM rollups WHERE level = '{level}' "
            f"UNION ALL SELECT 0 AS rolled, tier, kind, {expression} AS p, edge.1 AS pos, low * edge.2 AS low, "
            "likely * edge.2 AS likely, high * edge.2 AS high, toInt64(n) * edge.2 AS n FROM postings "
            "ARRAY JOIN [(lo, 1), (hi, -1)]::Array(Tuple(UInt32, Int8)) AS edge) "
            f"GROUP BY tier, kind, p, pos HAVING {unequal} ORDER BY tier, kind, p, pos LIMIT 20"
        ).result_rows
        for tier, kind, begin, pos, *values in rows:
            where = f"{level} tier {tier} kind {kind} {begin} rank {pos}"
            for name, must, has in zip(names, values[:4], values[4:], strict=True):
                if must != has:
                    out.append(Difference("rollup", where, name, int(must), int(has)))
    return out


def ledger_differences(client: Client, registry: Registry) -> tuple[list[Difference], int]:
    """Where the last digest of a shard's ledger differs from its postings; and how many digests were compared."""
    shards = registry.shards(partitions(DEMANDS))
    out: list[Difference] = []
    compared = 0
    last = client.query("SELECT shard, max(at_us) FROM ticks GROUP BY shard ORDER BY shard").result_rows
    for shard, at_us in last:
        rows = client.query(
            "SELECT metric, tier, total, checksum, applied FROM ticks WHERE shard = {shard:UInt8} AND at_us = {at:Int64}",
            parameters={"shard": shard, "at": at_us},
        ).result_rows
        told = {(metric, tier): (int(total), int(checksum) % (1 << 64)) for metric, tier, total, checksum, _ in rows}
        ledger = _ledger(client, registry, int(shard), int(at_us), int(rows[0][4]))
        for metric in LIVE:
            for tier in DIGESTED:
                must = ledger.digest(metric, tier, *shards.shard_ranges(int(shard), tier))
                has = told.get((str(metric), tier), (0, 0))
                compared += 1
                if must != has:
                    where = f"shard {shard} {registry.tier_name(tier)}"
                    out.append(Difference("ledger", where, str(metric), must[0], has[0]))
    return out, compared


def _ledger(client: Client, registry: Registry, shard: int, at_us: int, applied: int) -> Ledger:
    """A ledger of the postings that a shard's worker had applied, at an instant."""
    bounds = [interval(metric.window, at_us) for metric in LIVE]
    rows = client.query_arrow(
        f"SELECT {_POSTING} FROM postings WHERE shard = {{shard:UInt8}} AND run <= {{run:UInt64}} "
        "AND start_us BETWEEN {first:Int64} AND {last:Int64}",
        parameters={
            "shard": shard,
            "run": applied,
            "first": min(after for after, _ in bounds) + 1,
            "last": max(until for _, until in bounds),
        },
    )
    ledger = Ledger({tier: registry.size(tier) for tier in registry.tiers}, LIVE, at_us)
    ledger.apply(concat([Postings(*(np.asarray(column.to_numpy()) for column in rows.columns))]))
    return ledger
