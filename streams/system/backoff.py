"""How long a part that keeps dying rests before it is started again.

Pure, no clock. Flows in: instants of deaths. Flows out: a pause, a count. A part is not forgiven because it lived for a minute: what counts is
how often it died within ten.
"""

from __future__ import annotations

from collections import deque
from typing import Final

WINDOW_S: Final = 600.0
FIRST_S: Final = 0.5
LONGEST_S: Final = 60.0


class Backoff:
    """The deaths of one part. Mutable; owned by one caller."""

    def __init__(self) -> None:
        self._deaths: deque[float] = deque()

    def died(self, now: float) -> float:
        """Note a death; seconds until the next start: half a second for the first within ten minutes, doubled for each further one."""
        self._deaths.append(now)
        return min(LONGEST_S, FIRST_S * 2.0 ** (self.count(now) - 1))

    def count(self, now: float) -> int:
        """Deaths within the last ten minutes."""
        while self._deaths and self._deaths[0] <= now - WINDOW_S:
            self._deaths.popleft()
        return len(self._deaths)
