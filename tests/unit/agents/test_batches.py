"""Batches as no good client writes them: what can be read is read, what cannot is told with its offsets, nothing ends the reader."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import cramjam
import pytest
from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy as Builder
from aiokafka.record.util import calc_crc32c
from aiokafka.structs import TopicPartition
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streams.agents import batches, unpacking
from streams.agents.batches import KeptRecords, SteadyRecords
from streams.agents.unpacking import TooLarge, Unreadable

PLACE = TopicPartition("burden.events", 3)
ATTRIBUTES_AT, CRC_AT, PAYLOAD_AT = 21, 17, 61
CODECS: dict[int, Callable[[bytes], bytes]] = {
    1: gzip.compress,
    2: lambda data: bytes(cramjam.snappy.compress_raw(data)),
    3: lambda data: bytes(cramjam.lz4.compress(data)),
    4: lambda data: bytes(cramjam.zstd.compress(data)),
}


@pytest.fixture(autouse=True, scope="module")
def guarded() -> Iterator[None]:
    kept = fetcher.PartitionRecords, fetcher.MemoryRecords
    batches.guard()
    yield
    fetcher.PartitionRecords, fetcher.MemoryRecords = kept


class Bytes(str):
    """A header's name that is no text."""

    __slots__ = ()

    def encode(self, *_: Any) -> bytes:
        return b"\xff\xfe"


def batch(first: int, values: list[bytes], *, codec: int = 0, bad: int = -1) -> bytes:
    """A batch of these values from offset ``first`` on; record ``bad`` has a header that is no UTF-8."""
    builder = Builder(2, 0, 0, -1, -1, -1, 1 << 30)
    for number, value in enumerate(values):
        headers = [(Bytes("x"), b"1")] if number == bad else []
        assert builder.append(number, 1_000, None, value, headers) is not None
    whole = bytearray(builder.build())
    struct.pack_into(">q", whole, 0, first)
    if codec:
        whole[PAYLOAD_AT:] = CODECS.get(codec, bytes)(bytes(whole[PAYLOAD_AT:]))
        whole[ATTRIBUTES_AT : ATTRIBUTES_AT + 2] = codec.to_bytes(2, "big")
        struct.pack_into(">i", whole, 8, len(whole) - 12)
    return sealed(whole)


def sealed(whole: bytearray) -> bytes:
    struct.pack_into(">I", whole, CRC_AT, calc_crc32c(bytes(whole[ATTRIBUTES_AT:])))
    return bytes(whole)


def read(data: bytes, start: int = 0) -> list[Any]:
    """What the guarded fetcher gives for these bytes, and None at the end where it would read on behind them."""
    records = SteadyRecords(PLACE, KeptRecords(data), None, start, None, None, True, 1)
    return [*records, records.next_fetch_offset]


def told(found: list[Any]) -> list[Any]:
    """Values of what was read, offsets of what was not, and where it goes on."""
    *records, after = found
    return [(one.first, one.offset) if isinstance(one, Unreadable) else one.value for one in records] + [after]


@pytest.mark.parametrize("codec", [0, 1, 2, 3, 4])
def test_every_codec_is_read(codec: int) -> None:
    assert told(read(batch(5, [b"a", b"b" * 9_000], codec=codec))) == [b"a", b"b" * 9_000, 7]


@pytest.mark.parametrize("codec", [1, 2, 3, 4])
def test_one_bad_record_costs_only_itself(codec: int) -> None:
    data = batch(0, [b"a"]) + batch(1, [b"b", b"c", b"d"], codec=codec, bad=1) + batch(4, [b"e"])
    assert told(read(data)) == [b"a", b"b", (2, 2), b"d", b"e", 5]


def test_an_unknown_codec_is_stepped_over_by_its_offsets() -> None:
    found = read(batch(0, [b"a"]) + batch(1, [b"b"] * 3, codec=6) + batch(4, [b"e"]))
    assert told(found) == [b"a", (1, 3), b"e", 5]
    assert found[1].why
    assert found[1].topic == PLACE.topic


def test_a_wrong_checksum_is_stepped_over() -> None:
    broken = bytearray(batch(1, [b"b", b"c"]))
    broken[-3] ^= 1
    assert told(read(batch(0, [b"a"]) + bytes(broken) + batch(3, [b"d"]))) == [b"a", (1, 2), b"d", 4]


def test_reading_begins_inside_a_broken_batch() -> None:
    data = batch(0, [b"a", b"b", b"c", b"d"], bad=2)
    assert told(read(data, start=2)) == [(2, 2), b"d", 4]
    assert told(read(data, start=3)) == [b"d", 4]


@pytest.mark.parametrize("codec", [1, 3, 4])
def test_a_bomb_is_stepped_over(codec: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "BOUND", 1 << 20)
    assert told(read(batch(0, [b"0" * (4 << 20)], codec=codec) + batch(1, [b"b"]))) == [(0, 0), b"b", 2]


def test_snappy_that_claims_gigabytes_is_not_believed() -> None:
    with pytest.raises(TooLarge):
        unpacking.snappy(b"\xff\xff\xff\xff\x0f" + b"x")


def test_a_frame_of_empty_snappy_blocks_ends() -> None:
    with pytest.raises((ValueError, OSError, cramjam.DecompressionError)):
        unpacking.snappy(b"\x82SNAPPY\x00" + bytes(8) + b"\xff\xff\xff\xfc" + b"x")


def test_a_cut_archive_says_so() -> None:
    with pytest.raises(zlib.error):
        unpacking.gzip(gzip.compress(b"a" * 1_000)[:-4])


@settings(max_examples=300, deadline=None)
@given(
    values=st.lists(st.binary(max_size=60), min_size=1, max_size=6),
    codec=st.sampled_from([0, 1, 2, 3, 4]),
    flips=st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 255)), max_size=4),
    sealing=st.booleans(),
)
@example(
    values=[b"", b"\x00", b"\x00\x00\x00\x04\x00", b"\x00\x00\x00\x03\x00\x00\x02\x00\x00", bytes(5) + b"\x02" + bytes(5), bytes(2)],
    codec=2, flips=[(51, 4), (662, 1)], sealing=True,
)  # fmt: skip
def test_no_bytes_end_the_reader(values: list[bytes], codec: int, flips: list[tuple[int, int]], sealing: bool) -> None:
    whole = bytearray(batch(1, values, codec=codec))
    for place, mask in flips:
        at = ATTRIBUTES_AT + 2 + place % (len(whole) - ATTRIBUTES_AT - 2)
        if not PAYLOAD_AT - 38 <= at < PAYLOAD_AT:  # offsets and counts are checked by the broker
            whole[at] ^= mask
    data = batch(0, [b"a"]) + (sealed(whole) if sealing else bytes(whole)) + batch(1 + len(values), [b"z"])
    *records, after = read(data)
    assert (records[0].value, records[-1].value, after) == (b"a", b"z", 2 + len(values))
    spans = [(getattr(one, "first", one.offset), one.offset) for one in records]
    assert all(first <= last for first, last in spans)


def test_the_walk_needs_only_a_place() -> None:
    found = list(
        batches.walk(
            batches._Batch(batch(9, [b"a"], codec=7)), "no such codec", SimpleNamespace(topic="t", partition=0)
        )
    )
    assert found == [Unreadable("t", 0, 9, 9, 1_000, "no such codec")]
