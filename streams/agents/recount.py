"""Recount: every total again from the log alone, compared with the store and with the ledgers of the workers.

Flows in: the addresses of broker and store. Flows out: ``Report`` with every difference. Reads the log and the store; changes nothing.

The log is read up to where it ends now; the workers are given time to get there. Postings that later events cause are left out. Where the
stream runs on, a demand that changes at that very moment can look different, so a difference must be seen in each of several attempts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from clickhouse_connect.driver.client import Client
from kafka import KafkaConsumer, TopicPartition
from numpy.typing import NDArray

from streams import effort
from streams.agents.admission import Admission, Raw, targets_of
from streams.agents.epoch import known_epoch
from streams.agents.identities import Identities
from streams.agents.positions import position
from streams.agents.topics import DEMANDS, EVENTS, log_identity
from streams.events import Event
from streams.events.data import us
from streams.ledger.ledger import Layout, loads_at
from streams.ledger.lifecycle import demand_of, horizon_us, postings_of
from streams.ledger.metrics import LIVE, Metric
from streams.ledger.postings import Postings, concat
from streams.registry import Registry
from streams.store import Address, connect
from streams.store.recounting import last_digests, postings_of_run, postings_until, roll_up_gaps

ATTEMPTS: Final = 3
SHOWN: Final = 50
ZONE: Final = ZoneInfo("Asia/Shanghai")
PATIENCE_S: Final = 120.0


class Unfinished(RuntimeError):
    """The workers did not get to the end of the log in time."""


@dataclass(frozen=True)
class Difference:
    """A total that is not what the log says."""

    what: str
    unit: str
    expected: int
    found: int

    def __str__(self) -> str:
        return f"{self.what} {self.unit}: {self.expected} by the log, {self.found} found"


@dataclass(frozen=True)
class Report:
    """What a recount found."""

    events: int
    refused: int
    demands: int
    compared: int
    differences: tuple[Difference, ...]

    def summary(self) -> str:
        verdict = f"{len(self.differences)} differences" if self.differences else "no difference"
        return f"{self.events} events, {self.refused} refused, {self.demands} demands: {self.compared} totals compared, {verdict}"


def recount(
    kafka: str,
    store: Address,
    registry: Registry,
    *,
    first: date | None = None,
    end: date | None = None,
    group: str = "burdenwatch",
    patience_s: float = PATIENCE_S,
    clock: Callable[[], float] = time.time,
) -> Report:
    """Compare log, store and ledgers. ``first`` and ``end`` (inclusive) narrow it to starts on these days. Raises Unfinished."""
    client = connect(store, readonly=True)
    try:
        report = None
        for _ in range(ATTEMPTS):
            report = _attempt(kafka, client, registry, first, end, group, patience_s, clock)
            if not report.differences:
                break
        assert report is not None
        return report
    finally:
        client.close()


def _attempt(
    kafka: str,
    client: Client,
    registry: Registry,
    first: date | None,
    end: date | None,
    group: str,
    patience_s: float,
    clock: Callable[[], float],
) -> Report:
    log = Log(kafka, group)
    try:
        ends = log.ends(EVENTS)
        log.wait(EVENTS, ends, patience_s)
        log.wait(DEMANDS, log.ends(DEMANDS), patience_s)
        epoch = known_epoch(client, log_identity(kafka))
        now_us = int(clock() * 1_000_000)
        events, refused, demands, expected = _from_log(log, epoch, ends, registry, now_us)
    finally:
        log.close()
    found = postings_until(client, epoch, ends)
    sizes = {tier: registry.size(tier) for tier in registry.tiers}
    differences: list[Difference] = []
    compared = 0
    for name, wanted, has in _loads(expected, found, now_us, sizes, first, end):
        for tier in sizes:
            compared += sizes[tier]
            differences += _compare(registry, f"store {name}", tier, wanted[tier], has[tier])
    if first is None and end is None:
        rows, more = _ledgers(client, sizes, registry)
        compared += rows
        differences += more
        differences += [Difference(gap, "", 0, 1) for gap in roll_up_gaps(client)]
    return Report(events, refused, demands, compared, tuple(differences[:SHOWN]))


def _loads(
    expected: Postings,
    found: Postings,
    now_us: int,
    sizes: Mapping[int, int],
    first: date | None,
    end: date | None,
) -> Iterator[tuple[str, dict[int, NDArray[np.int64]], dict[int, NDArray[np.int64]]]]:
    """Loads to compare: every live metric now, or the sums over the days asked for."""
    if first is None and end is None:
        for metric in (*LIVE, Metric.parse("all.minutes.365d"), Metric.parse("all.count.365d")):
            yield str(metric), loads_at(expected, metric, now_us, sizes), loads_at(found, metric, now_us, sizes)
        return
    after = _midnight_us(first) - 1 if first else 0
    until = _midnight_us(end + timedelta(days=1)) - 1 if end else now_us
    parts = [one.select((one.start_us > after) & (one.start_us <= until)) for one in (expected, found)]
    layout = Layout(sizes)
    for column in ("low", "likely", "high", "n"):
        yield f"days.{column}", *(_summed(layout, one, column) for one in parts)


def _summed(layout: Layout, postings: Postings, column: str) -> dict[int, NDArray[np.int64]]:
    lines = layout.lines(postings)
    sums = np.zeros(layout.width, np.int64)
    np.add.at(sums, lines.lo, getattr(lines, column))
    np.subtract.at(sums, lines.hi, getattr(lines, column))
    np.cumsum(sums, out=sums)
    return {tier: sums[layout.slice_of(tier)] for tier in layout.sizes}


def _midnight_us(day: date) -> int:
    return us(datetime(day.year, day.month, day.day, tzinfo=ZONE))


def _compare(
    registry: Registry, what: str, tier: int, wanted: NDArray[np.int64], has: NDArray[np.int64]
) -> list[Difference]:
    places = np.flatnonzero(wanted != has)[:SHOWN]
    return [Difference(what, registry.code_of(tier, int(at)), int(wanted[at]), int(has[at])) for at in places]


def _ledgers(client: Client, sizes: Mapping[int, int], registry: Registry) -> tuple[int, list[Difference]]:
    """The ledgers' last digests against the store at the same instant and batch."""
    differences: list[Difference] = []
    digests = last_digests(client)
    shards = registry.shards()
    for shard in sorted({row.shard for row in digests}):
        rows = {(row.metric, row.tier): row for row in digests if row.shard == shard}
        one = next(iter(rows.values()))
        postings = postings_of_run(client, shard, one.applied)
        for metric in LIVE:
            loads = loads_at(postings, metric, one.at_us, sizes)
            for tier in range(1, 6):
                lo, hi = shards.shard_ranges(shard, tier)
                total = int(loads[tier][lo:hi].sum())
                told = rows.get((str(metric), tier))
                said = 0 if told is None else told.total
                if total != said:
                    differences.append(
                        Difference(f"ledger {metric} shard {shard}", registry.tier_name(tier), total, said)
                    )
    return len(digests), differences


def _from_log(
    log: Log, epoch: int, ends: Mapping[int, int], registry: Registry, now_us: int
) -> tuple[int, int, int, Postings]:
    """Good events, refusals, demands, and the postings that follow from the log."""
    admission = Admission(registry, effort.estimate, Identities(*(np.empty(0, np.uint64) for _ in range(3))))
    raws = sorted(log.records(epoch, ends), key=lambda raw: (raw.time_us, raw.pos))
    batch = admission.take(raws)
    issued = {one.event.ident: one for one in batch.taken if one.event.verb == "issued"}
    about: dict[int, list[Event]] = {}
    for one in batch.taken:
        for target in set(targets_of(one.event)):
            about.setdefault(target, []).append(one.event)
    until = horizon_us(now_us)
    parts = [
        postings_of(
            demand_of(
                one.event,
                about.get(ident, ()),
                key=one.pos,
                resolve=registry.resolve,
                estimate=effort.estimate,
            ),
            until_us=until,
            rank_of=registry.find,
        )
        for ident, one in issued.items()
    ]
    return len(batch.taken), len(batch.refusals) + len(batch.doubts), len(issued), concat(parts)


class Log:
    """The log, read as a bystander, and how far the workers are in it."""

    def __init__(self, kafka: str, group: str) -> None:
        self._reader: Any = KafkaConsumer(
            bootstrap_servers=kafka,
            group_id=None,
            enable_auto_commit=False,
            max_poll_records=5_000,
            fetch_max_wait_ms=100,
        )
        self._group: Any = KafkaConsumer(bootstrap_servers=kafka, group_id=group, enable_auto_commit=False)

    def close(self) -> None:
        self._reader.close()
        self._group.close()

    def ends(self, topic: str) -> dict[int, int]:
        """The offset behind the last record of each partition."""
        places = [TopicPartition(topic, number) for number in sorted(self._reader.partitions_for_topic(topic) or ())]
        return {place.partition: int(offset) for place, offset in self._reader.end_offsets(places).items()}

    def wait(self, topic: str, ends: Mapping[int, int], patience_s: float) -> None:
        """Until the workers have acknowledged everything before ``ends``. Raises Unfinished."""
        bound = time.monotonic() + patience_s
        behind = {partition: end for partition, end in ends.items() if end}
        while behind:
            for partition in list(behind):
                done = self._group.committed(TopicPartition(topic, partition))
                if done is not None and done >= behind[partition]:
                    del behind[partition]
            if behind and time.monotonic() > bound:
                raise Unfinished(
                    f"{topic}: the workers are not at the end after {patience_s:.0f} s; `burdenwatch doctor` says why"
                )
            if behind:
                time.sleep(0.1)

    def records(self, epoch: int, ends: Mapping[int, int]) -> Iterator[Raw]:
        """Every record before ``ends``."""
        left = {TopicPartition(EVENTS, partition): end for partition, end in ends.items() if end}
        if not left:
            return
        self._reader.assign(list(left))
        self._reader.seek_to_beginning(*left)
        while left:
            for place, records in self._reader.poll(timeout_ms=1_000).items():
                for one in records:
                    if place in left and one.offset < left[place]:
                        pos = position(epoch, one.partition, one.offset)
                        yield Raw(pos, one.value or b"", tuple(one.headers), one.timestamp * 1000)
                    if place in left and one.offset >= left[place] - 1:
                        del left[place]
