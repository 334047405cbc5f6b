"""Demands as event rules read them, in batches of Parquet: written once, read again for backtests.

Flows in: a client, frames of the table ``events`` (``streams.rules.tables``). Flows out: the same, batch by batch. They hold what rules may
speak of and no bodies; whoever asks has asked a Scope before (``streams.desk.backtesting``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Final, NamedTuple

import polars as pl
import pyarrow as pa
from clickhouse_connect.driver.client import Client

from streams.rules.tables import TABLES
from streams.store.writers import insert_rows

LEFT_OUT: Final = ("events", "subject")
"""Identities are random, so they would be most of the bytes; counting needs none."""
_COLUMNS: Final[dict[str, pa.DataType]] = {
    "seq": pa.uint64(), "first_us": pa.int64(), "last_us": pa.int64(), "rows": pa.uint32(), "cursors": pa.string(), "blob": pa.binary(),
}  # fmt: skip


class LastBatch(NamedTuple):
    """How far framing has come: the number of the last batch, and the cursor of each part of the log behind it."""

    seq: int
    cursors: dict[int, int]


def last_batch(client: Client) -> LastBatch:
    """What the last batch says; nothing framed where there is none."""
    rows = client.query("SELECT seq, cursors FROM backtest_batches ORDER BY seq DESC LIMIT 1").result_rows
    if not rows:
        return LastBatch(0, {})
    return LastBatch(int(rows[0][0]), {int(part): int(at) for part, at in json.loads(rows[0][1]).items()})


def insert_batch(client: Client, seq: int, frame: pl.DataFrame, cursors: Mapping[int, int]) -> None:
    """Store one batch. A second batch with the same number is the same insert and is dropped."""
    out = BytesIO()
    frame.drop(LEFT_OUT).write_parquet(out, compression="zstd")
    first, last = (frame["at_us"].min(), frame["at_us"].max()) if len(frame) else (0, 0)
    columns = {
        "seq": [seq], "first_us": [first], "last_us": [last], "rows": [len(frame)], "cursors": [json.dumps(cursors)], "blob": [out.getvalue()],
    }  # fmt: skip
    insert_rows(client, "backtest_batches", _COLUMNS, columns, f"frame-{seq}")


def batches_between(client: Client, first_us: int, last_us: int, columns: frozenset[str]) -> Iterator[pl.DataFrame]:
    """Batches with events of a span, one at a time, rows of other times left out; columns that a batch lacks are null."""
    rows = client.query(
        "SELECT seq FROM backtest_batches WHERE last_us >= {first:Int64} AND first_us <= {last:Int64} AND rows > 0 ORDER BY seq",
        parameters={"first": first_us, "last": last_us},
    ).result_rows
    numbers = [int(row[0]) for row in rows]
    for start in range(0, len(numbers), GROUP):
        found = client.query(
            "SELECT blob FROM backtest_batches WHERE seq IN {seqs:Array(UInt64)} ORDER BY seq",
            parameters={"seqs": numbers[start : start + GROUP]},
            column_formats={"blob": "bytes"},
        ).result_rows
        parts = [_read(row[0], columns | {"at_us"}) for row in found]
        yield (
            pl.concat(parts).filter(pl.col("at_us").is_between(first_us, last_us)).rechunk()
        )  # set operations on lists want one chunk


GROUP: Final = 16
"""Batches read at once."""


def _read(blob: bytes, columns: frozenset[str]) -> pl.DataFrame:
    schema = TABLES["events"].schema
    there = set(pl.read_parquet_schema(BytesIO(blob)))
    kept = [name for name in schema if name in columns and name in there]
    read = pl.read_parquet(BytesIO(blob), columns=kept)
    return read.select(
        (
            pl.col(name)
            if name in there and name in columns
            else pl.lit("" if name == "subject" else None).cast(kind).alias(name)
        )
        for name, kind in schema.items()
        if name in columns or name in LEFT_OUT
    )
