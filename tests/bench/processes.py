"""Processor time of processes and their children, as the kernel accounts it (Linux)."""

from __future__ import annotations

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(group: int) -> float:
    """User and system seconds that all living processes of a process group or session have used."""
    total = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended just now
            continue
        if group in (int(fields[2]), int(fields[3])):
            total += int(fields[11]) + int(fields[12])
    return total / TICK


def disk_bytes(folder: Path) -> int:
    """Bytes that the files below a folder take on disk; sparse files count as what they really take."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())
