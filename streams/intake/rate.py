"""How much one token may send: a token bucket each.

Pure. Flows in: who, how many, the time. Flows out: how long to wait.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class _Level:
    filled: float
    at_s: float


class Rate:
    """Buckets that hold ``burst`` events and fill by ``rate`` events a second."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, float(burst)
        self._levels: dict[str, _Level] = {}

    def wait_s(self, who: str, count: int, now_s: float) -> float:
        """0.0 and ``count`` events are taken from the bucket of ``who``; or the seconds until they may be sent, and nothing is taken.

        More events at once than a bucket holds are let through when it is full, and leave a debt.
        """
        level = self._levels.setdefault(who, _Level(self._burst, now_s))
        level.filled = min(self._burst, level.filled + max(0.0, now_s - level.at_s) * self._rate)
        level.at_s = now_s
        needed = min(float(count), self._burst)
        if level.filled < needed:
            return (needed - level.filled) / self._rate
        level.filled -= count
        return 0.0

    def charge(self, who: str, count: int) -> None:
        """Take ``count`` more from the bucket of ``who``, into a debt where it has to be: what was asked for cost more than it seemed."""
        level = self._levels.get(who)
        if level is not None:
            level.filled -= count
