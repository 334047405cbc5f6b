"""Unpacks the payload of a Kafka batch, whatever codec a client chose, and never into more than a bound.

Pure. Flows in: packed bytes. Flows out: bytes, or ``TooLarge``, or the codec's own error. A few hundred bytes of a well-made archive unpack to
gigabytes, and a reader that follows them is ended by the machine, again and again.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import cramjam

BOUND: Final = 64 << 20
"""Bytes that one batch may unpack to. A batch has at most 1 MiB packed, and text packs to a tenth."""
_FIRST_TRY: Final = 16
"""So many times its packed size a batch is given at first."""
_XERIAL: Final = b"\x82SNAPPY\x00"
_XERIAL_HEAD: Final = 16


class Unreadable(NamedTuple):
    """Offsets ``first`` to ``offset``, which no reader could unpack; ``why`` in words. Looks like a record where a reader only counts."""

    topic: str
    partition: int
    first: int
    offset: int
    timestamp: int
    why: str
    timestamp_type: int = 1
    value: bytes = b""
    headers: tuple[tuple[str, bytes], ...] = ()


class TooLarge(ValueError):
    """A batch unpacks to more than the bound."""

    def __init__(self) -> None:
        super().__init__(f"unpacks to more than {BOUND} bytes")


def gzip(packed: Any) -> bytes:
    """The payload of a gzip batch; members that follow each other are one text. Raises zlib.error, TooLarge."""
    parts: list[bytes] = []
    left, room = bytes(packed), BOUND
    while left:
        stream = zlib.decompressobj(31)
        parts.append(stream.decompress(left, room + 1))
        room -= len(parts[-1])
        if room < 0 or stream.unconsumed_tail:
            raise TooLarge
        if not stream.eof:
            raise zlib.error("the archive ends too early")
        left = stream.unused_data
    return b"".join(parts)


def snappy(packed: Any) -> bytes:
    """The payload of a snappy batch: one block, or Xerial's frame of blocks (the Java client's)."""
    data = bytes(packed)
    if not data.startswith(_XERIAL):
        return _block(data, BOUND)
    parts: list[bytes] = []
    at, room = _XERIAL_HEAD, BOUND
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        parts.append(_block(data[at + 4 : at + 4 + length], room))
        room -= len(parts[-1])
        at += 4 + length
    return b"".join(parts)


def _block(block: bytes, room: int) -> bytes:
    if cramjam.snappy.decompress_raw_len(block) > room:
        raise TooLarge
    return bytes(cramjam.snappy.decompress_raw(block))


def lz4(packed: Any) -> bytes:
    """The payload of an LZ4 batch."""
    return _into(cramjam.lz4.decompress_into, packed)


def zstd(packed: Any) -> bytes:
    """The payload of a Zstandard batch."""
    return _into(cramjam.zstd.decompress_into, packed)


def _into(unpack: Callable[[Any, bytearray], int], packed: Any) -> bytes:
    """Unpacked into a buffer that is small at first; the codec fails where it does not hold all."""
    for size in (min(BOUND, _FIRST_TRY * len(packed) + 4096), BOUND):
        room = bytearray(size)
        try:
            return bytes(memoryview(room)[: unpack(packed, room)])
        except cramjam.DecompressionError as error:
            if "whole buffer" not in str(error):
                raise
    raise TooLarge
