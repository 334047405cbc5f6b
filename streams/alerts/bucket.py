"""Token buckets: how fast a receiver may be spoken to. Pure; time is an argument."""

from __future__ import annotations


class Bucket:
    """``per_minute`` messages a minute, as many at once after a minute's rest."""

    def __init__(self, per_minute: int, now_us: int) -> None:
        self._rate = per_minute / 60e6
        self._size = self._tokens = float(per_minute)
        self._at_us = now_us

    def take(self, now_us: int) -> bool:
        """Whether one more message may go now; it counts when it may."""
        self._tokens = min(self._size, self._tokens + max(0, now_us - self._at_us) * self._rate)
        self._at_us = max(self._at_us, now_us)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
