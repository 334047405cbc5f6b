"""``burden.admitted``: what was admitted, as it was stored, written by workers alone and kept for ever; totals are rebuilt from it.

What clients wrote stands on ``burden.events`` for some days only, and with it whatever was refused there. A record holds the admitted events
of one flush and one partition, packed with Zstandard. It may come twice after a crash: positions tell.

Flows in: admitted events, a broker. Flows out: records, and the events of a whole topic. Touches the broker.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import Final

import cramjam
import msgspec
from kafka import KafkaConsumer, TopicPartition

from streams.agents.topics import ADMITTED
from streams.agents.worker.admission import Taken
from streams.config.kafka import Brokers
from streams.events.log_position import partition_of

PAGE: Final = 500_000
"""Bytes of bodies in one record at most, but for a single longer one; before packing."""
READ_MS: Final = 10_000


class Kept(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An admitted event: its position, the broker's time of it, its digest and the body as it is stored."""

    pos: int
    time_us: int
    digest: int
    body: bytes


class Page(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One record: events of one partition of the log with this identity."""

    log: str
    rows: tuple[Kept, ...]


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Page)


def kept(taken: Taken) -> Kept:
    """An event as it was admitted."""
    return Kept(taken.pos, taken.time_us, taken.event.digest, taken.event.body)


def pages(log: str, rows: Iterable[Kept]) -> Iterator[tuple[int, bytes]]:
    """Partition and value of the records that hold these events."""
    by_partition: dict[int, list[Kept]] = defaultdict(list)
    for row in rows:
        by_partition[partition_of(row.pos)].append(row)
    for partition, mine in by_partition.items():
        for part in _parts(mine):
            yield partition, bytes(cramjam.zstd.compress(_encoder.encode(Page(log, part)), 3))


def _parts(rows: Sequence[Kept]) -> Iterator[tuple[Kept, ...]]:
    part: list[Kept] = []
    size = 0
    for row in rows:
        if part and size + len(row.body) > PAGE:
            yield tuple(part)
            part, size = [], 0
        part.append(row)
        size += len(row.body)
    yield tuple(part)


def page_of(value: bytes) -> Page:
    """What a record holds. Raises cramjam.DecompressionError or msgspec.DecodeError for anything that ``pages`` did not make."""
    return _decoder.decode(bytes(cramjam.zstd.decompress(value)))


def read(kafka: Brokers) -> Iterator[Page]:
    """All pages up to now, partition by partition. Raises TimeoutError where the broker stops giving."""
    consumer = KafkaConsumer(
        **kafka.client(),
        enable_auto_commit=False,
        isolation_level="read_committed",
        metrics_enabled=False,
        max_partition_fetch_bytes=8 << 20,
    )
    with closing(consumer):
        places = [TopicPartition(ADMITTED, number) for number in sorted(consumer.partitions_for_topic(ADMITTED) or ())]
        ends = consumer.end_offsets(places)
        for place in places:
            consumer.assign([place])
            consumer.seek_to_beginning(place)
            while consumer.position(place) < ends[place]:
                got = consumer.poll(READ_MS, max_records=2_000)
                if not got and consumer.position(place) < ends[place]:
                    raise TimeoutError(f"{ADMITTED}/{place.partition}: nothing came for {READ_MS / 1000:.0f} s")
                for record in got.get(place, ()):
                    if record.offset < ends[place]:
                        yield page_of(record.value)
