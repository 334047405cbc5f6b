"""Whether the disk that broker and store write to has room: events are turned away while there is still enough to store what was taken.

Flows in: a directory. Flows out: the reason why no event is taken, '' while there is room. Touches the file system.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

FLOOR_BYTES: Final = 128 << 20
"""Below this much free room nothing is taken in: broker and store need some to finish what they began."""
EVERY_S: Final = 1.0


class Room:
    """Asked before each request; looks once a second."""

    def __init__(self, place: Path | None, clock: Callable[[], float] = time.monotonic) -> None:
        """``place`` None: the disk is not ours to watch."""
        self._place, self._clock = place, clock
        self._looked_s, self._found = -EVERY_S, ""

    def lacking(self) -> str:
        """Why nothing can be taken in; '' while there is room."""
        now = self._clock()
        if self._place is not None and now - self._looked_s >= EVERY_S:
            self._looked_s = now
            free = shutil.disk_usage(self._place).free
            short = free < FLOOR_BYTES
            self._found = f"disk: {free >> 20} MiB free, {FLOOR_BYTES >> 20} are needed; make room" if short else ""
        return self._found
