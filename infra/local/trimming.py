"""Pages of a library that were read at its start alone leave the process; what is used again comes back from the page cache.

Flows in: a part of a file's name. Flows out: bytes that were let go. Touches this process's own mappings, on Linux; elsewhere it does nothing.

The store's engine is a library of half a gigabyte. Its start walks through 200 MB of it to register functions, settings and codecs, and then
an idle store runs in a few of them.
"""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_MADV_DONTNEED: Final = 4
_MAPPING: Final = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \d+\s*(.*)")


def unwritten(maps: str, name: str) -> Iterator[tuple[int, int]]:
    """Begin and end of the mappings in the text of ``/proc/self/smaps`` whose file's path ends with ``name`` and of which no page was written.

    A page that was written (relocations) would come back without what was written to it, so one such page keeps its whole mapping.
    """
    begin, end, ours = 0, 0, False
    for line in maps.splitlines():
        if found := _MAPPING.match(line):
            begin, end = int(found[1], 16), int(found[2], 16)
            ours = found[4].endswith(name) and found[3][1] == "-" and found[3][3] == "p"
        elif ours and line.startswith("Anonymous:"):
            if int(line.split()[1]) == 0:
                yield begin, end
            ours = False


def let_go(name: str) -> int:
    """Let go the unwritten pages of the library whose path ends with ``name``; returns the bytes of their mappings."""
    if sys.platform != "linux":
        return 0
    library = ctypes.CDLL(None, use_errno=True)
    total = 0
    for begin, end in unwritten(Path("/proc/self/smaps").read_text(), name):
        if library.madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), _MADV_DONTNEED) == 0:
            total += end - begin
    return total
