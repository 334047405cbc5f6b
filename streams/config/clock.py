"""The clock of this process, which may be moved by a file: how clocks that step are tried, without touching the machine's own.

Flows out: microseconds UTC. Touches the clock, and the file that BURDENWATCH_CLOCK names: seconds to add, read at each look; for trials alone.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final

_OFFSET: Final = Path(os.environ["BURDENWATCH_CLOCK"]) if os.environ.get("BURDENWATCH_CLOCK") else None


def now_us() -> int:
    """The instant now."""
    return time.time_ns() // 1000 + _offset_us()


def _offset_us() -> int:
    if _OFFSET is None:
        return 0
    try:
        return int(float(_OFFSET.read_text()) * 1_000_000)
    except (OSError, ValueError):  # not there yet, or being written
        return 0
