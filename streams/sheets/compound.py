"""What calamine does not tell of an XLS: which epoch, and how far its cells reach.

Pure. Flows in: the bytes of a compound file. Flows out: the epoch; the size. Only as much of both formats is read as that
needs: the chain of sectors of the stream of the workbook, and the heads of its records.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

_DATE_MODE, _END, _SHEET, _MANY, _DIMENSIONS = 0x22, 0x0A, 0x85, 0xBD, 0x200
_CELLS: Final = frozenset({0x06, 0xFD, 0xD6, 0xBD, 0x203, 0x204, 0x205, 0x27E, 0x406, 0x206, 0x207})
_STREAMS: Final = tuple(name.encode("utf-16-le") + b"\0\0" for name in ("Workbook", "Book"))
_LAST_SECTOR: Final = 0xFFFF_FFF0
_BEYOND: Final = 1 << 40


def stream(content: bytes) -> bytes:
    """The stream of the workbook. Raises struct.error, IndexError or ValueError where there is none."""
    size, small_size = 1 << struct.unpack_from("<H", content, 30)[0], 1 << struct.unpack_from("<H", content, 32)[0]
    directory, cutoff, small_first = struct.unpack_from("<I4xII", content, 48)
    sectors = [content[at : at + size] for at in range(size, len(content), size)]
    listed = [*struct.unpack_from("<109I", content, 76)]
    more, read = struct.unpack_from("<I", content, 68)[0], 0
    while more < _LAST_SECTOR and read <= len(sectors):  # beyond some 7 MB the list of sectors goes on in sectors
        *further, more = _numbers(sectors[more])
        listed, read = listed + further, read + 1
    table = _numbers(b"".join(sectors[sector] for sector in listed if sector < _LAST_SECTOR))
    entries = _chain(sectors, table, directory)
    found = {
        entries[at : at + 64].rstrip(b"\0"): struct.unpack_from("<II", entries, at + 116)
        for at in range(0, len(entries) - 127, 128)
    }
    first, length = next(found[name.rstrip(b"\0")] for name in _STREAMS if name.rstrip(b"\0") in found)
    if length >= cutoff:
        return _chain(sectors, table, first)[:length]
    small = _chain(sectors, table, struct.unpack_from("<I", entries, 116)[0])
    small_table = _numbers(_chain(sectors, table, small_first))
    return _chain([small[at : at + small_size] for at in range(0, len(small), small_size)], small_table, first)[:length]


def epoch_1904(book: bytes) -> bool:
    """Whether days count from 1904: the record DATEMODE says so."""
    return any(record == _DATE_MODE and data[:2] == b"\1\0" for record, data in _records(book, 0))


def size(book: bytes) -> int:
    """Rows times columns of the largest sheet up to its last cell that holds something."""
    begins = [
        struct.unpack_from("<I", data)[0] for record, data in _records(book, 0) if record == _SHEET and len(data) > 3
    ]
    return max((_reach(book, begin) for begin in begins), default=0)


def _reach(book: bytes, begin: int) -> int:
    """What a sheet reaches by its cells and by what it says of itself, for the reader makes room by that."""
    rows, columns, said = 0, 0, 0
    for record, data in _records(book, begin):
        if record == _DIMENSIONS and len(data) >= 10:
            top, bottom, left, right = struct.unpack_from("<IIHH" if len(data) >= 12 else "<HHHH", data)
            said = max(said, _BEYOND if bottom < top or right < left else (bottom - top) * (right - left))
        if record in _CELLS and len(data) >= 4:
            row, column = struct.unpack_from("<HH", data)
            last = struct.unpack_from("<H", data, len(data) - 2)[0] if record == _MANY else column
            rows, columns = max(rows, row + 1), max(columns, column + 1, last + 1)
    return max(rows * columns, said)


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(book):
        record, length = struct.unpack_from("<HH", book, at)
        if record == _END:
            return
        yield record, book[at + 4 : at + 4 + length]
        at += 4 + length


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _chain(sectors: list[bytes], table: tuple[int, ...], sector: int) -> bytes:
    found: list[bytes] = []
    while sector < _LAST_SECTOR:
        if len(found) > len(sectors):
            raise ValueError("its sectors form a ring")
        found.append(sectors[sector])
        sector = table[sector]
    return b"".join(found)
