"""Ways into the store: each call is one insert of one block under one token, so that a retry lands once.

Flows in: columns. Flows out: rows in the tables, and in every roll-up that hangs on them. May touch: the store.

A token is made of log positions by the caller, and the same token must always come with the same rows: a retry cuts the
same batch. The engine remembers the last 10,000 tokens of each table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import stamina
from clickhouse_connect.driver.client import Client
from numpy.typing import NDArray

from streams.ledger.postings import Postings
from streams.store.client import passing

U64 = NDArray[np.uint64]

INSERT_PATIENCE_S: Final = 120.0
ROWS: Final = 1_000_000
"""The engine may cut a longer insert into several blocks, which would not be atomic."""

EVENT_COLUMNS: Final = {
    "pos": pa.uint64(),
    "ident": pa.uint64(),
    "digest": pa.uint64(),
    "source": pa.string(),
    "id": pa.string(),
    "type": pa.string(),
    "kind": pa.uint8(),
    "verb": pa.string(),
    "time_us": pa.int64(),
    "issuer": pa.string(),
    "title": pa.string(),
    "doc_no": pa.string(),
    "starts_us": pa.int64(),
    "deadline_us": pa.int64(),
    "receivers": pa.uint32(),
    "likely": pa.int64(),
    "recurrence": pa.string(),
    "body": pa.binary(),
    "admitted_us": pa.int64(),
}
"""Columns of ``events``; starts_us and deadline_us may hold None."""

POSTING_COLUMNS: Final = {
    "key": pa.uint64(),
    "tier": pa.uint8(),
    "kind": pa.uint8(),
    "lo": pa.uint32(),
    "hi": pa.uint32(),
    "start_s": pa.uint32(),
    "start_u": pa.uint32(),
    "low": pa.int64(),
    "likely": pa.int64(),
    "high": pa.int64(),
    "n": pa.int32(),
    "point": pa.uint8(),
    "issuer": pa.string(),
    "shard": pa.uint8(),
    "run": pa.uint64(),
    "lead": pa.uint8(),
    "cause_gap": pa.uint64(),
}
LAST_START_US: Final = (1 << 32) * 1_000_000 - 1
"""2106-02-07: starts are kept as 32 bits of seconds."""


class Tick(NamedTuple):
    """What one tally worker's ledger says of one metric and tier of its shard."""

    shard: int
    at_us: int
    metric: str
    tier: int
    total: int
    checksum: int
    applied: int


class WorkerReport(NamedTuple):
    """How far one partition of a worker is; ``component`` is admit or tally."""

    component: str
    partition: int
    at_us: int
    lag: int
    rate: float
    watermark_us: int


class Refusal(NamedTuple):
    """Refused events of one hour (``hour_us`` is any instant in it)."""

    hour_us: int
    source: str
    code: str
    n: int


def insert_events(client: Client, columns: Mapping[str, Sequence[Any]], token: str) -> int:
    """Admitted events by column (all of EVENT_COLUMNS); returns the number of rows sent.

    Raises ValueError for missing columns or more than ROWS rows.
    """
    return _insert(client, "events", _table("events", EVENT_COLUMNS, columns), token)


def insert_refs(client: Client, targets: U64, positions: U64, token: str) -> int:
    """Which events (positions) refer to which idents. Write these before the events that refer."""
    schema = {"target": pa.uint64(), "pos": pa.uint64()}
    return _insert(client, "refs", _table("refs", schema, {"target": targets, "pos": positions}), token)


def insert_postings(
    client: Client,
    postings: Postings,
    *,
    shard: int | NDArray[np.uint8],
    run: int,
    issuers: Sequence[str] | None = None,
    causes: U64 | None = None,
) -> int:
    """The postings of one batch; its token and identity is (lowest shard, run). Runs rise within a shard.

    ``shard``: that of all rows, or of each. One batch for many shards costs the store no more than one for one.

    ``issuers``: a code for each row instead of the postings' own. ``causes``: for each row the position of the event that caused it (None: the
    demand itself, which is its key). Returns the number of rows. Raises ValueError for a start outside 1970..2106.
    """
    start = np.asarray(postings.start_us, np.int64)
    if len(start) and (int(start.min()) < 0 or int(start.max()) > LAST_START_US):
        raise ValueError(
            f"start_us: {int(start.min())}..{int(start.max())}: must lie in 0..{LAST_START_US} (1970 to 2106-02-07); refuse such events"
        )
    seconds, micros = np.divmod(start, 1_000_000)
    key = np.asarray(postings.key, np.uint64)
    shards = np.broadcast_to(np.asarray(shard, np.uint8), len(key))
    lead = int(shards.min()) if len(key) else 0
    gap = np.zeros(len(key), np.uint64) if causes is None else np.asarray(causes, np.uint64) - key
    columns: dict[str, Any] = {
        **{
            name: getattr(postings, name)
            for name in ("tier", "kind", "lo", "hi", "low", "likely", "high", "n", "point")
        },
        "key": key,
        "start_s": seconds,
        "start_u": micros,
        "issuer": postings.issuer if issuers is None else issuers,
        "shard": shards,
        "run": np.full(len(key), run, np.uint64),
        "lead": np.full(len(key), lead),
        "cause_gap": gap,
    }
    return _insert(client, "postings", _table("postings", POSTING_COLUMNS, columns), run_token(lead, run))


def run_token(lead: int, run: int) -> str:
    """The token under which a batch of postings is inserted."""
    return f"demands-{lead}-{run}"


def mend_last_batches(client: Client, shards: Sequence[int]) -> dict[int, int]:
    """Inserts the last batch of each shard again under its token; the runs by shard, shards without postings are left out.

    A crash between a batch and its roll-ups leaves the roll-ups behind. The engine knows the token in every table that
    the batch reached and fills only those that it did not: doing this any number of times changes nothing else.
    """
    found = client.query(
        "SELECT shard, max(run), argMax(lead, run) FROM postings WHERE shard IN {shards:Array(UInt8)} GROUP BY shard",
        parameters={"shards": list(shards)},
    ).result_rows
    names = ", ".join(POSTING_COLUMNS)
    for lead, run in sorted({(int(lead), int(run)) for _, run, lead in found}):
        rows = client.query_arrow(
            f"SELECT {names} FROM postings WHERE lead = {{lead:UInt8}} AND run = {{run:UInt64}}",
            parameters={"lead": lead, "run": run},
            use_strings=True,
        )
        _insert(client, "postings", rows.cast(pa.schema(list(POSTING_COLUMNS.items()))), run_token(lead, run))
    return {int(shard): int(run) for shard, run, _ in found}


def insert_ticks(client: Client, ticks: Sequence[Tick], token: str) -> int:
    """Digests of the ledgers, by one worker at one instant."""
    types = (pa.uint8(), pa.int64(), pa.string(), pa.uint8(), pa.int64(), pa.int64(), pa.uint64())
    return _insert(client, "ticks", _rows(Tick, types, ticks), token)


def insert_reports(client: Client, reports: Sequence[WorkerReport], token: str) -> int:
    """Lags and rates, by one worker at one instant."""
    types = (pa.string(), pa.uint16(), pa.int64(), pa.int64(), pa.float64(), pa.int64())
    return _insert(client, "workers", _rows(WorkerReport, types, reports), token)


def insert_refused(client: Client, refusals: Sequence[Refusal], token: str) -> int:
    """Counts of refused events; counts of the same hour, source and code add up."""
    columns: dict[str, Any] = {
        "hour": [one.hour_us // 3_600_000_000 * 3600 for one in refusals],
        "source": [one.source for one in refusals],
        "code": [one.code for one in refusals],
        "n": [one.n for one in refusals],
    }
    types = {"hour": pa.uint32(), "source": pa.string(), "code": pa.string(), "n": pa.uint64()}
    return _insert(client, "refused", _table("refused", types, columns), token)


def set_meta(client: Client, key: str, value: str, at_us: int) -> None:
    """Notes a fact about the installation (registry version, epoch of the log); what was noted last counts, also where clocks were put back."""
    rows = client.query("SELECT max(version) FROM meta WHERE key = {key:String}", parameters={"key": key}).result_rows
    version = max(at_us, int(rows[0][0]) + 1)
    columns = {"key": [key], "value": [value], "version": [version]}
    types = {"key": pa.string(), "value": pa.string(), "version": pa.uint64()}
    _insert(client, "meta", _table("meta", types, columns), f"meta-{key}-{version}-{value}")


def get_meta(client: Client, key: str) -> str | None:
    """The latest value noted under a key, None when there is none."""
    rows = client.query(
        "SELECT argMax(value, version) FROM meta WHERE key = {key:String} HAVING count() > 0", parameters={"key": key}
    ).result_rows
    return str(rows[0][0]) if rows else None


def hour_of(us: int) -> datetime:
    """The UTC hour that an instant lies in."""
    return datetime.fromtimestamp(us // 3_600_000_000 * 3600, UTC)


def _rows(row: type[Any], types: Sequence[pa.DataType], rows: Sequence[Any]) -> pa.Table:
    names: tuple[str, ...] = row._fields
    columns = dict(zip(names, zip(*rows, strict=True), strict=False)) if rows else dict.fromkeys(names, ())
    return _table(row.__name__, dict(zip(names, types, strict=True)), columns)


def insert_rows(
    client: Client, table: str, schema: Mapping[str, pa.DataType], columns: Mapping[str, Any], token: str
) -> int:
    """Rows by column, under a token; the number of rows."""
    return _insert(client, table, _table(table, schema, columns), token)


def _table(name: str, schema: Mapping[str, pa.DataType], columns: Mapping[str, Any]) -> pa.Table:
    """Columns in the store's types, in one record batch: one block of the engine."""
    missing = [column for column in schema if column not in columns]
    if missing:
        raise ValueError(f"{name}: {', '.join(missing)}: missing; give every column")
    arrays = [_array(columns[column], kind) for column, kind in schema.items()]
    return pa.Table.from_batches([pa.record_batch(arrays, names=list(schema))])


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    if isinstance(values, np.ndarray) and values.dtype != object:
        return pa.array(values).cast(kind)  # the cast refuses what does not fit
    if pa.types.is_integer(kind) and len(values) and None not in values:
        return pa.array(values, pa.int64() if kind != pa.uint64() else kind).cast(kind)
    return pa.array(values, kind)


def _insert(client: Client, table: str, rows: pa.Table, token: str) -> int:
    if rows.num_rows == 0:
        return 0
    if rows.num_rows > ROWS:
        raise ValueError(f"{table}: {rows.num_rows} rows: at most {ROWS} in one insert; cut smaller batches")
    settings = {
        "insert_deduplication_token": token,
        "deduplicate_blocks_in_dependent_materialized_views": "1",
        "async_insert": "0",
        "parallel_view_processing": "1",
    }
    rows = rows.combine_chunks()
    for attempt in stamina.retry_context(
        on=passing, attempts=None, timeout=INSERT_PATIENCE_S, wait_jitter=0.2, wait_max=1.0
    ):
        with attempt:
            client.insert_arrow(table, rows, settings=settings)
    return int(rows.num_rows)
