"""When each person last did something: who was away too long has to sign in again.

Pure, time as an argument. Flows in: names and instants. Flows out: whether a visit is in time. Redraws by push are no visits.
"""

from __future__ import annotations

import threading

MINUTE_US = 60_000_000


class Attendance:
    """Thread-safe. Instants are microseconds UTC."""

    def __init__(self, idle_minutes: int, session_minutes: int) -> None:
        self._idle_us, self._session_us = idle_minutes * MINUTE_US, session_minutes * MINUTE_US
        self._last: dict[str, int] = {}
        self._lock = threading.Lock()

    def visit(self, who: str, now_us: int, signed_in_us: int) -> bool:
        """Notes a visit; False when the person was idle too long, or signed in too long ago, and must sign in again."""
        with self._lock:
            last = max(self._last.get(who, 0), signed_in_us)
            if now_us - last > self._idle_us or now_us - signed_in_us > self._session_us:
                self._last.pop(who, None)
                return False
            self._last[who] = now_us
            return True

    def idle(self, who: str, now_us: int) -> bool:
        """Whether somebody who is looking has done nothing for too long: redraws stop then."""
        with self._lock:
            last = self._last.get(who)
        return last is not None and now_us - last > self._idle_us

    def leave(self, who: str) -> None:
        """Somebody signed out."""
        with self._lock:
            self._last.pop(who, None)
