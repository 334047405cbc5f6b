"""How ClickHouse's HTTP protocol writes results: Native headers, late errors, compression.

Flows in: bytes of results. Flows out: bytes for the wire. Touches nothing but the handle that it is given.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping

import lz4.frame  # type: ignore[import-untyped]  # it ships without types

from infra.local.clickhouse_engine import Handle


def empty_native(handle: Handle, sql: str, params: Mapping[str, str]) -> bytes:
    """The engine writes nothing for a result without rows; clients want the block that names its columns."""
    described = handle.run(f"{sql}\n FORMAT TabSeparatedWithNamesAndTypes", "TabSeparated", params).bytes()
    lines = described.split(b"\n")
    if len(lines) < 2 or not lines[0]:
        return b""
    unescape = {b"\\t": b"\t", b"\\n": b"\n", b"\\'": b"'", b"\\\\": b"\\"}
    names, types = (
        [re.sub(rb"\\.", lambda m: unescape.get(m[0], m[0]), cell) for cell in line.split(b"\t")] for line in lines[:2]
    )
    block = _varint(len(names)) + _varint(0)
    for name, kind in zip(names, types, strict=True):
        block += _varint(len(name)) + name + _varint(len(kind)) + kind
    return block


def _varint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def tagged(tag: str, text: bytes) -> bytes:
    mark = tag.encode()
    return (
        b"\r\n__exception__\r\n"
        + mark
        + b"\r\n"
        + text
        + b"\n"
        + f"{len(text) + 1} {tag}".encode()
        + b"\r\n__exception__\r\n"
    )


class Squeeze:
    """Compresses a response as the client asked."""

    def __init__(self, encoding: str) -> None:
        self.headers = {"Content-Encoding": encoding} if encoding else {}
        self._lz4 = lz4.frame.LZ4FrameCompressor() if encoding == "lz4" else None
        self._gzip = zlib.compressobj(1, zlib.DEFLATED, 31) if encoding == "gzip" else None

    def begin(self) -> bytes:
        return bytes(self._lz4.begin()) if self._lz4 else b""

    def add(self, data: bytes) -> bytes:
        if self._lz4:
            return bytes(self._lz4.compress(data))
        return self._gzip.compress(data) if self._gzip else data

    def end(self) -> bytes:
        if self._lz4:
            return bytes(self._lz4.flush())
        return self._gzip.flush() if self._gzip else b""
