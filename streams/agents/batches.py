"""Whatever a Kafka client may have written can be read on: what cannot be unpacked becomes a record that says so.

aiokafka's fetcher ends for good at a batch that it cannot unpack: a broken checksum, an unknown codec, a header that is no UTF-8. ``guard``
puts a reader of ours into its place: the same code on the good path; where that fails the batch is walked record by record, and what
stays unreadable is yielded as ``Unreadable`` with the offsets that it took.

Flows in: fetched bytes. Flows out: aiokafka's records, and ``Unreadable``. Touches: names inside aiokafka (pinned), in the processes that
read a log: worker and recount.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, Final

from aiokafka.consumer import fetcher
from aiokafka.record import default_records
from aiokafka.record._crecords import default_records as compiled
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.record.util import decode_varint_py as varint  # its compiled twin reads behind the end of a buffer

from streams.agents import unpacking
from streams.agents.unpacking import Unreadable

_LOG: Final = logging.getLogger(__name__)
_GoodPath: Final[Any] = fetcher.PartitionRecords
_Batch: Final[Any] = (
    default_records._DefaultRecordBatchPy
)  # aiokafka's batch in Python: its compiled twin does not say where a record ends
_HEAD: Final = 12
"""A batch begins with its first offset (8 bytes) and its length without these 12 (4 bytes)."""


class KeptRecords:
    """Fetched batches as aiokafka reads them, and their bytes, to walk where that fails."""

    def __init__(self, data: Any) -> None:
        self._data = bytes(data)
        self._inner: Any = MemoryRecords(self._data)
        self._given = 0
        self.end = 0
        """The offset behind the batch that was given last, as its header says, which the broker wrote."""
        self.has_next, self.size_in_bytes = self._inner.has_next, self._inner.size_in_bytes

    def next_batch(self) -> Any:
        """The next batch; raises what aiokafka raises."""
        self._given += 1
        batch = self._inner.next_batch()
        self.end = batch.next_offset
        return batch

    def split(self) -> tuple[bytes, KeptRecords] | None:
        """The batch that was given last, and all after it; None where the bytes hold none."""
        end = 0
        for _ in range(self._given):
            begin = end
            end = begin + _HEAD + int.from_bytes(self._data[begin + 8 : begin + _HEAD], "big")
        whole = 0 < end <= len(self._data)
        return (self._data[begin:end], KeptRecords(self._data[end:])) if whole else None


class SteadyRecords(_GoodPath):  # type: ignore[misc]
    """aiokafka's records of one fetch of a partition, that never end in an error."""

    _records: KeptRecords
    next_fetch_offset: int

    def _unpack_records(self) -> Iterator[Any]:
        while True:
            try:
                yield from super()._unpack_records()
                return
            except (
                Exception
            ) as error:  # whatever it was: the offsets are told and stepped over, or nothing is ever read again
                found = self._records.split()
                if found is None:
                    raise
                batch, self._records = found
                why = f"{type(error).__name__}: {error}"[:300]
            _LOG.error("%s: a batch at offset %s cannot be read: %s", self._tp, self.next_fetch_offset, why)
            yield from self._walked(_Batch(batch), why)

    def _consumer_record(self, tp: Any, record: Any) -> Any:
        """A record that says that it lies behind its batch would have others' records skipped, and is read as broken."""
        if record.offset >= self._records.end:
            raise ValueError(f"a record says that it lies at offset {record.offset}, behind its batch")
        return super()._consumer_record(tp, record)

    def _walked(self, batch: Any, why: str) -> Iterator[Any]:
        """The records of a broken batch, each by itself where its place can be told."""
        for record in walk(batch, why, self._tp):
            if record.offset >= self.next_fetch_offset:
                self.next_fetch_offset = record.offset + 1
                yield record if isinstance(record, Unreadable) else super()._consumer_record(self._tp, record)
        self.next_fetch_offset = max(self.next_fetch_offset, batch.next_offset)


def walk(batch: Any, why: str, tp: Any) -> Iterator[Any]:
    """Records of a batch and ``Unreadable`` for those that cannot be read; for all that is left where even lengths make no sense."""
    offset = batch.base_offset
    place = (tp.topic, tp.partition)
    try:
        if not batch.validate_crc():
            raise ValueError("the checksum is wrong")
        batch._maybe_uncompress()
        for _ in range(batch._num_records):
            if offset >= batch.next_offset:  # what says that it lies in another batch must not hide what does
                break
            length, begin = varint(batch._buffer, batch._pos)
            if not 0 < length <= len(batch._buffer) - begin:
                raise ValueError("the lengths of its records make no sense")
            record = _read(batch, begin + length)
            if record is None or not offset <= record.offset < batch.next_offset:
                record = Unreadable(*place, offset, offset, batch.max_timestamp, why)
            offset = record.offset + 1
            yield record
    except Exception as error:  # the rest of the batch is one piece
        _LOG.error("%s: the rest of the batch from offset %s is stepped over: %s", tp, offset, error)
    if offset < batch.next_offset:
        yield Unreadable(*place, offset, batch.next_offset - 1, batch.max_timestamp, why)


def _read(batch: Any, end: int) -> Any:
    """The record that ends at ``end``, None where it cannot be read; the batch goes on behind it in any case."""
    try:
        return batch._read_msg(varint)
    except Exception:  # told by the caller, with the reason that the good path gave
        return None
    finally:
        batch._pos = end


def guard() -> None:
    """Have aiokafka read with bounds and without end, in this process, from now on."""
    fetcher.PartitionRecords = SteadyRecords
    fetcher.MemoryRecords = KeptRecords
    for module in (compiled, default_records):
        module.gzip_decode, module.snappy_decode = unpacking.gzip, unpacking.snappy
        module.lz4_decode, module.zstd_decode = unpacking.lz4, unpacking.zstd
