"""What the workers ask of the store: their ledger back, what is known of an event, where they had come to.

Flows in: shards, partitions, idents, positions. Flows out: numpy columns and stored events. Reads only.
These are for the workers of this installation and know no Scope; nothing of them may be shown to a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from clickhouse_connect.driver.client import Client
from numpy.typing import NDArray

from streams.calendars.periods import DAY_US, OFFSET_US
from streams.events.log_position import PARTITION_BIT
from streams.events.model import KIND_IDS
from streams.ledger.postings import DTYPES, Postings, concat
from streams.registry import Ranges

EPOCH: Final = date(1970, 1, 1)
CHUNK: Final = 2_000
"""Keys in one question at most, so that no question grows too long."""
_PARTITION: Final = f"bitAnd(bitShiftRight(pos, {PARTITION_BIT}), 4095)"
_POSTING: Final = ", ".join(DTYPES)
_EVENT: Final = "pos, ident, digest, source, id, type, kind, verb, time_us, issuer, title, doc_no, body, admitted_us"


@dataclass(frozen=True)
class IdentColumns:
    """Idents of stored events with digest and position."""

    ident: NDArray[np.uint64]
    digest: NDArray[np.uint64]
    pos: NDArray[np.uint64]


class Known(NamedTuple):
    """A stored event's identity; compare source and id before calling something a duplicate or a conflict."""

    ident: int
    digest: int
    pos: int
    source: str
    id: str
    issuer: str = ""


class StoredEvent(NamedTuple):
    """An admitted event as it is stored; ``body`` is its JSON."""

    pos: int
    ident: int
    digest: int
    source: str
    id: str
    type: str
    kind: int
    verb: str
    time_us: int
    issuer: str
    title: str
    doc_no: str
    body: bytes
    admitted_us: int


def load_postings(client: Client, shard: int, since_us: int | None = None) -> Postings:
    """All postings of a shard that start at or after ``since_us`` (None: all of them)."""
    where, parameters = "shard = {shard:UInt8}", dict[str, Any](shard=shard)
    if since_us is not None:
        # The day is part of the table's order and cuts most of it away; the instant then decides.
        where += " AND toDate(toDateTime(start_s, 'Asia/Shanghai')) >= {day:Date} AND start_us >= {since:Int64}"
        parameters |= {"day": EPOCH + timedelta(days=max(0, (since_us + OFFSET_US) // DAY_US)), "since": since_us}
    return _postings(client, where, parameters)


def postings_of(client: Client, shard: int, keys: Sequence[int]) -> Postings:
    """All postings that a shard has of these demands, whenever they start."""
    where = "shard = {shard:UInt8} AND key IN {keys:Array(UInt64)}"
    return concat(
        _postings(client, where, {"shard": shard, "keys": list(keys[first : first + CHUNK])})
        for first in range(0, len(keys), CHUNK)
    )


def load_idents(client: Client, partitions: Iterable[int]) -> IdentColumns:
    """Idents of all stored events that came through these partitions of the log."""
    table = _arrow(
        client,
        f"SELECT ident, digest, pos FROM events WHERE {_PARTITION} IN {{partitions:Array(UInt16)}}",
        {"partitions": list(partitions)},
    )
    return IdentColumns(*(_column(table, name, np.uint64) for name in ("ident", "digest", "pos")))


def find_idents(client: Client, idents: Sequence[int]) -> list[Known]:
    """Which of these idents are stored, in order of position."""
    found: list[Known] = []
    for first in range(0, len(idents), CHUNK):
        rows = client.query(
            "SELECT ident, digest, pos, source, id, issuer FROM events WHERE ident IN {idents:Array(UInt64)}",
            parameters={"idents": list(idents[first : first + CHUNK])},
        ).result_rows
        found += [Known(*row) for row in rows]
    return sorted(found, key=lambda known: known.pos)


def events_by_pos(client: Client, positions: Sequence[int]) -> list[StoredEvent]:
    """Stored events at these positions (ascending), in order of position; positions without an event are left out."""
    found: list[StoredEvent] = []
    for first in range(0, len(positions), CHUNK):
        found += _events(
            client, "pos IN {positions:Array(UInt64)}", {"positions": list(positions[first : first + CHUNK])}
        )
    return found


def events_about(client: Client, idents: Sequence[int]) -> list[StoredEvent]:
    """The events with these idents and all events that refer to one of them, in order of position."""
    # Positions first: the bodies are then read by the table's order alone.
    return events_by_pos(client, positions_about(client, idents))


def positions_about(client: Client, idents: Sequence[int]) -> list[int]:
    """Where the events with these idents stand, and all events that refer to one of them; ascending."""
    positions: set[int] = set()
    for first in range(0, len(idents), CHUNK):
        rows = client.query(
            "SELECT pos FROM events WHERE ident IN {idents:Array(UInt64)} "
            "UNION ALL SELECT pos FROM refs WHERE target IN {idents:Array(UInt64)}",
            parameters={"idents": list(idents[first : first + CHUNK])},
        ).result_rows
        positions.update(int(row[0]) for row in rows)
    return sorted(positions)


def postings_since(client: Client, applied: Mapping[int, int]) -> tuple[Postings, dict[int, int]]:
    """Postings of batches behind the ``applied`` run of their shard (every shard that is asked for has one), and the runs that they reach."""
    runs = [applied[shard] for shard in sorted(applied)]
    if sorted(applied) != list(range(len(runs))):
        raise ValueError(f"applied: {sorted(applied)}: must name every shard from 0")
    table = _arrow(
        client,
        f"SELECT {_POSTING}, shard, run FROM postings WHERE run > {{least:UInt64}} AND run > {{runs:Array(UInt64)}}[shard + 1]",
        {"least": min(runs), "runs": runs},
    )
    columns = {name: _column(table, name, kind) for name, kind in DTYPES.items() if name != "issuer"}
    shard, run = _column(table, "shard", np.int64), _column(table, "run", np.uint64)
    reached = {one: max([applied[one], *run[shard == one].tolist()]) for one in applied}
    return Postings(**columns, issuer=_texts(table.column("issuer"))), reached


def postings_on(client: Client, tier: int, rank: int, first_us: int, last_us: int) -> Postings:
    """Postings that reach one unit (its place in its tier) and start in first..last."""
    where = "tier = {tier:UInt8} AND lo <= {rank:UInt32} AND hi > {rank:UInt32} AND start_us BETWEEN {first:Int64} AND {last:Int64}"
    return _postings(client, where, {"tier": tier, "rank": rank, "first": first_us, "last": last_us})


def events_since(client: Client, cursors: Mapping[int, int], limit: int) -> list[StoredEvent]:
    """Events at or behind the cursor of their part of the log (position >> 44), by position; parts without a cursor from their beginning."""
    cursor = "transform(bitShiftRight(pos, 44), {parts:Array(UInt64)}, {positions:Array(UInt64)}, 0::UInt64)"
    known = dict(cursors) or {0: 0}
    parameters = {"parts": list(known), "positions": list(known.values())}
    return _events(client, f"pos >= {cursor}", parameters, limit)


def events_held(client: Client, after: int, since_us: int, standing: Sequence[str], limit: int) -> list[StoredEvent]:
    """Events from a position on that are of an instant or later, or issue what goes on until it is ended, by position."""
    kinds = [KIND_IDS[kind] for kind in standing]
    where = "pos >= {after:UInt64} AND (time_us >= {since:Int64} OR (verb = 'issued' AND (recurrence != '' OR kind IN {kinds:Array(UInt8)})))"
    return _events(client, where, {"after": after, "since": since_us, "kinds": kinds}, limit)


def titles_of(client: Client, idents: Sequence[int]) -> list[tuple[int, str, str, int]]:
    """Ident, title, number and time of stored events."""
    found: list[tuple[int, str, str, int]] = []
    for first in range(0, len(idents), CHUNK):
        rows = client.query(
            "SELECT ident, title, doc_no, time_us FROM events WHERE ident IN {idents:Array(UInt64)}",
            parameters={"idents": list(idents[first : first + CHUNK])},
        ).result_rows
        found += [(int(ident), str(title), str(doc_no), int(time_us)) for ident, title, doc_no, time_us in rows]
    return found


def idents_reaching(client: Client, ranges: Ranges, kinds: Sequence[str], since_us: int) -> list[int]:
    """Demands of some kinds with an occurrence at an instant or later for any unit of some ranges; all of them."""
    found: set[int] = set()
    for part in ranges if kinds else ():
        rows = client.query(
            "SELECT ident FROM events WHERE pos IN (SELECT key FROM postings WHERE tier = {tier:UInt8} "
            "AND lo < {hi:UInt32} AND hi > {lo:UInt32} AND toDate(toDateTime(start_s, 'Asia/Shanghai')) >= {day:Date} "
            "AND start_us >= {since:Int64} AND kind IN {kinds:Array(UInt8)})",
            parameters={
                "tier": part.tier,
                "lo": part.lo,
                "hi": part.hi,
                "kinds": [KIND_IDS[kind] for kind in kinds],
                "since": since_us,
            }
            | {"day": EPOCH + timedelta(days=max(0, (since_us + OFFSET_US) // DAY_US))},
        ).result_rows
        found.update(int(row[0]) for row in rows)
    return sorted(found)


def idents_of_issuer(client: Client, issuer: str, since_us: int) -> list[int]:
    """Demands that an issuer issued at an instant or later; all of them."""
    rows = client.query(
        "SELECT ident FROM events WHERE issuer = {issuer:String} AND verb = 'issued' AND time_us >= {since:Int64} ORDER BY ident",
        parameters={"issuer": issuer, "since": since_us},
    ).result_rows
    return [int(row[0]) for row in rows]


def any_event(client: Client) -> bool:
    """Whether any event is stored."""
    return bool(client.query("SELECT 1 FROM events LIMIT 1").result_rows)


def all_events(client: Client, since_us: int, chunk: int = 20_000) -> Iterator[StoredEvent]:
    """Every event of an instant or later, and whatever recurs, by position, read some thousand at a time."""
    after = 0
    while rows := events_held(client, after, since_us, (), chunk):
        yield from rows
        after = rows[-1].pos + 1


def _postings(client: Client, where: str, parameters: dict[str, Any]) -> Postings:
    table = _arrow(client, f"SELECT {_POSTING} FROM postings WHERE {where}", parameters)
    columns = {name: _column(table, name, kind) for name, kind in DTYPES.items() if name != "issuer"}
    return Postings(**columns, issuer=_texts(table.column("issuer")))


def _texts(column: pa.ChunkedArray) -> NDArray[Any]:
    """Texts as an object array in which equal texts are one object: millions of rows, some thousand issuers."""
    coded = column.combine_chunks().dictionary_encode()
    names = np.array([*coded.dictionary.to_pylist(), ""], dtype=object)[:-1]
    return np.asarray(names[coded.indices.to_numpy()])


def _events(client: Client, where: str, parameters: dict[str, Any], limit: int = 0) -> list[StoredEvent]:
    rows = client.query(
        f"SELECT {_EVENT} FROM events WHERE {where} ORDER BY pos" + (f" LIMIT {limit}" if limit else ""),
        parameters=parameters,
        column_formats={"body": "bytes"},
    ).result_rows
    return [StoredEvent(*row) for row in rows]


def _arrow(client: Client, sql: str, parameters: dict[str, Any]) -> pa.Table:
    return client.query_arrow(sql, parameters=parameters)


def _column(table: pa.Table, name: str, kind: type[Any]) -> NDArray[Any]:
    return np.asarray(table.column(name).to_numpy(), dtype=kind)
