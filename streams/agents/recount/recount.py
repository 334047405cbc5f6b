"""Recount: rebuilds all load from the log with the pure core, and compares it with the store and with the workers' ledgers.

Flows in: a broker, a store, a registry. Flows out: ``Report``. Touches both, reads only.

The log up to one moment (what was admitted, as it is kept, and what came in the last days, judged anew) is compared with what the store says
events up to that moment caused, delta by delta: tier, kind, start and rank. Two sums that agree there agree for every unit, metric and instant.
Then the roll-ups are compared with the postings that they sum, and the last digests of the ledgers with the postings that they had applied. A
difference found while the log moves on is looked at again.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
from aiokafka import AIOKafkaConsumer, TopicPartition
from clickhouse_connect.driver.client import Client
from kafka import KafkaAdminClient, KafkaConsumer

from streams import effort
from streams.agents.admitted import Kept, read
from streams.agents.batches import guard
from streams.agents.recount import comparisons
from streams.agents.recount.comparisons import Difference
from streams.agents.topics import DEMANDS, EVENTS, log_identity
from streams.agents.worker.admission import Admission, Batch, Raw, raw_of
from streams.agents.worker.epoch import KEY
from streams.agents.worker.identities import Identities
from streams.agents.worker.reconcile import desired
from streams.config import clock
from streams.config.kafka import Brokers
from streams.events import Event, decode_stored, ident_of
from streams.events.log_position import epoch_of as epoch_at
from streams.events.log_position import offset_of, partition_of, position
from streams.ledger.lifecycle import horizon_us
from streams.ledger.postings import Postings, Row
from streams.registry import Registry
from streams.registry.model import Ranges
from streams.store import Address, connect, get_meta
from streams.store.span import Span, days_span

PATIENCE_S: Final = 120.0
TRIES: Final = 3
SHOWN: Final = 100
"""Differences that a report lists at most."""


class Unfinished(RuntimeError):
    """A recount cannot be made now; the text says why."""


class Report(NamedTuple):
    """What a recount found."""

    differences: tuple[Difference, ...]
    records: int
    admitted: int
    duplicates: int
    refused: int
    postings: int
    digests: int

    def summary(self) -> str:
        """One line for people."""
        found = f"{len(self.differences)} differences" if self.differences else "no difference"
        return (
            f"{self.records} records in the log: {self.admitted} admitted, {self.duplicates} duplicates, {self.refused} refused; "
            f"{self.postings} postings, {self.digests} ledger digests compared: {found}"
        )


class Log(NamedTuple):
    """The log up to a moment."""

    raws: list[Raw]
    """What ``burden.events`` still has."""
    ends: tuple[int, ...]
    """End offset of each partition of it."""
    kept: dict[int, Kept]
    """What ``burden.admitted`` has of this log, by position before the ends."""


def recount(
    kafka: Brokers,
    store: Address,
    registry: Registry,
    *,
    first: date | None = None,
    end: date | None = None,
    group: str = "burdenwatch",
    patience_s: float = PATIENCE_S,
) -> Report:
    """Compare log, store and ledgers; ``first`` and ``end`` are the first and last Shanghai day of the starts compared (None: all).

    Raises Unfinished when the workers do not catch up in ``patience_s`` seconds, or when the store does not know this log.
    """
    span = days_span(first or date(1970, 1, 1), end or date(2106, 2, 6))
    with closing(connect(store, readonly=True)) as client:
        epoch = _epoch(client, log_identity(kafka), time.monotonic() + patience_s)
        for _ in range(TRIES):
            log = _read(kafka, epoch, group, patience_s)
            report = _compare(client, registry, log, epoch, span)
            if not report.differences or _ends(kafka, EVENTS) == log.ends:
                break
        return report


def _epoch(client: Client, identity: str, deadline: float) -> int:
    """The number of the log; waits for the first worker to note it."""
    while True:
        known: list[str] = json.loads(get_meta(client, KEY) or "[]")
        if identity in known:
            return known.index(identity)
        if time.monotonic() > deadline:
            raise Unfinished("the store does not know this log: no worker has run on both yet; start one and try again")
        time.sleep(0.2)


def _compare(client: Client, registry: Registry, log: Log, epoch: int, span: Span) -> Report:
    horizon = get_meta(client, "horizon")
    now_us = clock.now_us()
    if horizon is not None and int(horizon) != horizon_us(now_us):
        raise Unfinished("standing demands are being carried into the new month; try again in a minute")
    stored = comparisons.stored_positions(client, epoch, log.ends)
    differences = [
        Difference("event", f"position {pos}", "stored", 1, count) for pos, count in stored.items() if count != 1
    ]
    taken, batch = _admitted(registry, log, stored)
    refused = len(batch.refusals) + len(batch.doubts) - sum(doubt.taken.pos in taken for doubt in batch.doubts)
    differences += [
        Difference("event", _place(pos), "kept", 1, 0) for pos in taken if pos in stored and pos not in log.kept
    ]
    differences += [Difference("event", _place(pos), "admitted", 1, 0) for pos in taken if pos not in stored]
    differences += [Difference("event", _place(pos), "admitted", 0, 1) for pos in stored if pos not in taken]
    wanted = _postings(taken, registry, horizon_us(now_us))
    differences += comparisons.load_differences(client, registry, wanted, epoch=epoch, ends=log.ends, span=span)
    differences += comparisons.rollup_differences(client)
    shown, digests = comparisons.ledger_differences(client, registry)
    differences += shown
    return Report(
        tuple(differences[:SHOWN]),
        len(taken) + batch.duplicates + refused,
        len(taken),
        batch.duplicates,
        refused,
        len(wanted),
        digests,
    )


def _admitted(registry: Registry, log: Log, stored: Mapping[int, int]) -> tuple[dict[int, Event], Batch]:
    """What stands admitted by position, judged anew for as long as ``burden.events`` has it, else from the kept log; and that judgement."""
    # The store decides which of several events of one identity came first; the log has no order between partitions.
    ordered = sorted(log.raws, key=lambda raw: (raw.pos not in stored, raw.pos))
    here = {raw.pos for raw in ordered}
    old = {pos: event for pos, row in log.kept.items() if pos not in here and (event := decode_stored(row.body))}
    known = [np.array(column, np.uint64) for column in _identities(old, log.kept)]
    batch = Admission(registry, effort.estimate, Identities(*known)).take(ordered)
    taken = old | {one.pos: one.event for one in batch.taken}
    for doubt in batch.doubts:  # equal idents of other texts: not a conflict but a good event
        event, before = doubt.taken.event, taken.get(doubt.pos)
        if before is not None and (event.source, event.id) != (before.source, before.id):
            taken[doubt.taken.pos] = event
    return taken, batch


def _identities(events: Mapping[int, Event], kept: Mapping[int, Kept]) -> tuple[list[int], list[int], list[int]]:
    return [one.ident for one in events.values()], [kept[pos].digest for pos in events], list(events)


def _place(pos: int) -> str:
    return f"partition {partition_of(pos)} offset {offset_of(pos)}"


def _postings(taken: dict[int, Event], registry: Registry, until_us: int) -> Postings:
    """What all demands of the log should have posted."""
    about: dict[int, dict[int, Event]] = {}
    for pos, event in taken.items():
        for target in event.targets:
            about.setdefault(ident_of(target.source, target.id), {})[pos] = event

    def whole(ranges: Ranges) -> Ranges:
        return ranges

    def each() -> Iterator[Row]:
        for pos, event in taken.items():
            if event.verb == "issued":
                events = {pos: event, **about.get(event.ident, {})}
                found = desired(pos, events, registry=registry, estimate=effort.estimate, until_us=until_us, clip=whole)
                yield from found or ()

    return Postings.from_rows(list(each()))


def _read(kafka: Brokers, epoch: int, group: str, patience_s: float) -> Log:
    """The log up to now, once the workers have handled all of it: the last record counts, not the markers of transactions behind it."""
    ends = _ends(kafka, EVENTS)
    deadline = time.monotonic() + patience_s
    records = asyncio.run(_records(kafka, ends))
    last = [0] * len(ends)
    for one in records:
        last[one.partition] = max(last[one.partition], one.offset + 1)
    _await(kafka, group, EVENTS, last, deadline)
    _await(kafka, group, DEMANDS, _ends(kafka, DEMANDS), deadline)
    rows = (row for page in read(kafka) for row in page.rows)
    kept = {
        row.pos: row for row in rows if epoch_at(row.pos) == epoch and offset_of(row.pos) < ends[partition_of(row.pos)]
    }
    return Log([raw_of(one, position(epoch, one.partition, one.offset)) for one in records], ends, kept)


async def _records(kafka: Brokers, ends: Sequence[int]) -> list[Any]:
    """What is committed on ``burden.events`` before these offsets, as the workers read it."""
    guard()
    found: list[Any] = []
    if not any(ends):
        return found
    consumer = AIOKafkaConsumer(
        **kafka.client(),
        isolation_level="read_committed",
        enable_auto_commit=False,
        max_partition_fetch_bytes=8 << 20,
    )
    await consumer.start()
    try:
        places = [TopicPartition(EVENTS, number) for number, last in enumerate(ends) if last]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        stable = await consumer.end_offsets(places)  # before the first transaction that is still open
        ended = {tp: min(ends[tp.partition], stable[tp]) for tp in places}
        while any([await consumer.position(tp) < last for tp, last in ended.items()]):
            for tp, records in (await consumer.getmany(*places, timeout_ms=1_000, max_records=20_000)).items():
                found += [one for one in records if one.offset < ended[tp]]
    finally:
        await consumer.stop()
    return found


def _ends(kafka: Brokers, topic: str) -> tuple[int, ...]:
    consumer = KafkaConsumer(**kafka.client())
    with closing(consumer):
        numbers = sorted(consumer.partitions_for_topic(topic) or ())
        found = consumer.end_offsets([TopicPartition(topic, number) for number in numbers])
        return tuple(found[TopicPartition(topic, number)] for number in numbers)


def _await(kafka: Brokers, group: str, topic: str, ends: Sequence[int], deadline: float) -> None:
    """Wait until the group has committed all of a topic up to ``ends``."""
    with closing(KafkaAdminClient(**kafka.client())) as admin:
        while True:
            found = admin.list_group_offsets([group]).get(group) or {}
            done = {tp.partition: row.offset for tp, row in found.items() if tp.topic == topic}
            lag = sum(max(0, last - max(0, done.get(number, 0))) for number, last in enumerate(ends))
            if not lag:
                return
            if time.monotonic() > deadline:
                raise Unfinished(
                    f"{topic}: {lag} records are not handled yet; is a worker running? (`burdenwatch doctor`)"
                )
            time.sleep(0.2)
