"""What a part's log says went wrong, in one line.

Flows in: a log file. Flows out: text. Reads that file.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

TAIL: Final = 200_000
SHOWN: Final = 200
_ERROR: Final = re.compile(r"^[A-Za-z_][\w.]*(?:Error|Exception|Fault|Timeout)\b: ")


def last_error(log: Path) -> str:
    """The last error that a log tells, '' where it tells none or cannot be read."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")[-TAIL:]
    except OSError:
        return ""
    return next((line.strip()[:SHOWN] for line in reversed(text.splitlines()) if _ERROR.match(line.strip())), "")
