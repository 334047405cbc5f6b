"""Parts that are run alone, and the processor time of processes and their children as the kernel accounts it (Linux)."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.process import Child
from streams.system.up import FRUGAL

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


@dataclass
class Part:
    """A part that is run alone, as ``python -m module``; its output goes to ``log``."""

    name: str
    module: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    child: Child | None = field(default=None, repr=False)

    def start(self) -> None:
        """Begin; returns at once."""
        self.child = Child(
            [sys.executable, "-m", *self.module], log=self.log, env={**FRUGAL, **os.environ, **self.environment}
        )

    def is_running(self) -> bool:
        """Whether it is alive."""
        return self.child is not None and self.child.is_running()

    def stop(self) -> None:
        """Ask it to end, wait, then end it."""
        if self.child is not None:
            self.child.stop()

    def kill(self) -> None:
        """End it at once."""
        if self.child is not None:
            self.child.kill()
