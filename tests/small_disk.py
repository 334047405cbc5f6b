"""A disk of its own, small enough to fill. Fails, and says so, where none may be mounted."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """Mounted at ``place``; ``size`` as mount says it, such as 900m."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "burdenwatch-test", str(place)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    assert mounted.returncode == 0, (
        f"no small disk can be had here ({mounted.stderr.strip()}): run as root, or in a user namespace"
    )
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@contextmanager
def filled(disk: Path, left: int = 0) -> Iterator[None]:
    """The disk with ``left`` bytes left on it."""
    ballast = disk / "ballast"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    with ballast.open("wb") as file, suppress(OSError):
        for _ in range(max(0, free - left) // (1 << 20)):
            file.write(bytes(1 << 20))
        file.write(bytes(max(0, free - left) % (1 << 20)))
    try:
        yield
    finally:
        ballast.unlink()
