"""Pages that only the start of a library has read leave memory; none that was written does, and what is used again is there."""

from __future__ import annotations

import subprocess
import sys

import pytest

from infra.local.trimming import unwritten

MAPS = """\
7f00-7f10 r-xp 00000000 fe:00 12 /usr/lib/engine.so
Rss:                  64 kB
Anonymous:             0 kB
7f10-7f20 r--p 00010000 fe:00 12 /usr/lib/engine.so
Anonymous:             4 kB
7f20-7f30 rw-p 00020000 fe:00 12 /usr/lib/engine.so
Anonymous:             0 kB
7f30-7f40 r-xp 00000000 fe:00 13 /usr/lib/other.so
Anonymous:             0 kB
7f40-7f50 r--s 00000000 fe:00 12 /usr/lib/engine.so
Anonymous:             0 kB
7f50-7f60 rw-p 00000000 00:00 0
Anonymous:             0 kB
"""


def test_only_what_can_be_read_again_is_let_go() -> None:
    assert list(unwritten(MAPS, "/engine.so")) == [(0x7F00, 0x7F10)]


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own call")
def test_a_library_goes_on_working() -> None:
    script = """
import pyarrow.lib, pyarrow as pa
from infra.local.trimming import let_go
resident = lambda: int(open("/proc/self/statm").read().split()[2])
pa.table({"a": [1, 2]}).column("a").to_pylist()
before = resident()
let = let_go("/" + [line.split("/")[-1].strip() for line in open("/proc/self/maps") if "libarrow.so" in line][0])
print(let > 1_000_000, resident() < before, pa.table({"a": [1, 2]}).column("a").to_pylist())
"""
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert told.stdout == "True True [1, 2]\n", told.stderr
